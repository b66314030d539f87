"""A registry snapshot: one read-only SQLite file, and the questions it answers."""

from __future__ import annotations

import sqlite3
import sys
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from quietport.model.errors import DataError
from quietport.model.page import Source, SourceKind
from quietport.model.port import PORT_COUNT, RANGES, Port, PortRange, RangeName, Transport
from quietport.model.registration import IanaRow, PastState, Registration, RegistrySummary, Status
from quietport.registry.practice import Practice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

SHIPPED = Path(__file__).with_name("registry.sqlite")
"""The snapshot inside the package."""

SCHEMA_VERSION = "2"
"""Which ``schema.sql`` this code reads."""

_REMEDY = "reinstall quietport, or remove the file if `registry update` wrote it"
_STATUS = tuple(Status)
_MOST_AT_ONCE = 500
# Values in one question; SQLite takes 32,766, and older ones 999.
_ROW_COLUMNS = (
    "first, last, transport, name, description, reference, assignee, registered, modified, "
    "unauthorized, notes, service_code"
)


class Registry:
    """The registry of one snapshot; opening it reads a page or two, so that one lookup is cheap."""

    def __init__(self, path: Path = SHIPPED) -> None:
        """Open a snapshot; DataError where the file is missing, damaged or of another schema."""
        self.path = path
        """The file."""
        try:
            self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        except sqlite3.Error as error:
            raise DataError(f"{path}: {error}; {_REMEDY}") from error
        try:
            self._read_planes()
        except DataError:
            self._connection.close()
            raise
        self._sources: dict[str, Source] = {}
        self._known_spans: dict[int, tuple[tuple[str, ...], tuple[IanaRow, ...]]] = {}
        self._summaries: dict[int, RegistrySummary] = {}
        self._known_summaries: dict[tuple[str, str], RegistrySummary] = {}
        self.practice = Practice(self.ask)
        """What is done with ports in practice: software's defaults, misuse, programs."""

    def _read_planes(self) -> None:
        self.meta: dict[str, str] = dict(self.ask("SELECT key, value FROM meta"))
        """What the file says of itself."""
        if self.meta.get("schema") != SCHEMA_VERSION:
            raise DataError(f"{self.path}: schema {self.meta.get('schema')}, this quietport reads {SCHEMA_VERSION}")
        planes = {transport: blobs for transport, *blobs in self.ask("SELECT transport, status, span FROM plane")}
        try:
            self._status = {transport: memoryview(planes[transport][0]).tobytes() for transport in Transport}
            self._span = {transport: _little_endian(planes[transport][1]) for transport in Transport}
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{self.path}: no status plane: {error}; {_REMEDY}") from error
        if any(
            len(self._status[over]) != PORT_COUNT
            or len(self._span[over]) != PORT_COUNT
            or self._status[over].translate(None, bytes(_STATUS))
            for over in Transport
        ):
            raise DataError(f"{self.path}: a status plane is damaged; {_REMEDY}")

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that a query gives; DataError where the file is damaged there."""
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise DataError(f"{self.path}: {error}; {_REMEDY}") from error

    def _ask_one(self, query: str, *values: object) -> tuple[Any, ...]:
        rows = self.ask(query, *values)
        if not rows:
            raise DataError(f"{self.path}: a row is missing; {_REMEDY}")
        return rows[0]

    def __enter__(self) -> Self:
        """Return the registry itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._connection.close()

    def status(self, port: Port) -> Status:
        """Return the status of a port: one byte of the status plane."""
        return _STATUS[self._status[port.transport][port.number]]

    def is_quiet(self, port: Port) -> bool:
        """Tell whether a port is a quiet one: a system port, not 0, that no service is registered for."""
        return 0 < port.number <= RANGES[RangeName.SYSTEM].last and self.status(port) is not Status.ASSIGNED

    def lookup(self, port: Port) -> Registration:
        """Return what IANA's registry says of a port."""
        span = self._span[port.transport][port.number]
        names, rows = self._known_spans.get(span) or self._read_span(span)
        return Registration(port, _STATUS[self._status[port.transport][port.number]], names, rows)

    def summary(self, port: Port) -> RegistrySummary:
        """Return what the registry says of a port in short; one object for all of the same status and names."""
        span = self._span[port.transport][port.number]
        found = self._summaries.get(span)
        if found is None:
            self._read_summaries([span])
            found = self._summaries[span]
        return found

    def read_summaries(self, transport: Transport, numbers: Sequence[int]) -> None:
        """Read in one go what ``summary`` will be asked about."""
        spans = {self._span[transport][number] for number in numbers}
        self._read_summaries([span for span in spans if span not in self._summaries])

    def _read_summaries(self, spans: list[int]) -> None:
        for start in range(0, len(spans), _MOST_AT_ONCE):
            asked = spans[start : start + _MOST_AT_ONCE]
            marks = ",".join("?" * len(asked))
            found = self.ask(f"SELECT id, status, names FROM span WHERE id IN ({marks})", *asked)  # noqa: S608 - marks
            if len(found) != len(asked):
                raise DataError(f"{self.path}: a row is missing; {_REMEDY}")
            for span, status, names in found:
                key = status, names
                if key not in self._known_summaries:
                    self._known_summaries[key] = RegistrySummary(_status(status), tuple(names.split()))
                self._summaries[span] = self._known_summaries[key]

    def spans(self, transport: Transport) -> array[int]:
        """Return for every number of a transport the span that it lies in."""
        return self._span[transport]

    def span_of(self, port: Port) -> int:
        """Return a number that is equal for two ports exactly if the same rows cover both."""
        return self._span[port.transport][port.number]

    def status_plane(self, transport: Transport) -> bytes:
        """Return the status of every port of a transport: byte N is ``Status`` of port N."""
        return self._status[transport]

    def _read_span(self, span: int) -> tuple[tuple[str, ...], tuple[IanaRow, ...]]:
        (ids,) = self._ask_one("SELECT rows FROM span WHERE id = ?", span)
        rows = tuple(self._read_row(int(id_)) for id_ in ids.split())
        names = tuple(dict.fromkeys(row.name for row in rows if row.name is not None))
        self._known_spans[span] = names, rows
        return names, rows

    def _read_row(self, id_: int) -> IanaRow:
        query = f"SELECT {_ROW_COLUMNS} FROM iana_row WHERE id = ?"  # noqa: S608 - a constant of this module
        first, last, transport, *rest = self._ask_one(query, id_)
        return IanaRow(PortRange(first, last), None if transport is None else Transport(transport), *rest)

    def spans_in(self, ports: PortRange, transport: Transport) -> list[Registration]:
        """Return what the registry says of a run of numbers, once for each first port of a span."""
        query = "SELECT max(first, ?) FROM span WHERE transport = ? AND first <= ? AND last >= ? ORDER BY first"
        found = self.ask(query, ports.first, transport, ports.last, ports.first)
        return [self.lookup(Port(number, transport)) for (number,) in found]

    def span_range(self, port: Port) -> PortRange:
        """Return the run of numbers around a port that the same rows cover."""
        query = "SELECT first, last FROM span WHERE id = ?"
        return PortRange(*self._ask_one(query, self.span_of(port)))

    def neighbour(self, port: Port, step: int) -> Port | None:
        """Return the nearest assigned port below (``step`` -1) or above (+1), or None."""
        plane, number = self._status[port.transport], port.number
        assigned = bytes([Status.ASSIGNED])
        found = plane.rfind(assigned, 0, number) if step < 0 else plane.find(assigned, number + 1)
        return None if found < 0 else Port(found, port.transport)

    def past(self, port: Port) -> tuple[PastState, ...]:
        """Return what older snapshots said where it differs from the newer ones, newest first."""
        query = (
            "SELECT as_of, status, names FROM iana_past "
            "WHERE transport = ? AND first <= ? AND last >= ? ORDER BY as_of DESC"
        )
        found = self.ask(query, port.transport, port.number, port.number)
        return tuple(PastState(as_of, _status(status), tuple(names.split())) for as_of, status, names in found)

    def past_of(self, as_of: str) -> Iterator[tuple[PortRange, Transport, tuple[Status, tuple[str, ...]]]]:
        """Yield what the snapshot of a date said where it differs from the next newer one."""
        query = "SELECT first, last, transport, status, names FROM iana_past WHERE as_of = ?"
        for first, last, transport, status, names in self.ask(query, as_of):
            yield PortRange(first, last), Transport(transport), (_status(status), tuple(names.split()))

    def ports_named(self, name: str) -> tuple[Port, ...]:
        """Return the ports assigned under a service name, letter case aside, in order of number."""
        query = "SELECT first, last, transport FROM iana_row WHERE name = ? COLLATE NOCASE ORDER BY first"
        ports: dict[Port, None] = {}
        for first, last, transport in self.ask(query, name):
            over = (Transport.TCP, Transport.UDP) if transport is None else (Transport(transport),)
            ports.update(dict.fromkeys(Port(n, t) for n in range(first, last + 1) for t in over))
        return tuple(sorted(port for port in ports if self.status(port) is Status.ASSIGNED))

    def sources(self) -> dict[str, Source]:
        """Return every source by id; read once, since every section of a page asks for some."""
        if not self._sources:
            columns = "id, kind, name, as_of, opened, url, package, locator, sha256, complete"
            found = self.ask(f"SELECT {columns} FROM source ORDER BY id")  # noqa: S608 - constants
            self._sources = {
                id_: Source(id_, SourceKind(kind), name, as_of, opened, url, package, locator, sha256, bool(complete))
                for id_, kind, name, as_of, opened, url, package, locator, sha256, complete in found
            }
        return self._sources

    def quotation(self, source: str, name: str) -> str | None:
        """Return the words of a source that a sentence rests on, or None."""
        query = "SELECT words FROM quotation WHERE source = ? AND name = ?"
        return next((str(words) for (words,) in self.ask(query, source, name)), None)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows each table holds."""
        tables = ("iana_row", "de_facto", "misuse", "program", "source")
        count = "SELECT count(*) FROM {}"
        return {table: int(self._ask_one(count.format(table))[0]) for table in tables}

    @property
    def iana_source(self) -> str:
        """Return the id of the source that IANA's rows come from."""
        return self.meta["iana_source"]


def _status(label: str) -> Status:
    return Status[label.upper().replace("-", "_")]


def _little_endian(blob: bytes) -> array[int]:
    numbers = array("H", blob)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
