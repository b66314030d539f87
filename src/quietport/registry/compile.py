"""Compile the text sources into the one SQLite file that everything else reads.

Deterministic: the same text gives the same bytes. Run by the build, and by ``registry update``.
"""

from __future__ import annotations

import hashlib
import sqlite3
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import astuple

from quietport.model.errors import DataError, SourceTextError
from quietport.model.port import PORT_COUNT, Transport
from quietport.model.registration import Status
from quietport.registry import iana, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quietport.model.registration import IanaRow

SCHEMA = Path(__file__).with_name("schema.sql")


class IanaText(Struct, frozen=True):
    """IANA's registry as text, and the id of the source that it is."""

    source: str
    """Id of the source, as ``iana-2026-08-17``."""
    rows: tuple[IanaRow, ...]
    """In registry order."""


def read_shipped_iana(data: Path) -> IanaText:
    """Return the newest snapshot of IANA's registry in a data directory."""
    path = max((data / "iana").glob("????-??-??.csv"), default=None)
    if path is None:
        raise DataError(f"{data / 'iana'}: no snapshot of IANA's registry")
    try:
        return IanaText(f"iana-{path.stem}", tuple(iana.parse_csv(_read(path))))
    except SourceTextError as error:
        raise SourceTextError(f"{path.name}, {error.place}", error.problem) from error


def compile_registry(data: Path, target: Path) -> None:
    """Write ``registry.sqlite`` from a data directory, whole or not at all.

    Raises SourceTextError with file and line where the text is malformed or cites no known source,
    DataError where there is no snapshot of IANA's registry.
    """
    draft = target.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(draft)
        try:
            connection.executescript(SCHEMA.read_text("utf-8"))
            _fill(connection, data)
            connection.commit()
            connection.execute("VACUUM")
        finally:
            connection.close()
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, data: Path) -> None:
    known = _put_sources(connection, data)
    shipped = read_shipped_iana(data)
    _check_cited(data / "iana", [shipped.source], known)
    put_iana(connection, shipped)
    _put_history(connection, data, known)
    _put_cited(connection, data, known)
    _put_searched(connection, data, known)
    connection.execute("INSERT INTO meta VALUES ('text_sha256', ?)", (text_hash(data),))
    connection.execute("INSERT INTO meta VALUES ('schema', '2')")


def text_hash(data: Path) -> str:
    """Return the SHA-256 over every text source, names included, in sorted order."""
    digest = hashlib.sha256()
    for path in sorted(path for kind in ("*.csv", "*.tsv", "*.toml") for path in data.rglob(kind)):
        digest.update(f"{path.relative_to(data).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _put_sources(connection: sqlite3.Connection, data: Path) -> frozenset[str]:
    known: set[str] = set()
    for path in sorted((data / "sources").glob("*.toml")):
        for entry in text.parse_sources(path.name, _read(path)):
            if entry.source.id in known:
                raise SourceTextError(f"{path.name} [{entry.source.id}]", "this id stands twice")
            known.add(entry.source.id)
            if entry.details_from:
                connection.execute("INSERT INTO meta VALUES ('iana_details_source', ?)", (entry.details_from,))
            connection.execute("INSERT INTO source VALUES (?,?,?,?,?,?,?,?,?,?)", astuple(entry.source))
            connection.executemany(
                "INSERT INTO quotation VALUES (?,?,?)",
                [(entry.source.id, name, words) for name, words in entry.words.items()],
            )
    return frozenset(known)


def put_iana(connection: sqlite3.Connection, snapshot: IanaText) -> None:
    """Write the rows, spans and planes of a snapshot of IANA's registry, in place of any there are."""
    for table in ("iana_row", "span", "plane"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - three literals
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('iana_source', ?)", (snapshot.source,))
    connection.executemany(
        "INSERT INTO iana_row VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (
                number,
                row.ports.first,
                row.ports.last,
                row.transport,
                row.name,
                row.description,
                row.reference,
                row.assignee,
                row.registered,
                row.modified,
                row.unauthorized,
                row.notes,
                row.service_code,
            )
            for number, row in enumerate(snapshot.rows, start=1)
        ],
    )
    status = iana.status_plane(snapshot.rows)
    next_span = 1
    for index, transport in enumerate(Transport):
        plane = status[index * PORT_COUNT : (index + 1) * PORT_COUNT]
        spans = list(_spans(_covering(snapshot.rows, transport), plane))
        if next_span + len(spans) > PORT_COUNT:
            raise DataError(f"{snapshot.source}: more runs of numbers than 16 bits can count")
        connection.executemany(
            "INSERT INTO span VALUES (?,?,?,?,?,?,?)",
            [
                (
                    next_span + offset,
                    transport,
                    first,
                    last,
                    Status(plane[first]).label,
                    " ".join(map(str, rows)),
                    " ".join(dict.fromkeys(name for row in rows if (name := snapshot.rows[row - 1].name) is not None)),
                )
                for offset, (first, last, rows) in enumerate(spans)
            ],
        )
        numbers = b"".join(
            (next_span + offset).to_bytes(2, "little") * (last - first + 1)
            for offset, (first, last, _) in enumerate(spans)
        )
        connection.execute("INSERT INTO plane VALUES (?,?,?)", (transport, plane, numbers))
        next_span += len(spans)


