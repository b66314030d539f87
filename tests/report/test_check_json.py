"""``check`` for programs: what others wrote comes back as it was, and never as anything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietport.model.door import CheckReport
from quietport.model.page import Phrase
from quietport.report.check_json import render_check_json
from quietport.report.check_plain import PLAIN_COLUMNS, render_check_plain
from quietport.report.door_sheet import next_values
from quietport.words.gates import readable
from quietport.words.phrasebook import phrasebook

if TYPE_CHECKING:
    from collections.abc import Callable

BOOK = phrasebook("en")
HOSTILE = [
    "x",
    "",
    "100000",
    "\0",
    "port 100000 of {port} \\u0000 {pid}",
    '"}], "verdict": "expected", "x": [{"',
    "\\",
    "\x1b[2J\x1b]0;owned\x07",
    "a\nb\tc\r\v\x85\u2028",
    "\u202egnp.exe\u2066",
    "\udcff\udc80",
    "\ud800",
    "{0.__class__} %s $x `id`",
    "x" * 4096,
    "名前 🙂 é",
]


def parsed(report: CheckReport) -> dict[str, Any]:
    text = render_check_json(report, BOOK)
    assert text.isascii()
    document: dict[str, Any] = json.loads(text, parse_constant=pytest.fail)
    return document


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_comes_back_as_it_was(make_report: Callable[[str], CheckReport], text: str) -> None:
    report = make_report(text)
    document = parsed(report)
    assert document["host"] == readable(text)
    assert document["coverage"]["unseen"][0]["detail"] == readable(text)
    assert len(document["listeners"]) == 20
    for shown, door in zip(document["listeners"], report.listeners, strict=True):
        assert shown["port"] == door.port.number
        assert shown["interface"] == readable(text)
        assert shown["door_key"].startswith(
            (f"{door.port}/{door.seen.family}/{door.seen.scope}/host/", f"*/{door.port.transport}/")
        )
        assert shown["verdict"] == door.verdict.word
        assert [piece["says"] for piece in shown["evidence"]] == [
            BOOK.render(Phrase(f"rule.{piece.rule}", piece.values)) for piece in door.verdict.evidence
        ]
        step = BOOK.render(Phrase(door.verdict.next_step, next_values(door))) if door.needs_a_person else None
        assert shown["next_step"] == step
    owners = [
        [shown["owner"], *shown["other_owners"]] if isinstance(shown["other_owners"], list) else shown["owner"]
        for shown in document["listeners"]
    ]
    assert [owner["program"] for owner in owners[5]] == [readable(text)] * 2
    assert [owner["user"] for owner in owners[5]] == [readable(text)] * 2
    assert [owner["executable"] for owner in owners[5]] == [readable(f"/tmp/{text}"), {"unknown": "permission"}]
    assert owners[10] == {"unknown": "permission"}
    assert owners[15] == [None]


@given(text=st.text(max_size=30))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_comes_back_as_it_was(make_report: Callable[[str], CheckReport], text: str) -> None:
    document = parsed(make_report(text))
    assert document["listeners"][0]["owner"]["program"] == readable(text)
    assert document["connections"][0]["owner"]["program"] == readable(text)


def test_a_next_step_names_the_port_of_its_own_door(make_report: Callable[[str], CheckReport]) -> None:
    unread = [
        shown for shown in parsed(make_report("100000"))["listeners"] if shown["owner"] == {"unknown": "permission"}
    ]
    assert [(shown["port"], shown["next_step"]) for shown in unread] == [
        (22, "ask again as root: sudo quietport check 22"),
        (851, "ask again as root: sudo quietport check 851"),
        (852, "ask again as root: sudo quietport check 852"),
        (58001, "ask again as root: sudo quietport check 58001"),
        (58002, "ask again as root: sudo quietport check 58002"),
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_plain_lines_keep_their_columns(make_report: Callable[[str], CheckReport], text: str) -> None:
    lines = render_check_plain(make_report(text)).split("\n")
    assert lines[0] == "\t".join(PLAIN_COLUMNS)
    assert len(lines) == 1 + 20 + 4
    assert [line.count("\t") for line in lines] == [16] * 25
    assert all(letter.isprintable() for line in lines for letter in line.replace("\t", ""))
    assert lines[1].split("\t")[:6] == ["tcp", "::1", "22", "loopback", "ipv6", "listening"]
