"""Where the statements of a TOML text stand: what a parser forgets, and messages and edits need.

A statement is a table header or a key with its value; a comment or blank line is none. ``tomllib`` decides
what is valid; this only finds lines in text that it has accepted (TOML 1.0.0, toml.io).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"""(?P<mark>\"""|''')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|(?P<comment>\#)""")
"""What may hold a quotation mark or a number sign: strings of one line, the begin of one of several, a comment."""

_CLOSING = {
    '"""': re.compile(r'(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    "'''": re.compile(r".*?'{3,5}", re.DOTALL),
}
"""The rest of a string of several lines, up to two quotation marks of its own before the closing three."""

_KEY = re.compile(r"""\s*(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=""")


class Statement(Struct, frozen=True):
    """One statement, with the lines it takes."""

    first: int
    """Index of its first line, from 0."""
    last: int
    """Index of its last line; another one where a string goes over several."""
    text: str
    """Its lines, with their ends."""
    remark: str
    """The comment at its end, with the blanks before it; empty where there is none."""

    @property
    def is_header(self) -> bool:
        """Tell whether a table begins here."""
        return self.text.lstrip().startswith("[")

    @property
    def key(self) -> str | None:
        """Return the key, where it is a plain one."""
        found = _KEY.match(self.text)
        return None if found is None else next(part for part in found.groups() if part is not None)


class Entry(Struct, frozen=True):
    """A table of an array, as ``[[accept]]``, with the statements in it."""

    header: Statement
    """Where it begins."""
    statements: tuple[Statement, ...]
    """Its keys, in order."""

    @property
    def line(self) -> int:
        """Return the number of the line it begins at, from 1."""
        return self.header.first + 1

    @property
    def last(self) -> int:
        """Return the index of its last line; comments after it belong to what follows."""
        return self.statements[-1].last if self.statements else self.header.last

    def line_of(self, key: str) -> int:
        """Return the number of the line that a key stands on; the header's where it does not."""
        return next((statement.first + 1 for statement in self.statements if statement.key == key), self.line)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text with their ends; only a line feed ends one, as in TOML."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def find_statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a text, in order."""
    first, held, mark = 0, "", ""
    for index, line in enumerate(split_lines(text)):
        if not mark:
            first, held = index, ""
        held += line
        mark, remark = _after(line, mark)
        if not mark and held.strip() and not held.lstrip().startswith("#"):
            yield Statement(first, index, held, remark)


def _after(line: str, mark: str) -> tuple[str, str]:
    """Return the mark of the string of several lines that is still open at the end of a line, and its comment."""
    position = 0
    while True:
        if mark:
            closed = _CLOSING[mark].match(line, position)
            if closed is None:
                return mark, ""
            position, mark = closed.end(), ""
        token = _TOKEN.search(line, position)
        if token is None:
            return "", ""
        if token["comment"]:
            before = line[: token.start()]
            return "", line[len(before.rstrip()) :].rstrip("\r\n")
        position, mark = token.end(), token["mark"] or ""


def find_entries(text: str, name: str) -> list[Entry]:
    """Return the tables of the array of that name, in order."""
    entries: list[tuple[Statement, list[Statement]]] = []
    inside = False
    header = re.compile(rf"""\s*\[\[\s*["']?{re.escape(name)}["']?\s*\]\]""")
    for statement in find_statements(text):
        if statement.is_header:
            inside = header.match(statement.text) is not None
            if inside:
                entries.append((statement, []))
        elif inside:
            entries[-1][1].append(statement)
    return [Entry(start, tuple(statements)) for start, statements in entries]
