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
from quietport.model.verdict import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quietport.model.door import DoorRun
    from quietport.model.port import PortRange
    from quietport.model.unknown import Unknown
    from quietport.survey.question import PortQuestion

_AGREED = frozenset({Standing.EXPECTED, Standing.DECLARED})
_RPC_OWNER = "bindresvport-owner"
# The rule that says that a program takes free system ports.


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
    takes_reserved = _takes_reserved(run)
    if run.verdict.standing in _AGREED and not takes_reserved:
        return run.run.numbers
    return without_chosen(run.run.numbers, ephemeral, takes_reserved=takes_reserved)


def _takes_reserved(run: DoorRun) -> bool:
    return any(piece.rule == _RPC_OWNER for piece in run.verdict.evidence)


def is_door(run: DoorRun) -> bool:
    """Tell whether the history keeps these: they listen, and are no UDP socket on a port that the kernel chose.

    Such a socket is a client's, or a part of Sun RPC.
    """
    if run.run.state is not ListenerState.LISTENING:
        return False
    return not run.is_chosen or run.run.transport is not Transport.UDP or _takes_reserved(run)


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
