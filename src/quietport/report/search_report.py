"""Search results as JSON (``quietport.search/1``) and as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.report.document import Json, dumps, envelope
from quietport.report.plain import render_table
from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.registry.search import SearchResult
    from quietport.report.document import Occasion

PLAIN_COLUMNS = ("ports", "transport", "kind", "name", "text", "source")


def render_search_json(result: SearchResult, occasion: Occasion) -> str:
    """Return every match, best first."""
    matches: list[Json] = [
        {
            "first": match.ports.first,
            "last": match.ports.last,
            "transport": None if match.transport is None else str(match.transport),
            "kind": str(match.kind),
            "name": match.name or None,
            "text": match.text,
            "source": match.source,
            "rank": match.rank,
        }
        for match in result.matches
    ]
    document = envelope("search", occasion)
    return dumps(
        document | {"asked": readable(result.asked), "searched": readable(result.searched), "matches": matches}
    )


def render_search_plain(result: SearchResult) -> str:
    """Return every match as a tab-separated line."""
    return render_table(
        PLAIN_COLUMNS,
        (
            (match.ports, match.transport or "", match.kind, match.name, match.text, match.source)
            for match in result.matches
        ),
    )
