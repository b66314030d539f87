"""Search results for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.report.sheet import Piece, Sheet, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from quietport.registry.search import Match, SearchResult
    from quietport.words.phrasebook import Phrasebook


def lay_out_search(result: SearchResult, book: Phrasebook, sheet: Sheet, limit: int) -> None:
    """Add the best matches, and how many there are, to a sheet."""
    asked, searched = visible(result.asked), visible(result.searched)
    if not result.matches:
        sheet.wrapped(book.say("search.none", asked=asked))
        return
    if result.searched != result.asked:
        sheet.wrapped(book.say("search.corrected", asked=asked, searched=searched))
    sheet.columns([_row(match, book) for match in result.matches[:limit]])
    if len(result.matches) > limit:
        sheet.wrapped(quiet(book.say("search.more", count=len(result.matches) - limit)))


def _row(match: Match, book: Phrasebook) -> tuple[Piece, ...]:
    return (
        (f"{match.ports!s:>5}", "bold"),
        str(match.transport or "-"),
        quiet(book.say(f"search.kind.{match.kind}")),
        (visible(match.name) or "-", "cyan"),
        visible(match.text, 400),
    )
