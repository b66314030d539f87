"""``history`` as JSON (``quietport.history/1``) and as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.chronicle import EventKind
from quietport.model.door_key import UNKNOWN_PROGRAM
from quietport.model.unknown import Reason
from quietport.report.document import Json, dumps, envelope
from quietport.report.plain import render_table
from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.model.chronicle import Chronicle, Event, Stay
    from quietport.report.document import Occasion

PLAIN_COLUMNS = (
    "at", "event", "transport", "port", "family", "scope", "namespace", "program", "was", "first_seen", "since",
    "last_seen", "gone_at",
)  # fmt: skip


def render_history_json(chronicle: Chronicle, occasion: Occasion) -> str:
    """Return stays and events."""
    document = envelope("history", occasion)
    document |= {
        "path": readable(chronicle.path),
        "asked": list(chronicle.asked),
        "since": chronicle.since,
        "first_look": chronicle.first_look,
        "last_look": chronicle.last_look,
        "looks": chronicle.looks,
        "keep_days": chronicle.keep_days,
        "damaged": [readable(path) for path in chronicle.damaged],
        "stays": [_stay_json(stay) for stay in chronicle.stays],
        "events": [_event_json(event) for event in chronicle.events],
    }
    return dumps(document)


def _stay_json(stay: Stay) -> dict[str, Json]:
    return {
        **_door_json(stay),
        "first_seen": stay.first_seen,
        "since": stay.since,
        "last_seen": stay.last_seen,
        "gone_at": stay.gone_at,
        "began": str(stay.began),
        "was": stay.was,
        "became": stay.became,
    }


def _event_json(event: Event) -> dict[str, Json]:
    was = event.stay.was if event.kind is EventKind.CHANGED else None
    return {"at": event.at, "event": str(event.kind), **_door_json(event.stay), "was": was}


def _door_json(stay: Stay) -> dict[str, Json]:
    kind = stay.kind
    unknown: Json = {"unknown": str(Reason.NOT_SUPPORTED)}
    return {
        "door_key": stay.door_key,
        "transport": kind.transport,
        "port": stay.number or None,
        "family": kind.family,
        "scope": kind.scope,
        "namespace": kind.namespace,
        "program": unknown if kind.program == UNKNOWN_PROGRAM else kind.program,
    }


def render_history_plain(chronicle: Chronicle) -> str:
    """Return every event as a tab-separated line; a port that the kernel chose and a program not known are empty."""
    return render_table(PLAIN_COLUMNS, map(_plain_row, chronicle.events))


def _plain_row(event: Event) -> tuple[object, ...]:
    stay, kind = event.stay, event.stay.kind
    program = None if kind.program == UNKNOWN_PROGRAM else kind.program
    was = stay.was if event.kind is EventKind.CHANGED else None
    return (
        event.at, event.kind, kind.transport, stay.number or None, kind.family, kind.scope, kind.namespace,
        program, was, stay.first_seen, stay.since, stay.last_seen, stay.gone_at,
    )  # fmt: skip
