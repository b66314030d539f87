"""A sheet of text for people: wrapped lines of pieces, each with a style, and no terminal yet.

Made without any library, because half of what people wait for is the start of an interpreter; where
the sheet goes to a terminal, ``terminal`` gives it its colours.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Piece = str | tuple[str, str]
"""Text, or text with the name of a style: ``bold``, ``dim``, ``cyan``..."""

MAX_WIDTH = 100
"""Running text wider than this is hard to read."""

MIN_WIDTH = 20
"""Narrower than this, lines are left to the terminal to break."""


def heading(text: str) -> Piece:
    """Return a section heading."""
    return text, "bold"


def quiet(text: str) -> Piece:
    """Return text that steps back."""
    return text, "dim"


def cell_width(text: str) -> int:
    """Return how many columns a terminal needs for a text (Unicode TR 11: wide letters take two)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text
    )


class Sheet(Struct):
    """Lines, in the order in which they are shown."""

    width: int
    """Columns there are."""
    lines: list[list[Piece]] = field(default_factory=list)
    """Every line as its pieces."""

    def blank(self) -> None:
        """Add an empty line."""
        self.lines.append([])

    def unwrapped(self, *pieces: Piece) -> None:
        """Add a line as it is, however long: what is copied must not be broken in two."""
        self.lines.append(list(pieces))

    def wrapped(self, *pieces: Piece, indent: int = 0, hanging: int = 0) -> None:
        """Add text broken at blanks; lines stand ``indent`` columns in, all but the first ``hanging`` more."""
        width = max(MIN_WIDTH, min(self.width, MAX_WIDTH) - indent)
        breaks = _breaks("".join(map(_text, pieces)), width, hanging)
        for number, line in enumerate(_cut(pieces, breaks)):
            margin = " " * (indent if number == 0 else indent + hanging)
            self.lines.append([margin, *line] if margin and line else line)

    def columns(self, rows: Sequence[tuple[Piece, ...]], indent: int = 0) -> None:
        """Add rows of cells in aligned columns; a row that is too long is wrapped, not cut."""
        widths = [max(cell_width(_text(cell)) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            pieces: list[Piece] = []
            for cell, width in zip(row[:-1], widths, strict=False):
                pieces += [cell, " " * (width - cell_width(_text(cell)) + 2)]
            self.wrapped(*pieces, row[-1], indent=indent, hanging=4)

    def plain(self) -> str:
        """Return the sheet without styles, a line end after each line, no blanks before one."""
        return "".join("".join(map(_text, line)).rstrip() + "\n" for line in self.lines)


def _text(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece[0]


def _breaks(text: str, width: int, hanging: int) -> list[tuple[int, int]]:
    """Return start and end of every line: broken at blanks, inside a word only where it fills a line alone."""
    lines, start, room = [], 0, width
    while (end := _fitting(text, start, room)) < len(text):
        blank = text.rfind(" ", start, end + 1)
        if blank > start and text[start:blank].strip():
            end = blank
        lines.append((start, end))
        start = end
        while start < len(text) and text[start] == " ":
            start += 1
        room = max(MIN_WIDTH, width - hanging)
    lines.append((start, len(text)))
    return lines


def _fitting(text: str, start: int, room: int) -> int:
    """Return where the longest run from a start ends that fits the room; at least one letter."""
    if text.isascii():
        return min(len(text), start + room)
    end = start
    while end < len(text):
        room -= cell_width(text[end])
        if room < 0:
            break
        end += 1
    return max(end, min(start + 1, len(text)))


def _cut(pieces: Sequence[Piece], breaks: list[tuple[int, int]]) -> Iterator[list[Piece]]:
    for first, last in breaks:
        line: list[Piece] = []
        offset = 0
        for piece in pieces:
            text = _text(piece)
            part = text[max(0, first - offset) : max(0, last - offset)]
            if part:
                line.append(part if isinstance(piece, str) else (part, piece[1]))
            offset += len(text)
        yield line
