"""Cut what was printed into blocks, each of one form, and read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quietport.host.printed.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.printed.interface import Block, NameToPort
    from quietport.host.printed.socket_line import Findings

SHOWN_LINES = 3
"""Lines that no form fits which are shown; the rest is counted."""
GIVEN_UP_AFTER = 10_000
"""Lines without a single block after which no more are looked at: nothing is printed above so much else."""
_TITLE_LINES = 3  # a title, a header, a rule
_ESCAPED_BYTE = re.compile(r"\\x[0-9a-f]{2}")


class Unread:
    """Lines that no form fits."""

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        """How many."""
        self.first: list[str] = []
        """The first few; hostile text."""

    def add(self, line: str) -> None:
        """Count a line."""
        self.count += 1
        if len(self.first) < SHOWN_LINES:
            self.first.append(line)


def read_blocks(lines: Iterable[str | None], name_to_port: NameToPort) -> tuple[list[Findings], Unread]:
    """Return what each block told, in order, and the lines that belong to none."""
    reader = _Reader(name_to_port)
    for line in lines:
        if line is None:
            reader.unread.add("(a line too long to be looked at)")
        elif line.strip():
            reader.take(line)
        else:
            reader.take_blank()
        if reader.found_nothing and reader.unread.count > GIVEN_UP_AFTER:
            break
    return reader.finish()


class _Reader:
    """Gives each line to the block at hand; one that it does not take may begin another.

    A few lines without a digit right above the first row of ``netstat`` are its titles, in whatever language: no
    socket is without a digit.
    """

    def __init__(self, name_to_port: NameToPort) -> None:
        self._name_to_port = name_to_port
        self._block: Block | None = None
        self._found: list[Findings] = []
        self._titles: list[str] = []
        self.unread = Unread()

    @property
    def found_nothing(self) -> bool:
        """Tell whether no block has begun."""
        return self._block is None

    def take(self, line: str) -> None:
        if self._block is not None and self._block.take(line):
            self._drop_titles(are_titles=False)
        elif not self._begin(line):
            if len(self._titles) == _TITLE_LINES or not _may_be_title(line):
                self._drop_titles(are_titles=False)
            self._titles.append(line)

    def take_blank(self) -> None:
        if self._block is not None:
            self._block.take("")

    def _begin(self, line: str) -> bool:
        """Begin the block that a line is the first of, where it is."""
        form = next((form for form in FORMATS if form.begins(line)), None)
        block = form.open(self._name_to_port) if form is not None else None
        if form is None or block is None or not block.take(line):
            return False
        self._end()
        self._block = block
        self._drop_titles(are_titles=form.is_titled)
        return True

    def _drop_titles(self, *, are_titles: bool) -> None:
        for line in self._titles:
            if not are_titles or not _may_be_title(line):
                self.unread.add(line)
        self._titles.clear()

    def _end(self) -> None:
        if self._block is not None:
            self._found.append(self._block.finish())

    def finish(self) -> tuple[list[Findings], Unread]:
        self._end()
        self._drop_titles(are_titles=False)
        return self._found, self.unread


def _may_be_title(line: str) -> bool:
    r"""Tell whether a line is without a digit, those in ``\xff`` apart, which stands for a byte of some code page."""
    return not any(letter.isdigit() for letter in _ESCAPED_BYTE.sub("", line))
