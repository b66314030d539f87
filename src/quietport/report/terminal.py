"""The look on a terminal: one accent, amber and red, always beside a glyph and a word."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from quietport.report.sheet import Sheet

if TYPE_CHECKING:
    from typing import TextIO

PIPE_WIDTH = 80
"""Columns where the output is no terminal."""

STYLES = {
    "expected": "",
    "declared": "",
    "custom": "cyan",
    "unexplained": "yellow",
    "misconfigured": "yellow",
    "unresolved": "yellow",
    "suspicious": "bold red",
}
"""Style of a verdict."""

GLYPHS = {
    "expected": "·",
    "declared": "·",
    "custom": "○",
    "unexplained": "?",
    "misconfigured": "!",
    "unresolved": "?",
    "suspicious": "‼",
}
"""Mark of a verdict, so that colour never says anything alone."""


def verdict_mark(word: str, shown: str) -> tuple[str, str]:
    """Return a verdict's glyph and word in its colour."""
    return f"{GLYPHS[word]} {shown}", STYLES[word]


def make_sheet(file: TextIO) -> Sheet:
    """Return an empty sheet as wide as a stream."""
    return Sheet(shutil.get_terminal_size().columns if file.isatty() else PIPE_WIDTH)


def wants_color(file: TextIO) -> bool:
    """Tell whether a stream should get colours: a terminal, unless NO_COLOR or TERM says otherwise."""
    return file.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(sheet: Sheet, file: TextIO, *, color: bool) -> None:
    """Write a sheet to a stream, with colours or without."""
    if not color:
        file.write(sheet.plain())
        return
    from rich.console import Console  # noqa: PLC0415 - rich costs 40 ms, and only colours need it
    from rich.text import Text  # noqa: PLC0415

    # Text is put together from pieces and never parsed, so that no value can be read as markup.
    lines = (Text.assemble(*line) for line in sheet.lines)
    console = Console(
        file=file, width=max(sheet.width, 1), highlight=False, markup=False, emoji=False, force_terminal=True
    )
    console.print(Text("\n").join(lines), soft_wrap=True)
