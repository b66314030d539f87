"""The look on a terminal: one accent, amber and red, always beside a glyph and a word.

Text is built from ``Text`` objects and never from markup, so that no value can be read as an instruction.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

MAX_WIDTH = 100
"""Running text wider than this is hard to read."""

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


class PipeConsole(Console):
    """A console that lets a broken pipe reach its caller, who knows the exit code; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError that rich is handling when it calls this."""
        raise  # noqa: PLE0704 - as the first line says


def make_console(file: TextIO, color: bool | None) -> Console:
    """Return a console for a stream; ``color`` None lets the stream and NO_COLOR decide."""
    terminal = file.isatty()
    plain = color is False or (color is None and (not terminal or bool(os.environ.get("NO_COLOR"))))
    width = None if terminal else PIPE_WIDTH
    return PipeConsole(
        file=file,
        width=width,
        no_color=plain,
        color_system=None if plain else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        legacy_windows=False,
    )


def print_wrapped(console: Console, text: Text, indent: int = 0, hanging: int = 0) -> None:
    """Print text wrapped to a readable width, without blanks at line ends.

    Every line stands ``indent`` columns in, all but the first ``hanging`` columns more.
    """
    width = max(20, min(console.width, MAX_WIDTH) - indent - hanging)
    for number, line in enumerate(_wrap(console, text, width, hanging)):
        line.rstrip()
        margin = " " * (indent if number == 0 else indent + hanging)
        console.print(Text.assemble(margin, line) if line.plain else line, soft_wrap=True)


def _wrap(console: Console, text: Text, width: int, hanging: int) -> list[Text]:
    first, *rest = text.wrap(console, width + hanging) or [Text()]
    if not rest:
        return [first]
    remaining = text[len(first.plain.rstrip()) :]
    remaining = remaining[len(remaining.plain) - len(remaining.plain.lstrip()) :]
    return [first, *remaining.wrap(console, width)]


def print_columns(console: Console, rows: Sequence[tuple[Text, ...]], indent: int = 0) -> None:
    """Print rows of cells in aligned columns; a row too long for the console is wrapped, not cut."""
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        line = Text()
        for cell, width in zip(row[:-1], widths, strict=False):
            line.append_text(cell).append(" " * (width - cell.cell_len + 2))
        print_wrapped(console, line.append_text(row[-1]), indent=indent, hanging=4)


def heading(text: str) -> Text:
    """Return a section heading."""
    return Text(text, style="bold")


def quiet(text: str) -> Text:
    """Return text that steps back."""
    return Text(text, style="dim")


def verdict_mark(word: str, shown: str) -> Text:
    """Return a verdict's glyph and word in its colour."""
    return Text(f"{GLYPHS[word]} {shown}", style=STYLES[word])
