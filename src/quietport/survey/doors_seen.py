"""The doors of a look as the history wants them: numbers by the kind of door (truth 8)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from quietport.model.door_key import BINDRESVPORT, CHOSEN_NUMBER, door_kind, is_kernel_chosen
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

    A UDP socket on a port that the kernel chose is a client's, and no door.
    """
    seen: dict[str, list[int]] = defaultdict(list)
    kinds: dict[tuple[object, ...], tuple[str, bool, bool]] = {}
    for door in doors:
        listener = door.seen
        if listener.state is not ListenerState.LISTENING:
            continue
        port = listener.endpoint.port
        alike = (
            listener.endpoint.address, port.transport, listener.family,
            id(listener.owners), id(listener.namespace), id(door.verdict),
        )  # fmt: skip
        held = kinds.get(alike)
        if held is None:
            held = kinds[alike] = _kind(door)
        kind, is_agreed, takes_reserved = held
        number = port.number
        if is_kernel_chosen(port, ephemeral, is_agreed=is_agreed, takes_reserved=takes_reserved):
            if port.transport is Transport.UDP and number not in BINDRESVPORT:
                continue
            number = CHOSEN_NUMBER
        seen[kind].append(number)
    return dict(seen)


def _kind(door: Door[Listener]) -> tuple[str, bool, bool]:
    """Return the kind, whether its program is where it is said to be, and whether it takes free system ports."""
    rules = {piece.rule for piece in door.verdict.evidence}
    takes_reserved = _RPC_OWNER in rules
    is_agreed = door.verdict.standing in _AGREED and not takes_reserved
    return str(door_kind(door.seen, program_key(door.seen.owners))), is_agreed, takes_reserved


def asked_ports(questions: Sequence[PortQuestion]) -> tuple[AskedPorts, ...]:
    """Return the ports that questions name, as a look knows them."""
    return tuple(AskedPorts(question.ports, question.transports) for question in questions)
