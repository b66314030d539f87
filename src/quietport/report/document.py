"""The envelope of every JSON document, and how model values are written in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from quietport.model.page import Phrase, Value
from quietport.model.unknown import Coverage, Unknown
from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.words.phrasebook import Phrasebook

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | bool | None
"""A JSON value."""


class Occasion(Struct, frozen=True):
    """Where and when a question was answered, in which language, and what could not be seen."""

    book: Phrasebook
    """The language."""
    host: str
    """Name of this host."""
    generated_at: str
    """RFC 3339 in UTC."""
    coverage: Coverage = field(default_factory=Coverage)
    """What could not be seen."""


def envelope(verb: str, occasion: Occasion) -> dict[str, Json]:
    """Return the fields that every document begins with."""
    return {
        "schema": f"quietport.{verb}/1",
        "generated_at": occasion.generated_at,
        "host": readable(occasion.host),
        "lang": occasion.book.lang,
        "coverage": coverage_json(occasion.coverage, occasion.book),
    }


def coverage_json(coverage: Coverage, book: Phrasebook) -> Json:
    """Return what could not be seen, in words and as data."""
    unseen: list[Json] = []
    for entry in coverage.unseen:
        values: dict[str, Value] = {} if entry.count is None else {"count": entry.count}
        fields: dict[str, Json] = {
            "what": book.render(Phrase(entry.what, values)),
            "reason": str(entry.reason),
            "remedy": book.render(Phrase(entry.remedy, {})),
            "id": entry.what,
        }
        if entry.count is not None:
            fields["count"] = entry.count
        if entry.detail is not None:
            fields["detail"] = readable(entry.detail)
        unseen.append(fields)
    return {"complete": coverage.complete, "unseen": unseen}


def known(value: str | int | bool | Unknown | None) -> Json:
    """Return a value, or ``{"unknown": reason}`` where it is not known."""
    if isinstance(value, Unknown):
        return {"unknown": str(value.reason)}
    return readable(value) if isinstance(value, str) else value


def phrase_values(values: Mapping[str, Value]) -> Json:
    """Return the values of a phrase as JSON; a phrase inside becomes its id and values."""
    return {name: _value_json(value) for name, value in values.items()}


def _value_json(value: Value | Phrase) -> Json:
    if isinstance(value, Phrase):
        return {"id": value.id, "values": phrase_values(value.values)}
    if isinstance(value, tuple):
        return [_value_json(item) for item in value]
    return readable(value) if isinstance(value, str) else value


def dumps(document: Mapping[str, Json]) -> str:
    """Return a document as text, a field a line and an entry of a list a line.

    Everything beyond ASCII that could hide or reorder is escaped by ``json``. Its own indentation is
    written in Python and would take longer than all the rest of a page.
    """
    fields = (f" {json.dumps(name)}: {_entries(value)}" for name, value in document.items())
    return "{\n" + ",\n".join(fields) + "\n}"


def _entries(value: Json) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
