"""``check`` as JSON (``quietport.check/1``) and as plain lines."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

from quietport.model.listener import Listener
from quietport.report.declaration_json import flaw_json
from quietport.report.document import Json, Occasion, envelope, known
from quietport.report.door_json import NOT_LOOKED, DoorWriter
from quietport.report.plain import render_table
from quietport.words.gates import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.model.door import CheckReport
    from quietport.words.phrasebook import Phrasebook

PLAIN_COLUMNS = (
    "transport", "address", "port", "scope", "family", "state", "program", "pid", "user", "status", "names",
    "verdict", "standing", "concern",
)  # fmt: skip

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
        "gone": NOT_LOOKED,
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


def render_check_plain(report: CheckReport) -> str:
    """Return the doors as tab-separated lines with a header; an empty field was not seen."""
    return render_table(PLAIN_COLUMNS, _plain_rows(report))


def _plain_rows(report: CheckReport) -> Iterator[tuple[object, ...]]:
    for door in report.doors:
        seen = door.seen
        local = seen.endpoint if isinstance(seen, Listener) else seen.local
        state = seen.state if isinstance(seen, Listener) else seen.direction
        family = seen.family if isinstance(seen, Listener) else ""
        first = door.owners[0] if isinstance(door.owners, tuple) and door.owners else None
        user = first.user if first and isinstance(first.user, str) else None
        yield (
            door.port.transport, local.address, local.port.number, local.scope, family, state,
            first.program if first else None, first.pid if first else None, user,
            door.registration.status.label, " ".join(door.registration.names),
            door.verdict.word, door.verdict.standing, door.verdict.concern,
        )  # fmt: skip
