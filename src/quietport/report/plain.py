"""Plain output: a header, then one record a line, fields separated by a tab; for ``cut`` and ``awk``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.words.gates import field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.model.page import Page
    from quietport.words.phrasebook import Phrasebook


def render_table(columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    """Return a header and rows as tab-separated lines."""
    lines = ["\t".join(columns)]
    lines.extend("\t".join(field(value) for value in row) for row in rows)
    return "\n".join(lines)


def render_page_plain(page: Page, book: Phrasebook) -> str:
    """Return a page as lines of section, claim, text and numbers of sources; the sources come last."""
    numbers = {source.id: number for number, source in enumerate(page.sources, start=1)}
    rows: list[tuple[object, ...]] = []
    for section in page.sections:
        for claim in section.claims:
            cited = " ".join(str(numbers[id_]) for id_ in claim.sources)
            text = book.render(claim.says)
            command = claim.says.values.get("command")
            rows.append((section.id, claim.says.id, f"{text} {command}" if command else text, cited))
    for number, source in enumerate(page.sources, start=1):
        place = source.url or source.package or ""
        rows.append(("sources", source.id, f"{source.name} ({source.as_of}) {place}".rstrip(), number))
    return render_table(("section", "claim", "text", "sources"), rows)
