from __future__ import annotations

import io
import os
import shlex
import sys
from pathlib import Path

import pytest

from quietport.cli.pager import paged

LINES = "one\ntwo\n"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.fixture(autouse=True)
def twenty_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "20")


def pager(code: str, *arguments: str) -> dict[str, str]:
    """Return an environment whose pager is a Python program."""
    return {**os.environ, "PAGER": shlex.join([sys.executable, "-c", code, *arguments])}


def test_what_is_longer_than_the_screen_goes_to_the_pager(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = "import os, sys; open(sys.argv[1], 'w').write(os.environ['LESS'] + sys.stdin.read())"
    out = Screen()
    with paged(out, 20, pager(code, str(seen))) as stream:
        stream.write(LINES)
    assert (out.getvalue(), seen.read_text()) == ("", f"FRX{LINES}")


@pytest.mark.parametrize(
    ("out", "lines", "environ"),
    [
        (Screen(), 19, pager("raise SystemExit(9)")),
        (io.StringIO(), 900, pager("raise SystemExit(9)")),
        (Screen(), 900, {**os.environ, "PAGER": ""}),
        (Screen(), 900, {**os.environ, "PAGER": "less", "QUIETPORT_PAGER": "cat"}),
        (Screen(), 900, {**os.environ, "PAGER": "/nowhere/to/be/found -x"}),
    ],
    ids=["it fits", "no terminal", "none wished for", "none for us", "missing"],
)
def test_else_it_goes_where_it_went(out: io.StringIO, lines: int, environ: dict[str, str]) -> None:
    with paged(out, lines, environ) as stream:
        stream.write(LINES)
    assert out.getvalue() == LINES


def test_a_reader_who_leaves_early_is_no_error() -> None:
    with paged(Screen(), 900, pager("pass")) as stream:
        for _ in range(10_000):
            stream.write("x" * 1000)
