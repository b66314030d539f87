"""IANA's Service Name and Transport Protocol Port Number Registry, as text: parsed, written, folded to statuses.

What enters: the text of IANA's CSV or XML, whole. What leaves: one IanaRow per row that has a port number, and the
status of every port. Nothing is opened and nothing is fetched.

Rows without a port number name a service for DNS-SD and say nothing about ports: they are skipped. Contact persons
and e-mail addresses are dropped on the way in. A malformed row is an error with its line, never a row less: a registry
that lost rows silently would call assigned ports unassigned.
"""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from quietport.model.errors import BadPortError, SourceTextError
from quietport.model.port import PORT_COUNT, RANGES, RangeName, Transport, parse_port_range
from quietport.model.registration import IanaRow, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (
    "Service Name",
    "Port Number",
    "Transport Protocol",
    "Description",
    "Assignee",
    "Contact",
    "Registration Date",
    "Modification Date",
    "Reference",
    "Service Code",
    "Unauthorized Use Reported",
    "Assignment Notes",
)
"""The header of IANA's CSV."""

_PLANE_ORDER = tuple(Transport)
_LONGEST_REFERENCE = 120
# Where a reference belongs a few records have a paragraph (7202/tcp) or a person's e-mail address (9105/tcp), and a
# note has one too (126/tcp); IANA writes it with "&" in place of "@".
_EMAIL = re.compile(r"<[^<>\s]*[@&][^<>\s]*\.[^<>\s]*>")
_STATUS_WORDS = re.compile(
    r"""\(?(?:
          (?P<unassigned> unassigned)
        | (?P<reserved>   (?:iana\ )?reserved)
        | (?P<withdrawn>  de-?registered | de-?assigned | removed | deprecated | withdrawn
                        | de-?comm?iss?ioned (?:\ port)?)
        )\)?
        (?: \s*[\[(,;:.] | \s+(?:-\s|\d|on\ \d) | \s+possibly\ assigned$ | $ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WEAKEST_FIRST = (Status.UNASSIGNED, Status.RESERVED, Status.WITHDRAWN, Status.DYNAMIC, Status.ASSIGNED)


def parse_csv(text: str) -> Iterator[IanaRow]:
    """Yield the rows of IANA's own CSV that have a port number, in the order of the file.

    Raises SourceTextError, with the line, for another header, a row with more or fewer columns, a port number that is
    none, a transport that IANA does not register ports for, and broken quoting.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            raise _malformed(line, f"not IANA's header: {header!r:.200}")
        line = reader.line_num + 1
        for cells in reader:
            if cells and (row := _row(_csv_fields(cells, line), line)) is not None:
                yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _malformed(line, str(error)) from error


def _malformed(line: int, problem: str) -> SourceTextError:
    return SourceTextError(f"line {line}", problem)


def _csv_fields(cells: list[str], line: int) -> dict[str, str]:
    if len(cells) != len(COLUMNS):
        raise _malformed(line, f"{len(cells)} columns instead of {len(COLUMNS)}")
    return dict(zip(COLUMNS, cells, strict=True))


def _row(fields: dict[str, str], line: int) -> IanaRow | None:
    number = _fold(fields["Port Number"])
    if not number:
        return None
    named = _fold(fields["Transport Protocol"])
    try:
        ports = parse_port_range(number)
        transport = Transport(named) if named else None
    except BadPortError as error:
        raise _malformed(line, f"no port number: {number!r:.80}") from error
    except ValueError as error:
        raise _malformed(line, f"unknown transport: {named!r:.80}") from error
    return IanaRow(
        ports=ports,
        transport=transport,
        name=_fold(fields["Service Name"]) or None,
        description=_impersonal(fields["Description"]),
        reference=_unbracket(fields["Reference"]),
        assignee=_unbracket(fields["Assignee"]),
        registered=_fold(fields["Registration Date"]) or None,
        modified=_fold(fields["Modification Date"]) or None,
        unauthorized=_impersonal(fields["Unauthorized Use Reported"]) or None,
        notes=_impersonal(fields["Assignment Notes"]) or None,
        service_code=_fold(fields["Service Code"]) or None,
    )


def _fold(text: str) -> str:
    return " ".join(text.split())


def _impersonal(text: str) -> str:
    return _fold(_EMAIL.sub(" ", text))


def _unbracket(text: str) -> str | None:
    """Return ``RFC4253 RFC5`` for ``[RFC4253][RFC5]``; blanks inside a bracket become underscores, as in IANA's ids."""
    parts = (_fold(part) for part in re.split(r"[\[\]]", text))
    kept = (part.replace(" ", "_") for part in parts if len(part) <= _LONGEST_REFERENCE and not _EMAIL.search(part))
    return " ".join(filter(None, kept)) or None


def format_csv(rows: Iterable[IanaRow]) -> str:
    """Return rows as IANA's 12-column CSV with an empty Contact; the same rows give the same text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (
                row.name,
                row.ports,
                row.transport,
                row.description,
                _bracket(row.assignee),
                None,
                row.registered,
                row.modified,
                _bracket(row.reference),
                row.service_code,
                row.unauthorized,
                row.notes,
            )
        )
    return out.getvalue()


def _bracket(text: str | None) -> str:
    return "".join(f"[{part}]" for part in (text or "").split())


def parse_xml(text: str) -> Iterator[IanaRow]:
    """Yield the rows of IANA's XML that have a port number: the same rows as its CSV gives.

    Refuses a document type declaration before anything is parsed, so that no entity is ever expanded.
    Raises SourceTextError as ``parse_csv`` does; the line is that of the record.
    """
    if forbidden := re.search(r"<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise _malformed(_line_of(text, forbidden.start()), "a document type declaration or entity is refused")
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type declaration there are no entities
    except ET.ParseError as error:
        raise _malformed(error.position[0], str(error)) from error
    except ValueError as error:
        raise _malformed(1, str(error)) from error
    if _local(root) != "registry":
        raise _malformed(1, f"not IANA's registry: {root.tag!r:.80}")
    for ordinal, record in enumerate(root.findall(".//{*}record")):
        try:
            row = _row(_record_fields(record), 0)
        except SourceTextError as error:
            raise _malformed(_record_line(text, ordinal), error.problem) from error
        if row is not None:
            yield row


def _record_fields(record: ET.Element) -> dict[str, str]:
    """Return a record under the names of the CSV's columns; without an assignee the persons stand for it, as there."""
    found = {_local(child): _text(child) for child in record if _local(child) not in {"xref", "assignee"}}
    references = [child for child in record if _local(child) == "xref"]
    assignee = [xref for child in record if _local(child) == "assignee" for xref in child]
    persons = [xref for xref in references if xref.get("type") == "person"]
    return {
        "Service Name": found.get("name", ""),
        "Port Number": found.get("number", ""),
        "Transport Protocol": found.get("protocol", ""),
        "Description": found.get("description", ""),
        "Assignee": "".join(map(_cited, assignee or persons)),
        "Registration Date": record.get("date", found.get("date", "")),
        "Modification Date": record.get("updated", found.get("updated", "")),
        "Reference": "".join(_cited(xref) for xref in references if xref.get("type") != "person"),
        "Service Code": found.get("sc", ""),
        "Unauthorized Use Reported": found.get("unauthorized", ""),
        "Assignment Notes": found.get("note", ""),
    }


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ET.Element) -> str:
    """Return what a reader sees of an element: ``<br/>`` as a blank, ``<xref/>`` as its bracketed reference."""
    parts = [element.text or ""]
    for child in element:
        parts.append(_cited(child) if _local(child) == "xref" else f" {_text(child)}")
        parts.append(child.tail or "")
    return "".join(parts)


