"""The registry's own words: the rows as they stand, and since when they have said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.almanac.subject import alike
from quietport.model.page import Claim, Form, Phrase, Section, SourceKind
from quietport.model.registration import IanaRow, Status
from quietport.registry.state import state_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.almanac.subject import Subject
    from quietport.model.page import Value

DETAILS = ("reference", "assignee", "registered", "modified", "unauthorized", "notes", "service_code")
"""Columns that a row may fill beside number, transport, name and description."""

ABSENT = "-"
"""What stands for a column that the registry leaves empty."""


def registry_section(subject: Subject) -> Section:
    """Return every row that covers the port, verbatim, and what older snapshots said."""
    rows = dict.fromkeys(row for entry in subject.registrations for row in entry.rows)
    claims = [claim for row in rows for claim in _row_claims(row, subject)]
    rowless = tuple(str(entry.port.transport) for entry in subject.registrations if not entry.rows)
    if rowless:
        says = Phrase("registry.no-row", {"port": subject.number, "transports": rowless})
        claims.append(Claim(says, (subject.registry.iana_source,), Form.ROW))
    claims.extend(_past_claims(subject))
    return Section("registry", tuple(claims))


def row_claim(row: IanaRow, source: str) -> Claim:
    """Return one row of the registry as it stands."""
    values = {
        "ports": str(row.ports),
        "transport": str(row.transport) if row.transport else ABSENT,
        "name": row.name or ABSENT,
        "description": row.description or ABSENT,
    }
    return Claim(Phrase("registry.row", values), (source,), Form.ROW)


def _row_claims(row: IanaRow, subject: Subject) -> Iterator[Claim]:
    iana = subject.registry.iana_source
    yield row_claim(row, iana)
    held = tuple(str(entry.port.transport) for entry in subject.registrations if row in entry.rows)
    if row.transport is None:
        values: dict[str, Value] = {"ports": str(row.ports), "transports": held}
        yield Claim(Phrase("registry.transport-not-named", values), (iana,), Form.ROW)
    label = str(row.transport or ABSENT)
    for detail in DETAILS:
        text = getattr(row, detail)
        if text is not None:
            key = {"unauthorized": "text", "notes": "text", "service_code": "code"}.get(detail, detail)
            key = "date" if detail in {"registered", "modified"} else key
            says = Phrase(f"registry.{detail.replace('_', '-')}", {"transport": label, key: text})
            yield Claim(says, (_detail_source(detail, subject),), Form.ROW)


def _detail_source(detail: str, subject: Subject) -> str:
    """Return the source of a column; a snapshot may take some columns from an older one."""
    meta = subject.registry.meta
    return (
        meta.get("iana_details_source", subject.registry.iana_source)
        if detail != "reference"
        else subject.registry.iana_source
    )


def _past_claims(subject: Subject) -> Iterator[Claim]:
    registry = subject.registry
    held = sorted(source.as_of for source in registry.sources().values() if source.kind is SourceKind.REGISTRY)
    pasts = {entry.port: registry.past(entry.port) for entry in subject.main}
    same = tuple(entry for entry in subject.main if not pasts[entry.port] and entry.status is not Status.DYNAMIC)
    if len(held) > 1:
        for _, transports in alike(same):
            says = Phrase("registry.same", {"transports": transports, "dates": tuple(held)})
            yield Claim(says, tuple(f"iana-{date}" for date in held))
    for past in dict.fromkeys(state for states in pasts.values() for state in states):
        transports = tuple(str(port.transport) for port, states in pasts.items() if past in states)
        state = state_phrase(past.status, past.names)
        values: dict[str, Value] = {"date": past.as_of, "transports": transports, "state": state}
        yield Claim(Phrase("registry.was", values), (f"iana-{past.as_of}",), Form.ROW)
