"""``check`` as JSON (``quietport.check/1``)."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

from quietport.model.unknown import Unknown
from quietport.report.declaration_json import flaw_json
from quietport.report.document import Json, Occasion, envelope, known
from quietport.report.door_json import DoorWriter
from quietport.words.gates import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.model.door import CheckReport
    from quietport.model.past import GoneDoor
    from quietport.words.phrasebook import Phrasebook


_DOORS_IN_PART = 1_000


def render_check_json(report: CheckReport, book: Phrasebook) -> str:
    """Return the document, one door a line."""
    return "".join(check_json_parts(report, book))


def check_json_parts(report: CheckReport, book: Phrasebook) -> Iterator[str]:
    """Yield the document in parts, which together may be too much to hold twice."""
    head = envelope("check", Occasion(book, report.host, report.generated_at, report.coverage))
    head |= {
        "method": report.method,
        "namespace": known(report.namespace),
        "asked": list(report.asked),
        "counts": dict(report.counts),
        "policy_files": list(map(readable, report.policy_files)),
        "policy_flaws": [flaw_json(flaw, book, report.generated_at[:10]) for flaw in report.flaws],
        "previous_at": known(report.past if isinstance(report.past, Unknown) else report.past.previous_at),
        "first_look": known(report.past if isinstance(report.past, Unknown) else report.past.is_first),
        "gone": known(report.past) if isinstance(report.past, Unknown) else list(map(_gone_json, report.past.gone)),
        "redirections": _redirections_json(report, book),
        "hidden": _hidden_json(report, book),
    }
    writer = DoorWriter(book)
    yield f'{json.dumps(head, indent=1)[:-2]},\n "listeners": ['
    yield from _joined(_listeners_in_order(report, writer))
    yield '\n ],\n "connections": ['
    yield from _joined([(writer.connection(door),) for door in report.connections])
    yield '\n ],\n "raw_sockets": ['
    yield from _joined([(writer.raw_socket(door),) for door in report.raw_sockets])
    yield "\n ]\n}"


def _gone_json(door: GoneDoor) -> Json:
    return {"door_key": readable(door.door_key), "first_seen": door.first_seen, "last_seen": door.last_seen}


def _redirections_json(report: CheckReport, book: Phrasebook) -> list[Json]:
    if not report.redirections:
        return []
    from quietport.report.redirection_report import redirection_json  # noqa: PLC0415 - most hosts have none

    return [redirection_json(one, book) for one in report.redirections]


def _hidden_json(report: CheckReport, book: Phrasebook) -> Json:
    if report.cross_view is None:
        return None
    from quietport.report.hidden_report import hidden_json  # noqa: PLC0415 - only where it was asked for

    return hidden_json(report.cross_view, book)


def _joined(doors: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield doors with a comma between them, a thousand in a part."""
    for start in range(0, len(doors), _DOORS_IN_PART):
        part = doors[start : start + _DOORS_IN_PART]
        text = "".join(chain.from_iterable(part))
        # Every door begins with the comma that the one before it needs; the first needs none.
        yield text if start else text.removeprefix(",")


def _listeners_in_order(report: CheckReport, writer: DoorWriter) -> list[tuple[str, ...]]:
    numbers: list[int] = []
    texts: list[tuple[str, ...]] = []
    for door in sorted(report.runs, key=lambda door: door.run.order):
        numbers += door.run.numbers
        texts += writer.listeners(door)
    return list(map(texts.__getitem__, sorted(range(len(numbers)), key=numbers.__getitem__)))
