"""``history`` for people and as plain lines."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from quietport.model.chronicle import Chronicle, Event, EventKind, Stay
from quietport.model.door_key import DoorKind
from quietport.report.history_report import PLAIN_COLUMNS, render_history_plain
from quietport.report.history_sheet import STRIP_MARKS, lay_out_history, strip
from quietport.report.sheet import Sheet
from quietport.words.language import languages
from quietport.words.phrasebook import phrasebook

DAY = 86_400
NOW = 1_795_564_800.0
"""2026-11-25T00:00:00Z."""

SSHD = DoorKind("tcp", "dual", "any", "host", "/usr/sbin/sshd")
NODE = DoorKind("tcp", "ipv4", "loopback", "host", "/usr/bin/node")


def stay(kind: DoorKind = NODE, number: int = 8080, **more: Any) -> Stay:
    fields: dict[str, Any] = {
        "first_seen": "2026-11-01T10:00:00Z",
        "since": "2026-11-01T10:00:00Z",
        "last_seen": "2026-11-24T10:00:00Z",
        "gone_at": None,
        "began": EventKind.NEW,
        "was": None,
        "became": None,
    }
    return Stay(kind, number, **(fields | more))


GONE = stay(last_seen="2026-11-05T10:00:00Z", gone_at="2026-11-06T10:00:00Z")
CHANGED = stay(SSHD, 22, since="2026-11-20T10:00:00Z", began=EventKind.CHANGED, was="?")
EMPTY = Chronicle("/x", (), "2026-10-26T00:00:00Z", None, None, 0, 400, (), (), ())
LOOKED = replace(EMPTY, first_look="2026-10-01T10:00:00Z", last_look="2026-11-24T10:00:00Z", looks=55)
EVENTS = (
    Event("2026-11-20T10:00:00Z", EventKind.CHANGED, CHANGED),
    Event("2026-11-06T10:00:00Z", EventKind.GONE, GONE),
    Event("2026-11-01T10:00:00Z", EventKind.NEW, GONE),
)


def shown(chronicle: Chronicle, lang: str = "en", width: int = 100) -> str:
    sheet = Sheet(width)
    lay_out_history(chronicle, phrasebook(lang), sheet, NOW)
    return sheet.plain()


def test_no_history_yet_is_said_with_the_next_step() -> None:
    assert shown(EMPTY) == (
        "This host was never looked at, so there is no history yet. A look begins it:\n  quietport check\n"
    )


def test_nothing_has_changed() -> None:
    assert shown(LOOKED) == (
        "55 looks at this host, from 2026-10-01 10:00 to 2026-11-24 10:00 UTC.\n\n"
        "Nothing has changed since 2026-10-26.\n\n"
        "A door that is gone is remembered for 400 days.\n"
    )


def test_what_has_changed() -> None:
    assert shown(replace(LOOKED, stays=(CHANGED, GONE), events=EVENTS)) == (
        "55 looks at this host, from 2026-10-01 10:00 to 2026-11-24 10:00 UTC.\n\n"
        "Since 2026-10-26\n"
        "  2026-11-20 10:00  ~ changed  22/tcp    any       /usr/sbin/sshd instead of a program not known\n"
        "  2026-11-06 10:00  - gone     8080/tcp  loopback  /usr/bin/node\n"
        "  2026-11-01 10:00  + new      8080/tcp  loopback  /usr/bin/node\n\n"
        "A door that is gone is remembered for 400 days.\n"
    )


def test_one_port() -> None:
    again = stay(since="2026-11-15T10:00:00Z", began=EventKind.RETURNED)
    lines = shown(replace(LOOKED, asked=("8080",), stays=(GONE, again), events=EVENTS[1:])).splitlines()
    assert lines[1:7] == [
        "",
        "8080/tcp  ipv4  loopback  host  /usr/bin/node",
        "                   ················━━━····━━━━━",
        "  there since 2026-11-15 10:00; first seen 2026-11-01 10:00",
        "",
        "A strip is 90 days up to now: ━ seen, · not seen, blank: nobody looked.",
    ]
    assert "  seen from" not in shown(replace(LOOKED, asked=("8080",), stays=(GONE, again), events=()))
    assert "  seen from 2026-11-01 10:00 to 2026-11-05 10:00; gone since\n" in shown(
        replace(LOOKED, asked=("8080",), stays=(GONE,), events=())
    )


def test_a_port_that_nothing_was_ever_seen_on() -> None:
    assert shown(replace(LOOKED, asked=("9", "851/udp"))) == (
        "55 looks at this host, from 2026-10-01 10:00 to 2026-11-24 10:00 UTC.\n"
        "None of them saw anything listening on 9 and 851/udp. A port that the kernel chose for a program is\n"
        "remembered without its number.\n\n"
        "A door that is gone is remembered for 400 days.\n"
    )


@pytest.mark.parametrize(
    ("first", "last", "since", "seen", "marks"),
    [
        ("2026-01-01", "2026-11-25", "2026-01-01", "2026-11-25", "━" * 45),
        ("2026-11-23", "2026-11-25", "2026-11-23", "2026-11-25", " " * 44 + "━"),
        ("2026-01-01", "2026-11-25", "2026-11-24", "2026-11-25", "·" * 44 + "━"),
        ("2026-01-01", "2026-09-01", "2026-01-01", "2026-08-30", "━━·" + " " * 42),
        ("2027-01-01", "2027-01-01", "2027-01-01", "2027-01-01", " " * 45),
    ],
)
def test_a_strip_tells_seen_not_seen_and_not_looked_apart(
    first: str, last: str, since: str, seen: str, marks: str
) -> None:
    stays = [stay(since=f"{since}T00:00:00Z", last_seen=f"{seen}T00:00:00Z")]
    drawn = strip(stays, f"{first}T00:00:00Z", f"{last}T00:00:00Z", NOW)
    assert len(drawn) == STRIP_MARKS
    assert drawn == marks


def test_a_long_past_is_folded_and_a_damaged_one_named() -> None:
    many = tuple(Event("2026-11-20T10:00:00Z", EventKind.NEW, stay(number=number)) for number in range(1, 61))
    text = shown(replace(LOOKED, events=many, damaged=("/x/history.sqlite.damaged-1\x1b[2J",)))
    assert "  and 20 more; --plain or --json has them all.\n" in text
    assert text.endswith(
        "A damaged history was moved to /x/history.sqlite.damaged-1\\x1b[2J; nothing in it is told here.\n"
    )


@pytest.mark.parametrize("lang", languages())
def test_every_language_and_width(lang: str) -> None:
    whole = replace(LOOKED, asked=("8080",), stays=(CHANGED, GONE), events=EVENTS)
    for width in (20, 40, 80, 120):
        text = shown(whole, lang, width)
        assert "{" not in text
        assert "/usr/bin/node"[:8] in text


@pytest.mark.parametrize("program", ["\x1b[2J", "a\tb\nc", "\u202egnp", "x" * 4096, "\udcff"])
def test_a_program_that_means_harm_moves_nothing(program: str) -> None:
    kind = DoorKind("tcp", "ipv4", "any", program, program)
    event = Event("2026-11-20T10:00:00Z", EventKind.CHANGED, stay(kind, began=EventKind.CHANGED, was=program))
    chronicle = replace(LOOKED, asked=("8080",), stays=(event.stay,), events=(event,))
    text = shown(chronicle)
    assert all(letter.isprintable() for letter in text.replace("\n", ""))
    lines = render_history_plain(chronicle).split("\n")
    assert [line.count("\t") for line in lines] == [len(PLAIN_COLUMNS) - 1] * 2


def test_plain_lines() -> None:
    chosen = stay(DoorKind("udp", "ipv4", "any", "host", "?"), 0)
    events = (*EVENTS, Event("2026-11-01T10:00:00Z", EventKind.NEW, chosen))
    assert render_history_plain(replace(LOOKED, events=events)).split("\n") == [
        "\t".join(PLAIN_COLUMNS),
        "2026-11-20T10:00:00Z\tchanged\ttcp\t22\tdual\tany\thost\t/usr/sbin/sshd\t?\t2026-11-01T10:00:00Z\t"
        "2026-11-20T10:00:00Z\t2026-11-24T10:00:00Z\t",
        "2026-11-06T10:00:00Z\tgone\ttcp\t8080\tipv4\tloopback\thost\t/usr/bin/node\t\t2026-11-01T10:00:00Z\t"
        "2026-11-01T10:00:00Z\t2026-11-05T10:00:00Z\t2026-11-06T10:00:00Z",
        "2026-11-01T10:00:00Z\tnew\ttcp\t8080\tipv4\tloopback\thost\t/usr/bin/node\t\t2026-11-01T10:00:00Z\t"
        "2026-11-01T10:00:00Z\t2026-11-05T10:00:00Z\t2026-11-06T10:00:00Z",
        "2026-11-01T10:00:00Z\tnew\tudp\t\tipv4\tany\thost\t\t\t2026-11-01T10:00:00Z\t"
        "2026-11-01T10:00:00Z\t2026-11-24T10:00:00Z\t",
    ]
