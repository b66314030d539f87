"""A page on a terminal: the answer first, facts as hanging lines, sources numbered at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from quietport.model.page import Claim, Form, Page, Section, Source
from quietport.report.terminal import heading, print_wrapped, quiet
from quietport.words.gates import visible

if TYPE_CHECKING:
    from rich.console import Console

    from quietport.words.phrasebook import Phrasebook

SHOWN_ROWS = 40
"""Rows of one section that a terminal gets; ``--plain`` and ``--json`` have all of them."""

LONG = 2000
"""Characters of one claim that a terminal gets."""


def print_page(page: Page, book: Phrasebook, console: Console) -> None:
    """Print a page to a console."""
    numbers = {source.id: number for number, source in enumerate(page.sources, start=1)}
    print_wrapped(console, heading(visible(book.render(page.title))))
    for section in page.sections:
        if section.id != "answer":
            console.print()
            print_wrapped(console, heading(book.say(f"section.{section.id}")))
        _print_section(section, numbers, book, console)
    console.print()
    print_wrapped(console, heading(book.say("section.sources")))
    for number, source in enumerate(page.sources, start=1):
        _print_source(number, source, console)


def _print_section(section: Section, numbers: dict[str, int], book: Phrasebook, console: Console) -> None:
    rows = 0
    for claim in section.claims:
        rows += claim.form is Form.ROW
        if claim.form is Form.ROW and rows > SHOWN_ROWS:
            continue
        _print_claim(claim, numbers, book, console)
    if rows > SHOWN_ROWS:
        print_wrapped(console, quiet(book.say("page.more", count=rows - SHOWN_ROWS)), indent=4)


def _print_claim(claim: Claim, numbers: dict[str, int], book: Phrasebook, console: Console) -> None:
    text = Text(visible(book.render(claim.says), LONG))
    text.append(" [" + " ".join(str(numbers[id_]) for id_ in claim.sources) + "]", style="dim")
    if claim.form is Form.ROW:
        print_wrapped(console, Text.assemble(("· ", "dim"), text), indent=2, hanging=2)
        return
    print_wrapped(console, text, indent=2)
    if claim.form is Form.COMMAND:
        command = visible(str(claim.says.values["command"]))
        console.print(Text.assemble("    ", (command, "cyan")), soft_wrap=True)


def _print_source(number: int, source: Source, console: Console) -> None:
    text = Text.assemble((f"{number:>2} ", "dim"), visible(source.name, LONG), (f", {source.as_of[:10]}", "dim"))
    if source.sha256:
        text.append(f", sha256 {source.sha256[:8]}", style="dim")
    print_wrapped(console, text, indent=2, hanging=3)
