"""Every scenario of the corpus: real programs, and the verdict of a careful administrator beside that of the tool."""

from __future__ import annotations

from pathlib import Path

import pytest
from outcome import compare, play, why_not_here
from scenario import Scenario, read_corpus

CORPUS = read_corpus()


@pytest.mark.needs("unshare")
@pytest.mark.parametrize("scenario", [pytest.param(scenario, id=name) for name, scenario in CORPUS.items()])
def test_the_tool_says_what_a_careful_administrator_says(scenario: Scenario) -> None:
    if reason := why_not_here(scenario):
        pytest.skip(reason)
    rows = compare(scenario, play(scenario))
    assert [difference for row in rows for difference in row.differences] == []


def test_the_corpus_is_large_and_says_why() -> None:
    assert len(CORPUS) >= 40
    assert [name for name, scenario in CORPUS.items() if scenario.why[-1] not in ".?"] == []


def test_every_program_has_a_package_that_installs_it() -> None:
    lines = Path(__file__).with_name("packages.txt").read_text("ascii").splitlines()
    packaged = dict(line.split() for line in lines if not line.startswith("#"))
    needed = {command for scenario in CORPUS.values() for command in scenario.needs}
    assert needed - set(packaged) == set()
    assert list(packaged) == sorted(packaged)
