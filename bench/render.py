"""Every one of the 65,536 pages, in every look and language, without an error; and what a page costs.

    python bench/render.py [STEP [FIRST]]

STEP 1 (default) takes every port, 16 every sixteenth; `2 0` and `2 1` side by side take all of them on two cores.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

from quietport.almanac import port_page
from quietport.model.page import Page
from quietport.model.port import Port, Transport
from quietport.registry.snapshot import Registry
from quietport.report.document import Occasion
from quietport.report.page_json import render_page_json
from quietport.report.page_sheet import lay_out_page
from quietport.report.plain import render_page_plain
from quietport.report.sheet import Sheet
from quietport.report.terminal import show
from quietport.words.language import languages
from quietport.words.phrasebook import Phrasebook, phrasebook
from stopwatch import print_machine


def looks(registry: Registry) -> dict[str, Callable[[Page, int, Phrasebook], str]]:
    """Return the renderings by name."""

    def as_json(page: Page, number: int, book: Phrasebook) -> str:
        registrations = tuple(registry.lookup(Port(number, transport)) for transport in Transport)
        return render_page_json(page, registrations, str(number), Occasion(book, "bench", "2026-11-23T00:00:00Z"))

    def on_a_terminal(page: Page, _: int, book: Phrasebook) -> str:
        sheet, out = Sheet(80), io.StringIO()
        lay_out_page(page, book, sheet)
        show(sheet, out, color=True)
        return out.getvalue()

    return {
        "plain": lambda page, _, book: render_page_plain(page, book),
        "json": as_json,
        "terminal": on_a_terminal,
    }


def main() -> None:
    """Render and print what each look costs a page."""
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    numbers = range(int(sys.argv[2]) if len(sys.argv) > 2 else 0, 65_536, step)
    print_machine()
    print(f"\n### {len(numbers)} pages\n\n| | a page | characters |\n|---|---|---|")
    with Registry() as registry:
        start = time.perf_counter()
        pages = [port_page(registry, number) for number in numbers]
        print(f"| made | {(time.perf_counter() - start) / len(numbers) * 1e3:.2f} ms | |", flush=True)
        for lang in languages():
            for name, render in looks(registry).items():
                start, written = time.perf_counter(), 0
                for number, page in zip(numbers, pages, strict=True):
                    written += len(render(page, number, phrasebook(lang)))
                took = (time.perf_counter() - start) / len(numbers) * 1e3
                print(f"| {name}, {lang} | {took:.2f} ms | {written // len(numbers)} |", flush=True)


if __name__ == "__main__":
    main()
