"""The doors of a look as the history wants them: numbers by the kind of door (truth 8)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from quietport.model.door_key import CHOSEN_NUMBER, door_kind, without_chosen
from quietport.model.listener import ListenerState
from quietport.model.look import AskedPorts
from quietport.model.port import Transport
from quietport.model.program_key import program_key
from quietport.model.verdict import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quietport.model.door import Door
    from quietport.model.listener import Listener
    from quietport.model.port import PortRange
    from quietport.model.unknown import Unknown
    from quietport.survey.question import PortQuestion

_AGREED = frozenset({Standing.EXPECTED, Standing.DECLARED})
_RPC_OWNER = "bindresvport-owner"
# The rule that says that a program takes free system ports.


def seen_by_kind(doors: Iterable[Door[Listener]], ephemeral: PortRange | Unknown) -> dict[str, list[int]]:
    """Return the numbers of the doors that listen, by the text of their kind; 0 for a port that the kernel chose.

    A UDP socket on a port that the kernel chose is a client's, and no door. Doors that are alike (the same owners,
    verdict and address) are of one kind, which is found once.
    """
    groups: dict[tuple[object, ...], tuple[Door[Listener], list[int]]] = {}
    for door in doors:
        listener = door.seen
        endpoint = listener.endpoint
        port = endpoint.port
        alike = (
            id(door.verdict), id(listener.owners), endpoint.address, port.transport,
            listener.family, id(listener.namespace), listener.state,
        )  # fmt: skip
        group = groups.get(alike)
        if group is None:
            group = groups[alike] = (door, [])
        group[1].append(port.number)
    seen: dict[str, list[int]] = defaultdict(list)
    for door, numbers in groups.values():
        if door.seen.state is ListenerState.LISTENING:
            kept = numbers_kept(door, numbers, ephemeral)
            if kept:
                seen[kind_text(door)] += kept
    return dict(seen)


def kind_text(door: Door[Listener]) -> str:
    """Return the text of the kind of a door, as the history and the door key have it."""
    return str(door_kind(door.seen, program_key(door.seen.owners)))


def numbers_kept(door: Door[Listener], numbers: list[int], ephemeral: PortRange | Unknown) -> list[int]:
    """Return the ports of doors that are alike, 0 in place of those that the kernel chose; of UDP these are left out.

    ``door`` is any of them.
    """
    transport = door.seen.port.transport
    takes_reserved = any(piece.rule == _RPC_OWNER for piece in door.verdict.evidence)
    if door.verdict.standing in _AGREED and not takes_reserved:
        return numbers
    kept = without_chosen(numbers, ephemeral, takes_reserved=takes_reserved)
    is_client = transport is Transport.UDP and not takes_reserved
    return [*kept] if is_client or len(kept) == len(numbers) else [*kept, CHOSEN_NUMBER]


def asked_ports(questions: Sequence[PortQuestion]) -> tuple[AskedPorts, ...]:
    """Return the ports that questions name, as a look knows them."""
    return tuple(AskedPorts(question.ports, question.transports) for question in questions)