def _cited(xref: ET.Element) -> str:
    said = _fold("".join(xref.itertext()))
    data = xref.get("data", "")
    return f"[{said or (data.upper() if xref.get('type') == 'rfc' else data)}]"


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _record_line(text: str, ordinal: int) -> int:
    starts = [match.start() for match in re.finditer(r"<(?:[\w.-]+:)?record[\s/>]", text)]
    return _line_of(text, starts[ordinal] if ordinal < len(starts) else 0)


def classify(row: IanaRow) -> Status:
    """Return what one row says of its ports: assigned unless its description begins with another status.

    The words must stand alone or before a date, a remark in brackets or after a dash: "Reserved - IANA" is reserved,
    "Reserved for a future enhancement of STUN-BEHAVIOR" is the description of a service.
    "(unassigned) Possibly assigned" (2825) is unassigned: IANA knows of no assignment.
    """
    match = _STATUS_WORDS.match(row.description)
    return Status[match.lastgroup.upper()] if match and match.lastgroup else Status.ASSIGNED


def transports_of(row: IanaRow) -> tuple[Transport, ...]:
    """Return the transports that a row speaks for, also where it names none.

    Such an Unassigned or Reserved row holds for all four; an assigned or withdrawn one for tcp and udp, for which
    numbers were registered together until RFC 6335 (section 7.2) ended it.
    """
    if row.transport is not None:
        return (row.transport,)
    if classify(row) in {Status.UNASSIGNED, Status.RESERVED}:
        return tuple(Transport)
    return (Transport.TCP, Transport.UDP)


def status_plane(rows: Iterable[IanaRow]) -> bytes:
    """Return one byte per port, a ``Status``: 65,536 each for tcp, udp, sctp and dccp, in this order.

    Where several rows cover a port the strongest holds: assigned, withdrawn, reserved, unassigned.
    49152-65535 is DYNAMIC but for a row that assigns; any other port without a row is NO_ROW.
    """
    plane = bytearray(PORT_COUNT * len(Transport))
    claims = [(classify(row), row.ports, transport) for row in rows for transport in transports_of(row)]
    claims += [(Status.DYNAMIC, RANGES[RangeName.DYNAMIC], transport) for transport in Transport]
    for status, ports, transport in sorted(claims, key=lambda claim: _WEAKEST_FIRST.index(claim[0])):
        start = PORT_COUNT * _PLANE_ORDER.index(transport) + ports.first
        plane[start : start + len(ports)] = bytes([status]) * len(ports)
    return bytes(plane)