def _covering(rows: tuple[IanaRow, ...], transport: Transport) -> list[tuple[int, ...]]:
    """Return, for every port number, the ids of the rows that cover it."""
    covering: list[tuple[int, ...]] = [()] * PORT_COUNT
    for number, row in enumerate(rows, start=1):
        if transport in iana.transports_of(row):
            for port in range(row.ports.first, row.ports.last + 1):
                covering[port] = (*covering[port], number)
    return covering


def _spans(covering: list[tuple[int, ...]], plane: bytes) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    for (rows, _), ports in groupby(range(PORT_COUNT), key=lambda port: (covering[port], plane[port])):
        run = list(ports)
        yield run[0], run[-1], rows


def _put_history(connection: sqlite3.Connection, data: Path, known: frozenset[str]) -> None:
    path = data / "iana" / "history.tsv"
    labels = {status.label for status in Status}
    for place, row in text.parse_tsv(path.name, _read(path), text.HISTORY_COLUMNS):
        ports, transport = text.parse_ports(place, row)
        if row["status"] not in labels:
            raise SourceTextError(place, f"no status: {row['status']!r}")
        if f"iana-{row['as_of']}" not in known:
            raise SourceTextError(place, f"no snapshot of {row['as_of']!r} in data/sources")
        connection.execute(
            "INSERT INTO iana_past VALUES (?,?,?,?,?,?)",
            (ports.first, ports.last, transport, row["as_of"], row["status"], row["names"]),
        )


def _put_cited(connection: sqlite3.Connection, data: Path, known: frozenset[str]) -> None:
    for path, content in _texts(data / "defacto"):
        uses = list(text.parse_de_facto(path.name, content))
        _check_cited(path, (use.source for use in uses), known)
        connection.executemany(
            "INSERT INTO de_facto VALUES (?,?,?,?,?,?,?,?)",
            [(u.ports.first, u.ports.last, u.transport, u.software, u.use, u.source, u.locator, u.words) for u in uses],
        )
    for path, content in _texts(data / "misuse"):
        reports = list(text.parse_misuse(path.name, content))
        _check_cited(path, (report.source for report in reports), known)
        connection.executemany(
            "INSERT INTO misuse VALUES (?,?,?,?,?,?,?,?,?)",
            [
                (r.ports.first, r.ports.last, r.transport, r.family, r.year, r.report, r.source, r.locator, r.words)
                for r in reports
            ],
        )
    for path, content in _texts(data / "programs"):
        programs = list(text.parse_programs(path.name, content))
        _check_cited(path, (program.source for program in programs), known)
        connection.executemany(
            "INSERT INTO program VALUES (?,?,?,?,?,?)",
            [(p.program, p.software, " ".join(p.services), p.source, p.locator, p.words) for p in programs],
        )


def _put_searched(connection: sqlite3.Connection, data: Path, known: frozenset[str]) -> None:
    for path, content in _texts(data / "searched"):
        _check_cited(path, [path.stem], known)
        for place, row in text.parse_tsv(path.name, content, text.SEARCHED_COLUMNS):
            ports, transport = text.parse_ports(place, row)
            connection.execute("INSERT INTO searched VALUES (?,?,?,?)", (path.stem, ports.first, ports.last, transport))


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("*.tsv")):
        yield path, _read(path)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SourceTextError(path.name, f"is not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error


def _check_cited(path: Path, sources: Iterable[str], known: frozenset[str]) -> None:
    for source in sources:
        if source not in known:
            raise SourceTextError(path.name, f"cites {source!r}, which no file in data/sources describes")
