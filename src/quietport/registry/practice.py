"""What is done with ports in practice: software's defaults, reported misuse, known programs, searches.

The tables are small (some two thousand rows): each is read whole at its first question.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram, Misuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FEW_QUESTIONS = 16
"""Up to so many questions about searched lists are put to SQLite (a page asks six); after that they are read whole."""

EXPANDED = 256
"""Ranges up to this many ports are indexed port by port; the few longer ones are tried in turn."""


@dataclass(frozen=True, slots=True)
class Searched:
    """One port or range that a searched list names."""

    ports: PortRange
    """The number or range."""
    transport: Transport
    """Over which transport."""
    source: str
    """Id of the list."""


RowT = TypeVar("RowT", DeFactoUse, Misuse, Searched)


class PortIndex(Generic[RowT]):
    """Rows about ports and ranges, found by port; narrower ranges first."""

    def __init__(self, rows: Iterable[RowT]) -> None:
        """Index the rows."""
        self.rows: tuple[RowT, ...] = tuple(sorted(rows, key=lambda row: len(row.ports)))
        """Every row, narrow ranges first."""
        self._single: dict[tuple[Transport, int], list[RowT]] = defaultdict(list)
        self._wide: list[RowT] = []
        for row in self.rows:
            if len(row.ports) > EXPANDED:
                self._wide.append(row)
                continue
            for number in range(row.ports.first, row.ports.last + 1):
                self._single[row.transport, number].append(row)

    def find(self, port: Port) -> tuple[RowT, ...]:
        """Return the rows that cover a port."""
        found: list[RowT] = list(self._single.get((port.transport, port.number), ()))
        found += [row for row in self._wide if row.transport is port.transport and port.number in row.ports]
        return tuple(found)


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
        return PortIndex(
            DeFactoUse(PortRange(first, last), Transport(transport), *rest)
            for first, last, transport, *rest in self._ask(query)
        )

    @cached_property
    def misuse(self) -> PortIndex[Misuse]:
        """Return reports of misuse."""
        query = "SELECT first, last, transport, family, year, report, source, locator, words FROM misuse"
        return PortIndex(
            Misuse(PortRange(first, last), Transport(transport), *rest)
            for first, last, transport, *rest in self._ask(query)
        )

    @cached_property
    def _searched(self) -> PortIndex[Searched]:
        query = "SELECT first, last, transport, source FROM searched"
        return PortIndex(
            Searched(PortRange(first, last), Transport(transport), source)
            for first, last, transport, source in self._ask(query)
        )

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
