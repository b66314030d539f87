"""How weights add up, on rules made for the purpose."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from quietport.judge.facts import Context, Facts
from quietport.judge.rule import Rule, read_rules
from quietport.judge.weigh import weigh
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Opinion, Standing, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED, CUSTOM, UNEXPLAINED = Standing.EXPECTED, Standing.CUSTOM, Standing.UNEXPLAINED
MISCONFIGURED, SUSPICIOUS, UNRESOLVED = Concern.MISCONFIGURED, Concern.SUSPICIOUS, Concern.UNRESOLVED


def rule(speaks_for: Opinion, decibans: int, group: str = "", next_step: str | None = None) -> Rule:
    name = f"{speaks_for}-{decibans}-{group}"
    return Rule(name, speaks_for, decibans, group or name, "So.", "Why.", ("rfc6335",), (), (), (), next_step)


NOTHING = rule(UNEXPLAINED, 0)


@pytest.fixture
def judge(make_facts: Callable[..., Facts]) -> Callable[..., Verdict]:
    """Return a judge to whom every rule given applies."""

    def judged(*rules: Rule, **facts: object) -> Verdict:
        return weigh(Context(make_facts(**facts), {"program": "prog"}), [*rules, NOTHING])

    return judged


@pytest.mark.parametrize(
    ("rules", "standing"),
    [
        ([], UNEXPLAINED),
        ([rule(EXPECTED, 3)], UNEXPLAINED),
        ([rule(EXPECTED, 6)], EXPECTED),
        ([rule(EXPECTED, 3, "a"), rule(EXPECTED, 3, "b")], EXPECTED),
        ([rule(EXPECTED, 3, "a"), rule(EXPECTED, 3, "a")], UNEXPLAINED),
        ([rule(EXPECTED, 6), rule(CUSTOM, 6)], UNEXPLAINED),
        ([rule(EXPECTED, 6), rule(CUSTOM, 3)], EXPECTED),
        ([rule(EXPECTED, 10), rule(CUSTOM, 6)], EXPECTED),
        ([rule(EXPECTED, 6), rule(CUSTOM, 10)], CUSTOM),
    ],
)
def test_a_standing_needs_six_decibans_and_a_lead_of_three(
    judge: Callable[..., Verdict], rules: list[Rule], standing: Standing
) -> None:
    assert judge(*rules).standing is standing


@pytest.mark.parametrize(
    ("rules", "concern"),
    [
        ([], Concern.NONE),
        ([rule(SUSPICIOUS, 3)], Concern.NONE),
        ([rule(SUSPICIOUS, 6)], UNRESOLVED),
        ([rule(SUSPICIOUS, 10)], UNRESOLVED),
        ([rule(SUSPICIOUS, 10, "file"), rule(SUSPICIOUS, 6, "file")], UNRESOLVED),
        ([rule(SUSPICIOUS, 10), rule(SUSPICIOUS, 3)], SUSPICIOUS),
        ([rule(SUSPICIOUS, 20)], SUSPICIOUS),
        ([rule(MISCONFIGURED, 6)], Concern.NONE),
        ([rule(MISCONFIGURED, 10)], MISCONFIGURED),
        ([rule(MISCONFIGURED, 10), rule(SUSPICIOUS, 10)], MISCONFIGURED),
        ([rule(MISCONFIGURED, 10), rule(SUSPICIOUS, 20)], SUSPICIOUS),
        ([rule(UNRESOLVED, 10)], UNRESOLVED),
        ([rule(UNRESOLVED, 6)], Concern.NONE),
        ([rule(UNRESOLVED, 10), rule(MISCONFIGURED, 10)], MISCONFIGURED),
        ([rule(EXPECTED, 20), rule(SUSPICIOUS, 20)], SUSPICIOUS),
    ],
)
def test_a_concern_needs_its_floor_and_doubt_is_not_dropped(
    judge: Callable[..., Verdict], rules: list[Rule], concern: Concern
) -> None:
    assert judge(*rules).concern is concern


def test_of_a_group_only_the_heaviest_counts_and_is_evidence(judge: Callable[..., Verdict]) -> None:
    verdict = judge(rule(EXPECTED, 6, "who"), rule(EXPECTED, 10, "who"), rule(CUSTOM, 3, "who"))
    assert [(piece.rule, piece.decibans) for piece in verdict.evidence] == [
        ("expected-10-who", 10),
        ("custom-3-who", 3),
    ]


def test_evidence_carries_what_was_seen_and_where_the_rule_comes_from(judge: Callable[..., Verdict]) -> None:
    (piece,) = judge(rule(EXPECTED, 6)).evidence
    assert (piece.values, piece.speaks_for, piece.source) == ({"program": "prog"}, EXPECTED, "rfc6335")


def test_what_is_missing_is_said_only_where_nothing_explains(judge: Callable[..., Verdict]) -> None:
    assert [piece.decibans for piece in judge(rule(CUSTOM, 6)).evidence] == [6]
    assert [piece.decibans for piece in judge(rule(SUSPICIOUS, 6)).evidence] == [6, 0]


@pytest.mark.parametrize(
    ("rules", "owner", "step"),
    [
        ([rule(EXPECTED, 6)], "known", "next.expected"),
        ([], "known", "next.unexplained"),
        ([], "permission", "next.root"),
        ([], "none", "next.no-owner"),
        ([], "unseen", "next.unexplained"),
        ([rule(MISCONFIGURED, 10, next_step="next.bind-loopback")], "known", "next.bind-loopback"),
        ([rule(MISCONFIGURED, 10), rule(EXPECTED, 20, next_step="next.expected")], "known", "next.misconfigured"),
        ([rule(SUSPICIOUS, 6, next_step="next.inspect-process")], "known", "next.inspect-process"),
        ([rule(UNRESOLVED, 10, next_step="next.root")], "permission", "next.root"),
    ],
)
def test_the_next_step_is_that_of_the_rule_which_decides(
    judge: Callable[..., Verdict], rules: list[Rule], owner: str, step: str
) -> None:
    assert judge(*rules, owner=owner).next_step == step


def test_no_door_is_left_without_evidence(make_facts: Callable[..., Facts]) -> None:
    unknown = Unknown(Reason.PERMISSION, "owner")
    asked = {
        "kind": ("listener", "connection"),
        "range": ("system", "user", "dynamic"),
        "status": ("assigned", "unassigned", "no-row"),
        "owner": ("known", "permission", "kernel", "none", "unseen"),
        "registered_agrees": (True, False, unknown),
        "de_facto_agrees": (True, False),
        "executable": ("system", "temporary", "memory", "kernel", unknown),
    }
    rules = read_rules()
    for told in itertools.product(*asked.values()):
        verdict = weigh(Context(make_facts(**dict(zip(asked, told, strict=True))), {}), rules)
        weights = [piece.decibans for piece in verdict.evidence]
        assert weights == sorted(weights, reverse=True)
        assert weights
        assert verdict.next_step.startswith("next.")
