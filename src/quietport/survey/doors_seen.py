"""The doors of a look as the history wants them: numbers by the kind of door (truth 8)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.model.door_key import CHOSEN_NUMBER, door_kind, without_chosen
from quietport.model.listener import ListenerState
from quietport.model.look import AskedPorts
from quietport.model.port import Transport
from quietport.model.program_key import program_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quietport.model.door import DoorRun
    from quietport.model.port import PortRange
    from quietport.model.unknown import Unknown
    from quietport.survey.question import PortQuestion

_OWN_PORT = frozenset(
    {
        "registered-name-agrees", "de-facto-use-agrees", "package-named-for-it", "declared", "kernel-socket",
        "socket-unit", "super-server-for-a-service",
    },
)  # fmt: skip
# Rules that say that a program is on a port of its own, which it chose itself.
_TAKES_RESERVED = frozenset({"bindresvport-owner", "rpc-on-any-port"})
# Rules that say that it takes whatever port is free, system ports among them.


def with_keys(runs: Iterable[DoorRun], ephemeral: PortRange | Unknown) -> tuple[DoorRun, ...]:
    """Return the doors with what their keys have in common, those apart whose ports the kernel chose."""
    return tuple(part for run in runs for part in _with_key(run, ephemeral))


def _with_key(run: DoorRun, ephemeral: PortRange | Unknown) -> Iterator[DoorRun]:
    kind = str(door_kind(run.run.at(run.run.numbers[0]), program_key(run.run.owners)))
    own = numbers_kept(run, ephemeral)
    if len(own) == len(run.run.numbers):
        yield replace(run, kind=kind)
        return
    if own:
        yield replace(run, kind=kind, run=replace(run.run, numbers=tuple(own)))
    chosen = sorted({*run.run.numbers} - {*own})
    yield replace(run, kind=kind, is_chosen=True, run=replace(run.run, numbers=tuple(chosen)))


def numbers_kept(run: DoorRun, ephemeral: PortRange | Unknown) -> Sequence[int]:
    """Return the ports of some doors without those that the kernel chose.

    Where registry, de-facto use or a declaration agrees that the program is there, it chose them itself.
    """
    if _has_rule(run, _OWN_PORT):
        return run.run.numbers
    return without_chosen(run.run.numbers, ephemeral, takes_reserved=_has_rule(run, _TAKES_RESERVED))


def _has_rule(run: DoorRun, rules: frozenset[str]) -> bool:
    return any(piece.rule in rules for piece in run.verdict.evidence)


def is_door(run: DoorRun) -> bool:
    """Tell whether the history keeps these: they listen, and are no UDP socket on a port that the kernel chose.

    Such a socket is a client's, or a part of Sun RPC.
    """
    if run.run.state is not ListenerState.LISTENING:
        return False
    return not run.is_chosen or run.run.transport is not Transport.UDP or _has_rule(run, _TAKES_RESERVED)


def seen_by_kind(runs: Iterable[DoorRun]) -> dict[str, list[int]]:
    """Return the numbers of the doors that the history keeps, by their kind; 0 for a port that the kernel chose."""
    seen: dict[str, list[int]] = defaultdict(list)
    doors = [run for run in runs if is_door(run)]
    for run in doors:
        if not run.is_chosen:
            seen[run.kind] += run.run.numbers
    for kind in {run.kind for run in doors if run.is_chosen}:
        seen[kind].append(CHOSEN_NUMBER)
    return dict(seen)


def asked_ports(questions: Sequence[PortQuestion]) -> tuple[AskedPorts, ...]:
    """Return the ports that questions name, as a look knows them."""
    return tuple(AskedPorts(question.ports, question.transports) for question in questions)
