"""A page as JSON (``quietport.explain/1``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.report.document import Json, dumps, envelope, phrase_values
from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.model.page import Page, Section, Source
    from quietport.model.registration import IanaRow, Registration
    from quietport.report.document import Occasion
    from quietport.words.phrasebook import Phrasebook


def render_page_json(page: Page, registrations: tuple[Registration, ...], asked: str, occasion: Occasion) -> str:
    """Return a page with every claim in words and as values, and its numbered sources."""
    numbers = {source.id: number for number, source in enumerate(page.sources, start=1)}
    sections: list[Json] = [_section_json(section, numbers, occasion.book) for section in page.sections]
    transports: dict[str, Json] = {str(entry.port.transport): registration_json(entry) for entry in registrations}
    document = envelope("explain", occasion)
    document |= {
        "asked": readable(asked),
        "title": occasion.book.render(page.title),
        "port": registrations[0].port.number if registrations else None,
        "transports": transports,
        "sections": sections,
        "sources": [source_json(number, source) for number, source in enumerate(page.sources, start=1)],
    }
    return dumps(document)


def _section_json(section: Section, numbers: dict[str, int], book: Phrasebook) -> Json:
    return {
        "id": section.id,
        "title": book.say(f"section.{section.id}"),
        "claims": [
            {
                "id": claim.says.id,
                "text": book.render(claim.says),
                "values": phrase_values(claim.says.values),
                "sources": [numbers[id_] for id_ in claim.sources],
            }
            for claim in section.claims
        ],
    }


def registration_json(entry: Registration) -> Json:
    """Return what the registry says of one port."""
    rows: list[Json] = [_row_json(row) for row in entry.rows]
    return {
        "status": entry.status.label,
        "range_row": str(entry.rows[0].ports) if entry.rows else None,
        "names": list(entry.names),
        "rows": rows,
    }


def _row_json(row: IanaRow) -> Json:
    return {
        "ports": str(row.ports),
        "transport": None if row.transport is None else str(row.transport),
        "name": row.name,
        "description": row.description,
        "reference": row.reference,
        "assignee": row.assignee,
        "registered": row.registered,
        "modified": row.modified,
        "unauthorized": row.unauthorized,
        "notes": row.notes,
        "service_code": row.service_code,
    }


def source_json(number: int, source: Source) -> Json:
    """Return a source with its number on the page."""
    return {
        "n": number,
        "id": source.id,
        "kind": str(source.kind),
        "name": source.name,
        "as_of": source.as_of,
        "opened": source.opened,
        "url": source.url,
        "package": source.package,
        "locator": source.locator,
        "sha256": source.sha256,
    }
