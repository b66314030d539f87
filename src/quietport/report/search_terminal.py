"""Search results on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from quietport.report.terminal import print_columns, print_wrapped, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from rich.console import Console

    from quietport.registry.search import SearchResult
    from quietport.words.phrasebook import Phrasebook


def print_search(result: SearchResult, book: Phrasebook, console: Console, limit: int) -> None:
    """Print the best matches and how many there are."""
    asked, searched = visible(result.asked), visible(result.searched)
    if not result.matches:
        print_wrapped(console, Text(book.say("search.none", asked=asked)))
        return
    if result.searched != result.asked:
        print_wrapped(console, Text(book.say("search.corrected", asked=asked, searched=searched)))
    rows = [
        (
            Text(f"{match.ports!s:>5}", style="bold"),
            Text(str(match.transport or "-")),
            quiet(book.say(f"search.kind.{match.kind}")),
            Text.assemble((visible(match.name) or "-", "cyan"), "  ", visible(match.text, 400)),
        )
        for match in result.matches[:limit]
    ]
    print_columns(console, rows)
    if len(result.matches) > limit:
        print_wrapped(console, quiet(book.say("search.more", count=len(result.matches) - limit)))
