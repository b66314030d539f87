"""The text sources of the registry: tab-separated rows and TOML tables (format: ``docs/data.md``)."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.errors import BadPortError, SourceTextError
from quietport.model.page import Source, SourceKind
from quietport.model.port import PortRange, Transport, parse_port_range
from quietport.model.registration import DeFactoUse, KnownProgram, Misuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SEARCHED_COLUMNS = ("first", "last", "transport")
DE_FACTO_COLUMNS = (*SEARCHED_COLUMNS, "software", "use", "source", "locator", "words")
MISUSE_COLUMNS = (*SEARCHED_COLUMNS, "family", "year", "report", "source", "locator", "words")
PROGRAM_COLUMNS = ("program", "software", "services", "source", "locator", "words")
HISTORY_COLUMNS = (*SEARCHED_COLUMNS, "as_of", "status", "names")

_SOURCE_ID = re.compile(r"[a-z0-9-]+")
_YEAR = re.compile(r"[0-9]{4}")


def parse_tsv(name: str, text: str, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every row of a tab-separated text with its place (``file:line``).

    Raises SourceTextError for another header, none at all, or another number of fields.
    """
    header_seen = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        place, fields = f"{name}:{number}", line.rstrip("\r").split("\t")
        if not header_seen:
            if tuple(fields) != columns:
                raise SourceTextError(place, f"the header should read: {' '.join(columns)}")
            header_seen = True
        elif len(fields) != len(columns):
            raise SourceTextError(place, f"{len(fields)} fields where {len(columns)} belong")
        else:
            yield place, dict(zip(columns, fields, strict=True))
    if not header_seen:
        raise SourceTextError(f"{name}:1", f"no header; it should read: {' '.join(columns)}")


def parse_ports(place: str, row: Mapping[str, str]) -> tuple[PortRange, Transport]:
    """Return the range and transport of a row; SourceTextError where they are none."""
    try:
        return parse_port_range(f"{row['first']}-{row['last']}"), Transport(row["transport"])
    except (BadPortError, ValueError) as error:
        raise SourceTextError(place, f"no port: {row['first']}-{row['last']}/{row['transport']}") from error


def parse_de_facto(name: str, text: str) -> Iterator[DeFactoUse]:
    """Yield the software defaults of a text."""
    for place, row in parse_tsv(name, text, DE_FACTO_COLUMNS):
        ports, transport = parse_ports(place, row)
        _require(place, row, "software", "use", "source", "words")
        yield DeFactoUse(
            ports,
            transport,
            row["software"],
            row["use"],
            row["source"],
            row["locator"],
            row["words"],
        )


def parse_misuse(name: str, text: str) -> Iterator[Misuse]:
    """Yield the reports of misuse of a text."""
    for place, row in parse_tsv(name, text, MISUSE_COLUMNS):
        ports, transport = parse_ports(place, row)
        _require(place, row, "family", "report", "source", "words")
        if not _YEAR.fullmatch(row["year"]):
            raise SourceTextError(place, f"no year: {row['year']!r}")
        yield Misuse(
            ports,
            transport,
            row["family"],
            int(row["year"]),
            row["report"],
            row["source"],
            row["locator"],
            row["words"],
        )


def parse_programs(name: str, text: str) -> Iterator[KnownProgram]:
    """Yield the known executables of a text."""
    for place, row in parse_tsv(name, text, PROGRAM_COLUMNS):
        _require(place, row, "program", "software", "source", "locator", "words")
        yield KnownProgram(
            row["program"],
            row["software"],
            tuple(row["services"].split()),
            row["source"],
            row["locator"],
            row["words"],
        )


def _require(place: str, row: Mapping[str, str], *names: str) -> None:
    for name in names:
        if not row[name].strip():
            raise SourceTextError(place, f"{name} is empty")


class SourceEntry(Struct, frozen=True):
    """A source together with the words of it that sentences rest on."""

    source: Source
    """The source."""
    words: dict[str, str]
    """Quotations by short name."""
    details_from: str | None
    """For a snapshot of IANA's registry: the source of assignee, dates, notes and unauthorised use."""


def parse_sources(name: str, text: str) -> Iterator[SourceEntry]:
    """Yield the sources of a TOML text; SourceTextError where it is malformed."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceTextError(name, str(error)) from error
    for id_, table in tables.items():
        place = f"{name} [{id_}]"
        try:
            words = {key: str(text) for key, text in table.get("words", {}).items()}
            entry = SourceEntry(_source(id_, table), words, _optional(table, "details_from"))
        except (KeyError, ValueError, AttributeError) as error:
            raise SourceTextError(place, f"{type(error).__name__}: {error}") from error
        yield entry


def _optional(table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    return None if value is None else str(value)


def _source(id_: str, table: Mapping[str, object]) -> Source:
    if not _SOURCE_ID.fullmatch(id_):
        raise ValueError("an id is made of a-z, 0-9 and -")

    package = None
    if "package" in table:
        package = f"{table['index']}:{table['package']}={table['version']}"
    return Source(
        id=id_,
        kind=SourceKind(str(table["kind"])),
        name=str(table["name"]),
        as_of=date.fromisoformat(str(table["as_of"])).isoformat(),
        opened=_optional(table, "opened"),
        url=_optional(table, "url"),
        package=package,
        locator=_optional(table, "locator"),
        sha256=_optional(table, "sha256"),
        complete=bool(table.get("complete", False)),
    )
