"""What is done with ports in practice: software's defaults, reported misuse, known programs, searches.

The tables are small (some two thousand rows): each is read whole at its first question.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from quietport.model.port import PORT_COUNT, Port, PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram, Misuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FEW_QUESTIONS = 16
"""Up to so many questions about searched lists are put to SQLite (a page asks six); after that they are read whole."""

EXPANDED = 256
"""Ranges up to this many ports are indexed port by port; the few longer ones are tried in turn."""


class Searched(Struct, frozen=True):
    """One port or range that a searched list names."""

    ports: PortRange
    """The number or range."""
    transport: Transport
    """Over which transport."""
    source: str
    """Id of the list."""


RowT = TypeVar("RowT")


_NO_STEPS: tuple[list[int], list[tuple[int, ...]]] = ([0], [()])


class PortIndex(Generic[RowT]):
    """Rows about ports and ranges, found by port; narrower ranges first.

    A record is made when it is asked for: one lookup needs one or two of some thousand.
    """

    def __init__(self, found: list[tuple[Any, ...]], make: Callable[..., RowT]) -> None:
        """Index what a query found: first, last and transport, then what ``make`` takes after them."""
        self._found = sorted(found, key=lambda row: row[1] - row[0])
        self._make = make
        self._single: dict[tuple[str, int], list[int]] = defaultdict(list)
        wide: dict[str, list[int]] = defaultdict(list)
        for index, (first, last, transport, *_) in enumerate(self._found):
            if last - first >= EXPANDED:
                wide[transport].append(index)
                continue
            for number in range(first, last + 1):
                self._single[transport, number].append(index)
        self._wide = {transport: self._steps(indices) for transport, indices in wide.items()}

    def _steps(self, wide: list[int]) -> tuple[list[int], list[tuple[int, ...]]]:
        """Return the numbers at which the set of covering ranges changes, and the set from each of them on."""
        spans = [(index, *self._found[index][:2]) for index in wide]
        starts = sorted({0, *(first for _, first, _ in spans), *(last + 1 for _, _, last in spans)})
        return starts, [tuple(i for i, first, last in spans if first <= start <= last) for start in starts]

    @cached_property
    def rows(self) -> tuple[RowT, ...]:
        """Return every row, narrow ranges first."""
        return tuple(map(self._row, range(len(self._found))))

    def single_numbers(self, transport: Transport) -> Iterable[int]:
        """Return the numbers that a row of few ports names."""
        return (number for over, number in self._single if over == transport)

    def wide_ranges(self, transport: Transport) -> list[PortRange]:
        """Return the ranges of the rows of many ports."""
        starts = self._wide.get(transport, _NO_STEPS)[0]
        ends = (*starts[1:], PORT_COUNT)
        return [PortRange(first, end - 1) for first, end in zip(starts, ends, strict=True) if first < end]

    def covering(self, port: Port) -> tuple[int, ...]:
        """Return which rows cover a port, as numbers that are equal for two ports exactly if the rows are the same."""
        found = self._single.get((port.transport, port.number))
        starts, sets = self._wide.get(port.transport, _NO_STEPS)
        wide = sets[bisect_right(starts, port.number) - 1]
        return (*found, *wide) if found else wide

    def find(self, port: Port) -> tuple[RowT, ...]:
        """Return the rows that cover a port."""
        return tuple(map(self._row, self.covering(port)))

    def _row(self, index: int) -> RowT:
        first, last, transport, *rest = self._found[index]
        return self._make(PortRange(first, last), Transport(transport), *rest)


class Practice:
    """The de-facto side of a registry snapshot."""

    def __init__(self, ask: Callable[..., list[tuple[Any, ...]]]) -> None:
        """Keep the way to ask the snapshot (``Registry.ask``); nothing is read yet."""
        self._ask = ask
        self._questions = 0

    @cached_property
    def uses(self) -> PortIndex[DeFactoUse]:
        """Return software's defaults."""
        query = "SELECT first, last, transport, software, use, source, locator, words FROM de_facto"
        return PortIndex(self._ask(query), DeFactoUse)

    @cached_property
    def misuse(self) -> PortIndex[Misuse]:
        """Return reports of misuse."""
        query = "SELECT first, last, transport, family, year, report, source, locator, words FROM misuse"
        return PortIndex(self._ask(query), Misuse)

    @cached_property
    def _searched(self) -> PortIndex[Searched]:
        query = "SELECT first, last, transport, source FROM searched"
        return PortIndex(self._ask(query), Searched)

    @cached_property
    def _programs(self) -> dict[str, tuple[KnownProgram, ...]]:
        query = "SELECT program, software, services, source, locator, words FROM program ORDER BY rowid"
        programs: dict[str, tuple[KnownProgram, ...]] = {}
        for program, software, services, *rest in self._ask(query):
            entry = KnownProgram(program, software, tuple(services.split()), *rest)
            programs[program] = (*programs.get(program, ()), entry)
        return programs

    def find_programs(self, name: str) -> tuple[KnownProgram, ...]:
        """Return what goes by the base name of an executable: several packages may ship a ``master``."""
        return self._programs.get(name, ())

    def naming(self, port: Port) -> frozenset[str]:
        """Return the ids of the searched lists that name a port."""
        self._questions += 1
        if self._questions > FEW_QUESTIONS:
            return frozenset(row.source for row in self._searched.find(port))
        query = "SELECT DISTINCT source FROM searched WHERE transport = ? AND first <= ? AND last >= ?"
        found = self._ask(query, port.transport, port.number, port.number)
        return frozenset(source for (source,) in found)
