"""What has changed since the last look, for people: what came, what went, what another program holds now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.unknown import Unknown
from quietport.report.sheet import heading, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from quietport.model.door import CheckReport
    from quietport.model.past import DoorPast, GoneDoor
    from quietport.report.sheet import Piece, Sheet
    from quietport.words.phrasebook import Phrasebook

SHOWN = 25
"""Changes a terminal gets a line for."""


def lay_out_changes(report: CheckReport, book: Phrasebook, sheet: Sheet) -> None:
    """Add what has changed to a sheet; one quiet line where nothing has, and nothing where no history was asked."""
    past = report.past
    if isinstance(past, Unknown):
        return
    lines = [_changed(door, book) for door in past.changed] + [_gone(door, book) for door in past.gone]
    if report.asked and not lines:
        return
    sheet.blank()
    if past.is_first:
        sheet.wrapped(quiet(book.say("change.first-look")))
        return
    since = _shown_time(past.previous_at or "")
    if not lines:
        sheet.wrapped(quiet(book.say("past.calm", since=since)))
        return
    sheet.wrapped(heading(book.say("change.since", since=since)))
    sheet.columns(lines[:SHOWN], indent=2)
    if len(lines) > SHOWN:
        sheet.wrapped(quiet(book.say("check.folded", count=len(lines) - SHOWN)), indent=2)


def _changed(door: DoorPast, book: Phrasebook) -> tuple[Piece, ...]:
    was = book.say("change.was", program=visible(door.was)) if door.was else ""
    return (book.say(f"past.event.{door.change}"), "bold"), visible(door.door_key), was


def _gone(door: GoneDoor, book: Phrasebook) -> tuple[Piece, ...]:
    seen = book.say("past.until", since=_shown_time(door.first_seen), last=_shown_time(door.last_seen))
    return (book.say("past.event.gone"), "bold"), visible(door.door_key), quiet(seen)


def _shown_time(text: str) -> str:
    """Return ``2026-11-25 04:30`` of an RFC 3339 time."""
    return text[:16].replace("T", " ")
