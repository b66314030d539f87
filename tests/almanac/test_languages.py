"""A fixed sample of pages in every language and every look; all 65,536 are rendered in bench/render.py."""

from __future__ import annotations

import io
import re

import pytest

from quietport.almanac import port_page, range_page, service_page
from quietport.model.page import Page
from quietport.model.port import PortRange
from quietport.registry.snapshot import Registry
from quietport.report.page_sheet import lay_out_page
from quietport.report.plain import render_page_plain
from quietport.report.sheet import Sheet
from quietport.report.terminal import show
from quietport.words.language import languages
from quietport.words.phrasebook import phrasebook

SAMPLE = (
    0,
    1,
    2,
    15,
    22,
    24,
    66,
    300,
    585,
    716,
    831,
    851,
    1008,
    1023,
    1024,
    3000,
    3389,
    6379,
    9006,
    31337,
    49152,
    65535,
)


def pages() -> list[Page]:
    with Registry() as registry:
        named = [service_page(registry, name) for name in ("ssh", "grafana", "http")]
        return [
            *(port_page(registry, number) for number in SAMPLE),
            *named,
            range_page(registry, PortRange(6000, 6100)),
        ]


@pytest.mark.parametrize("lang", languages())
def test_a_sample_of_pages_in_every_language_and_look(lang: str) -> None:
    book = phrasebook(lang)
    for page in pages():
        plain = render_page_plain(page, book)
        assert len(plain.splitlines()) == 1 + sum(len(s.claims) for s in page.sections) + len(page.sources)
        for width in (40, 80, 120):
            sheet, out = Sheet(width), io.StringIO()
            lay_out_page(page, book, sheet)
            show(sheet, out, color=True)
            bare = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
            assert [line.rstrip() for line in bare.splitlines()] == sheet.plain().splitlines()
            assert "{" not in bare


def test_russian_is_russian() -> None:
    with Registry() as registry:
        page = port_page(registry, 851)
    answer = phrasebook("ru").render(page.sections[0].claims[0].says)
    assert answer.startswith("Порт 851 ")
    assert "851" in answer
    assert re.search(r"[а-яё]", answer)
