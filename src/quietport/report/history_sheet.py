"""``history`` for people: what happened, latest first; for a port also who held it, as a strip of days."""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING

from quietport.model.chronicle import EventKind
from quietport.model.door_key import UNKNOWN_PROGRAM
from quietport.report.sheet import heading, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.chronicle import Chronicle, Event, Stay
    from quietport.report.sheet import Piece, Sheet
    from quietport.words.phrasebook import Phrasebook

SHOWN_EVENTS = 40
"""Events a terminal gets."""

SHOWN_DOORS = 20
"""Doors whose strip a terminal gets."""

STRIP_DAYS = 90
"""Days that a strip shows."""

STRIP_MARKS = 45
"""Marks in it."""

_DAY_S = 86_400
_STYLES = {
    EventKind.FIRST_LOOK: ("·", "dim"),
    EventKind.NEW: ("+", "yellow"),
    EventKind.CHANGED: ("~", "yellow"),
    EventKind.RETURNED: ("+", "cyan"),
    EventKind.GONE: ("-", "dim"),
}


def lay_out_history(chronicle: Chronicle, book: Phrasebook, sheet: Sheet, now: float) -> None:
    """Add the answer of ``history`` to a sheet; strips end with the day of ``now``."""
    if chronicle.first_look is None or chronicle.last_look is None:
        sheet.wrapped(book.say("past.never"))
        sheet.unwrapped("  ", quiet("quietport check"))
    else:
        first, last = _shown_time(chronicle.first_look), _shown_time(chronicle.last_look)
        sheet.wrapped(book.say("past.looks", count=chronicle.looks, first=first, last=last))
        _lay_out_doors(chronicle, book, sheet, now)
        _lay_out_events(chronicle, book, sheet)
        sheet.blank()
        sheet.wrapped(quiet(book.say("past.kept", count=chronicle.keep_days)))
    for path in chronicle.damaged:
        sheet.wrapped(visible(book.say("past.damaged", path=path), 600))


def _shown_time(text: str) -> str:
    """Return a time to the minute, as ``2026-11-25 04:12``."""
    return f"{text[:10]} {text[11:16]}"


def _lay_out_doors(chronicle: Chronicle, book: Phrasebook, sheet: Sheet, now: float) -> None:
    if not chronicle.asked:
        return
    if not chronicle.stays:
        sheet.wrapped(book.say("past.not-seen", ports=chronicle.asked))
        return
    doors = [list(stays) for _, stays in groupby(chronicle.stays, key=lambda stay: (stay.number, stay.kind))]
    for stays in doors[:SHOWN_DOORS]:
        sheet.blank()
        last = stays[-1]
        where = f"  {last.kind.family}  {last.kind.scope}  {visible(last.kind.namespace)}  "
        sheet.wrapped((last.port, "bold"), quiet(where), _program(last.kind.program, book), hanging=4)
        sheet.unwrapped("  ", strip(stays, chronicle.first_look or "", chronicle.last_look or "", now))
        sheet.wrapped(quiet(_until(last, book)), indent=2, hanging=2)
    _fold(len(doors) - SHOWN_DOORS, book, sheet)
    sheet.blank()
    sheet.wrapped(quiet(book.say("past.strip", count=STRIP_DAYS)))


def strip(stays: Sequence[Stay], first_look: str, last_look: str, now: float) -> str:
    """Return a mark for every two of the last 90 days: ``━`` there, ``·`` not there, blank where nobody looked."""
    marks = []
    for mark in range(STRIP_MARKS):
        days = STRIP_DAYS // STRIP_MARKS
        begin = now - (STRIP_MARKS - mark) * days * _DAY_S
        first, last = _stamp(begin), _stamp(begin + days * _DAY_S)
        looked = first_look < last and last_look >= first
        there = any(stay.since < last and stay.last_seen >= first for stay in stays)
        marks.append("━" if there else "·" if looked else " ")
    return "".join(marks)


def _stamp(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(0, at)))


def _until(stay: Stay, book: Phrasebook) -> str:
    since, last = _shown_time(stay.since), _shown_time(stay.last_seen)
    if stay.gone_at is not None:
        return book.say("past.until", since=since, last=last)
    if stay.first_seen != stay.since:
        return book.say("past.again-since", since=since, first=_shown_time(stay.first_seen))
    return book.say("past.since", since=since)


def _lay_out_events(chronicle: Chronicle, book: Phrasebook, sheet: Sheet) -> None:
    if chronicle.asked and not chronicle.stays:
        return
    sheet.blank()
    since = chronicle.since[:10]
    if not chronicle.events:
        sheet.wrapped(book.say("past.calm", since=since))
        return
    sheet.wrapped(heading(book.say("past.events", since=since)))
    sheet.columns([_event(event, book) for event in chronicle.events[:SHOWN_EVENTS]], indent=2)
    _fold(len(chronicle.events) - SHOWN_EVENTS, book, sheet)


def _event(event: Event, book: Phrasebook) -> tuple[Piece, ...]:
    glyph, style = _STYLES[event.kind]
    kind = event.stay.kind
    who = _program(kind.program, book)
    if event.kind is EventKind.CHANGED and event.stay.was is not None:
        who = book.say("past.instead-of", program=who, was=_program(event.stay.was, book))
    return (
        quiet(_shown_time(event.at)),
        (f"{glyph} {book.say(f'past.event.{event.kind}')}", style),
        (event.stay.port, "bold"),
        quiet(kind.scope),
        who,
    )


def _program(program: str, book: Phrasebook) -> str:
    return book.say("past.unknown-program") if program == UNKNOWN_PROGRAM else visible(program)


def _fold(more: int, book: Phrasebook, sheet: Sheet) -> None:
    if more > 0:
        sheet.wrapped(quiet(book.say("check.folded", count=more)), indent=2)
