"""What ``check`` remembers, and what the history tells of the doors: since when, and what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.history.remember import remember
from quietport.history.standpoint import read_standpoint
from quietport.model.door_key import CHOSEN_NUMBER, namespace_key
from quietport.model.look import Look
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.unknown import Coverage, Unknown
from quietport.survey.doors_seen import asked_ports, is_door, seen_by_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from quietport.history.store import Store
    from quietport.model.door import CheckReport, DoorRun
    from quietport.model.past import DoorPast, Past
    from quietport.survey.question import PortQuestion


def remember_look(
    report: CheckReport, folder: Path, asked: Sequence[PortQuestion], at: int, left_open: list[Store] | None = None
) -> CheckReport:
    """Note a look in the history of a folder; return the report with what the history knows of each door.

    ``at`` is in seconds since 1970 in UTC. Raises nothing: what could not be noted is in the coverage. ``left_open``
    is for a process that is about to end (``history.remember``).
    """
    look = Look(
        at=at,
        host=read_standpoint(report.host),
        asked=asked_ports(asked),
        namespaces=tuple(dict.fromkeys(map(namespace_key, report.namespaces))) or (namespace_key(NO_NAMESPACE),),
        all_namespaces=report.all_namespaces,
        sockets_complete=report.coverage.sockets_complete,
    )
    past, unseen = remember(folder, look, seen_by_kind(report.runs), left_open)
    coverage = Coverage((*report.coverage.unseen, *unseen))
    if isinstance(past, Unknown):
        runs = tuple(replace(run, since=past, change=past) for run in report.runs)
    else:
        runs = tuple(part for run in report.runs for part in _with_past(run, past))
    return replace(report, runs=runs, coverage=coverage, past=past)


def _with_past(run: DoorRun, past: Past) -> Iterator[DoorRun]:
    """Yield the doors of a run with their past, those together that have the same."""
    if not is_door(run):
        yield replace(run, since=None, change=None)
        return
    if run.is_chosen:
        yield _told(run, past.door(run.kind, CHOSEN_NUMBER))
        return
    known = past.kinds[run.kind]
    apart = known.apart.keys() & {*run.run.numbers}
    for number in sorted(apart):
        yield _told(replace(run, run=replace(run.run, numbers=(number,))), known.apart[number])
    if len(apart) < len(run.run.numbers):
        rest = run.run if not apart else replace(run.run, numbers=tuple(n for n in run.run.numbers if n not in apart))
        yield replace(run, run=rest, since=known.first_seen, change=None)


def _told(run: DoorRun, past: DoorPast) -> DoorRun:
    return replace(run, since=past.first_seen, change=past.change, was=past.was)
