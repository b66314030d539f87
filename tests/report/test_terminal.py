"""What people see: narrow or wide, coloured or not, and whoever chose the names."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from quietport.model.door import CheckReport
from quietport.report.check_sheet import lay_out_check
from quietport.report.sheet import Sheet
from quietport.report.terminal import GLYPHS, STYLES, make_sheet, show, wants_color
from quietport.words.phrasebook import phrasebook

if TYPE_CHECKING:
    from collections.abc import Callable

BOOK = phrasebook("en")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = ["x", "\x1b[2J\x1b]0;owned\x07", "a\nb\r\tc\x85\u2028", "\u202egnp.exe", "\udcff", "[red]x[/red]", "y" * 4096]


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def shown(report: CheckReport, color: bool | None, width: int = 80, stream: io.StringIO | None = None) -> str:
    stream = Screen() if stream is None else stream
    sheet = Sheet(width)
    lay_out_check(report, BOOK, sheet)
    show(sheet, stream, color=wants_color(stream) if color is None else color)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look from a terminal that knows 256 colours."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.mark.parametrize("color", [True, False])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_nothing_moves_the_cursor_but_our_own_colours(
    make_report: Callable[[str], CheckReport], text: str, color: bool
) -> None:
    seen = shown(make_report(text), color)
    assert ("\x1b[" in seen) is color
    assert [letter for letter in COLOUR.sub("", seen) if not letter.isprintable() and letter != "\n"] == []


def test_colours_change_no_letter(make_report: Callable[[str], CheckReport]) -> None:
    report = make_report("x")
    assert COLOUR.sub("", shown(report, color=True)).split() == shown(report, color=False).split()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_keep_to_the_width(make_report: Callable[[str], CheckReport], width: int) -> None:
    seen = shown(make_report("name"), color=False, width=width)
    too_long = [line for line in seen.split("\n") if len(line) > min(width, 100)]
    assert [line for line in too_long if not line.startswith("    Next: ")] == []


def test_what_needs_a_person_comes_first(make_report: Callable[[str], CheckReport]) -> None:
    lines = shown(make_report("nc"), color=False).split("\n")
    assert lines[0].startswith("24 doors on nc: ")
    assert lines[2].startswith("‼ suspicious")
    assert sum(line.startswith("    Next: ") for line in lines) == 24 - seen_as_it_should_be(lines)


def seen_as_it_should_be(lines: list[str]) -> int:
    return sum(line.startswith("  tcp  ") for line in lines)


@pytest.mark.parametrize(
    ("environment", "color", "coloured"),
    [
        ({}, None, True),
        ({"NO_COLOR": "1"}, None, False),
        ({"NO_COLOR": ""}, None, True),
        ({"TERM": "dumb"}, None, False),
        ({}, False, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    make_report: Callable[[str], CheckReport],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    color: bool | None,
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in shown(make_report("x"), color)) is coloured


def test_a_pipe_gets_no_colour_and_eighty_columns(make_report: Callable[[str], CheckReport]) -> None:
    assert "\x1b" not in shown(make_report("x"), None, stream=io.StringIO())
    assert make_sheet(io.StringIO()).width == 80


def test_every_verdict_has_a_mark_beside_its_colour() -> None:
    assert (
        sorted(GLYPHS)
        == sorted(STYLES)
        == [
            "custom",
            "declared",
            "expected",
            "misconfigured",
            "suspicious",
            "unexplained",
            "unresolved",
        ]
    )


def test_a_command_is_never_broken_in_two() -> None:
    sheet = Sheet(20)
    sheet.unwrapped("    ", "sudo lsof -nP -iTCP:851 -sTCP:LISTEN")
    assert sheet.plain() == "    sudo lsof -nP -iTCP:851 -sTCP:LISTEN\n"


def test_lines_are_broken_at_blanks_and_hang() -> None:
    sheet = Sheet(24)
    sheet.wrapped("one two three ", ("four", "bold"), " five six seven", indent=2, hanging=2)
    assert sheet.plain() == "  one two three four\n    five six seven\n"


def test_wide_letters_take_two_columns() -> None:
    sheet = Sheet(20)
    sheet.wrapped("名" * 12)
    assert sheet.plain() == "名" * 10 + "\n" + "名" * 2 + "\n"


def test_columns_are_aligned() -> None:
    sheet = Sheet(80)
    sheet.columns([("22", "ssh", "x"), (("6379", "bold"), "redis", "y")], indent=2)
    assert sheet.plain() == "  22    ssh    x\n  6379  redis  y\n"
