"""What documents say of a declaration and its flaws."""

from __future__ import annotations

import pytest

from quietport.model.declaration import Declaration, DeclarationFlaw, Flaw
from quietport.model.endpoint import Scope
from quietport.model.port import PortRange, Transport
from quietport.report.declaration_json import condition_phrases, flaw_json, flaw_phrase
from quietport.words.language import languages
from quietport.words.phrasebook import phrasebook

ENTRY = Declaration(
    Transport.UDP,
    PortRange(6000, 6063),
    "x",
    "/p.toml",
    3,
    Scope.PRIVATE,
    program="/usr/bin/\udcff",
    until="2026-11-24",
)


def test_a_flaw_in_words_and_as_data() -> None:
    assert flaw_json(DeclarationFlaw(ENTRY, Flaw.EXPIRED), phrasebook("en"), "2026-11-25") == {
        "flaw": "expired",
        "says": "/p.toml, line 3: the entry for 6000-6063/udp has expired; its last day was 2026-11-24.",
        "next_step": "renew it, or take it out: "
        "quietport accept 6000-6063/udp --because … --until DATE --policy /p.toml; "
        "quietport accept --undo 6000-6063/udp --policy /p.toml",
        "declaration": {
            "transport": "udp",
            "first": 6000,
            "last": 6063,
            "because": "x",
            "scope": "private",
            "program": "/usr/bin/\\xff",
            "unit": None,
            "image": None,
            "package": None,
            "host": None,
            "author": None,
            "until": "2026-11-24",
            "expired": True,
            "file": "/p.toml",
            "line": 3,
        },
    }


@pytest.mark.parametrize("lang", languages())
def test_every_flaw_has_its_sentences(lang: str) -> None:
    book = phrasebook(lang)
    said = {book.render(flaw_phrase(DeclarationFlaw(ENTRY, flaw))) for flaw in Flaw}
    assert len(said) == len(Flaw)
    assert all("/p.toml" in sentence and "6000-6063/udp" in sentence for sentence in said)


def test_conditions_are_told_in_their_order() -> None:
    book = phrasebook("en")
    assert [book.render(phrase) for phrase in condition_phrases(ENTRY)] == ["scope private", "program /usr/bin/\\xff"]
    assert [phrase.id for phrase in condition_phrases(ENTRY, ("program", "unit"))] == ["condition.program"]
