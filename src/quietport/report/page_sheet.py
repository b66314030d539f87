"""A page for people: the answer first, facts as hanging lines, sources numbered at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Claim, Form, Page, Section, Source
from quietport.report.sheet import Sheet, heading, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from quietport.words.phrasebook import Phrasebook

SHOWN_ROWS = 40
"""Rows of one section that a terminal gets; ``--plain`` and ``--json`` have all of them."""

LONG = 2000
"""Characters of one claim that a terminal gets."""


def lay_out_page(page: Page, book: Phrasebook, sheet: Sheet) -> None:
    """Add a page to a sheet."""
    numbers = {source.id: number for number, source in enumerate(page.sources, start=1)}
    sheet.wrapped(heading(book.render(page.title)))
    for section in page.sections:
        if section.id != "answer":
            sheet.blank()
            sheet.wrapped(heading(book.say(f"section.{section.id}")))
        _add_section(section, numbers, book, sheet)
    sheet.blank()
    sheet.wrapped(heading(book.say("section.sources")))
    for number, source in enumerate(page.sources, start=1):
        _add_source(number, source, sheet)


def _add_section(section: Section, numbers: dict[str, int], book: Phrasebook, sheet: Sheet) -> None:
    rows = 0
    for claim in section.claims:
        rows += claim.form is Form.ROW
        if claim.form is Form.ROW and rows > SHOWN_ROWS:
            continue
        _add_claim(claim, numbers, book, sheet)
    if rows > SHOWN_ROWS:
        sheet.wrapped(quiet(book.say("page.more", count=rows - SHOWN_ROWS)), indent=4)


def _add_claim(claim: Claim, numbers: dict[str, int], book: Phrasebook, sheet: Sheet) -> None:
    text = visible(book.render(claim.says), LONG)
    cited = quiet(f" [{' '.join(str(numbers[id_]) for id_ in claim.sources)}]")
    if claim.form is Form.ROW:
        sheet.wrapped(quiet("· "), text, cited, indent=2, hanging=2)
        return
    sheet.wrapped(text, cited, indent=2)
    if claim.form is Form.COMMAND:
        sheet.unwrapped("    ", (visible(str(claim.says.values["command"])), "cyan"))


def _add_source(number: int, source: Source, sheet: Sheet) -> None:
    about = f", {source.as_of[:10]}"
    if source.sha256:
        about = f"{about}, sha256 {source.sha256[:8]}"
    sheet.wrapped(quiet(f"{number:>2} "), visible(source.name, LONG), quiet(about), indent=2, hanging=3)
