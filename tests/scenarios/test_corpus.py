"""Every scenario of the corpus: real programs, and the verdict of a careful administrator beside that of the tool."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from outcome import compare, play, why_not_here
from scenario import Scenario, read_corpus

CORPUS = read_corpus()
DISAGREEMENTS = tomllib.loads(Path(__file__).with_name("disagreements.toml").read_text("utf-8"))
"""Scenarios in which the tool does not say what the administrator says, each with the reason."""


def parameter(scenario: Scenario) -> object:
    """Return a scenario as a parameter; one with a known disagreement has to fail, so that a mended one is noticed."""
    reason = DISAGREEMENTS.get(scenario.name)
    marks = [] if reason is None else [pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)]
    return pytest.param(scenario, id=scenario.name, marks=marks)


@pytest.mark.needs("unshare")
@pytest.mark.parametrize("scenario", [parameter(scenario) for scenario in CORPUS.values()])
def test_the_tool_says_what_a_careful_administrator_says(scenario: Scenario) -> None:
    if reason := why_not_here(scenario):
        pytest.skip(reason)
    rows = compare(scenario, play(scenario))
    assert [difference for row in rows for difference in row.differences] == []


def test_every_disagreement_is_about_a_scenario() -> None:
    assert set(DISAGREEMENTS) - set(CORPUS) == set()


def test_the_corpus_is_large_and_says_why() -> None:
    assert len(CORPUS) >= 40
    assert [name for name, scenario in CORPUS.items() if scenario.why[-1] not in ".?"] == []


def test_every_program_has_a_package_that_installs_it() -> None:
    lines = Path(__file__).with_name("packages.txt").read_text("ascii").splitlines()
    packaged = dict(line.split() for line in lines if not line.startswith("#"))
    needed = {command for scenario in CORPUS.values() for command in scenario.needs}
    assert needed - set(packaged) == set()
    assert list(packaged) == sorted(packaged)


def test_a_port_that_answers_without_a_listener_is_told() -> None:
    scenario = CORPUS["port-that-leads-to-another"]
    if reason := why_not_here(scenario):
        pytest.skip(reason)
    (rule,) = play(scenario)["redirections"]
    assert [rule[key] for key in ("mechanism", "transport", "first", "last", "to_first", "to_last")] == [
        "redirect", "tcp", 851, 851, 22, 22,
    ]  # fmt: skip
    assert [(door["address"], door["port"]) for door in rule["behind"]] == [("0.0.0.0", 22)]
