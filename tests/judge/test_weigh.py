"""How weights add up, on rules made for the purpose."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.judge import read_rules
from quietport.judge.facts import Context, Facts
from quietport.judge.rule import Rule
from quietport.judge.weigh import weigh
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Opinion, Score, Standing, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED, CUSTOM, UNEXPLAINED = Standing.EXPECTED, Standing.CUSTOM, Standing.UNEXPLAINED
DECLARED, NOTE = Standing.DECLARED, Concern.NONE
MISCONFIGURED, SUSPICIOUS, UNRESOLVED = Concern.MISCONFIGURED, Concern.SUSPICIOUS, Concern.UNRESOLVED


def rule(
    speaks_for: Opinion, decibans: int, group: str = "", next_step: str | None = None, settles: str | None = None
) -> Rule:
    name = f"{speaks_for}-{decibans}-{group}"
    return Rule(name, speaks_for, decibans, group or name, "So.", "Why.", ("rfc6335",), (), (), (), next_step, settles)


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
        ([rule(DECLARED, 20), rule(EXPECTED, 20, "a"), rule(EXPECTED, 10, "b")], DECLARED),
        ([rule(DECLARED, 3), rule(EXPECTED, 10)], EXPECTED),
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
        (
            [rule(EXPECTED, 10, next_step="next.containers"), rule(NOTE, 0, next_step="next.restart")],
            "known",
            "next.restart",
        ),
        ([rule(MISCONFIGURED, 10, next_step="next.a"), rule(NOTE, 0, next_step="next.restart")], "known", "next.a"),
    ],
)
def test_the_next_step_is_that_of_the_rule_which_decides(
    judge: Callable[..., Verdict], rules: list[Rule], owner: str, step: str
) -> None:
    assert judge(*rules, owner=owner).next_step == step


@pytest.mark.parametrize(
    ("rules", "owner", "settles"),
    [
        ([rule(EXPECTED, 10)], "known", None),
        ([], "known", "settle.unexplained"),
        ([], "permission", "settle.owner"),
        ([], "none", "settle.no-owner"),
        ([rule(UNRESOLVED, 10)], "known", "settle.unresolved"),
        ([rule(SUSPICIOUS, 6, settles="settle.file")], "known", "settle.file"),
        ([rule(EXPECTED, 10), rule(SUSPICIOUS, 6, settles="settle.file")], "known", "settle.file"),
        ([rule(EXPECTED, 10), rule(SUSPICIOUS, 3, settles="settle.file")], "known", None),
        ([rule(SUSPICIOUS, 20)], "known", None),
        ([rule(MISCONFIGURED, 10, settles="settle.password")], "known", "settle.password"),
    ],
)
def test_every_doubt_says_what_would_settle_it(
    judge: Callable[..., Verdict], rules: list[Rule], owner: str, settles: str | None
) -> None:
    assert judge(*rules, owner=owner).settles == settles


def test_a_note_is_always_told_and_weighs_nothing(judge: Callable[..., Verdict]) -> None:
    for rules in ([rule(EXPECTED, 10)], [rule(SUSPICIOUS, 20)], []):
        plain, noted = judge(*rules), judge(*rules, rule(NOTE, 0))
        assert (plain.standing, plain.concern, plain.scores) == (noted.standing, noted.concern, noted.scores)
        assert {piece.rule for piece in noted.evidence} - {piece.rule for piece in plain.evidence} == {"none-0-"}


def test_the_sums_and_what_was_outweighed_are_shown(judge: Callable[..., Verdict]) -> None:
    verdict = judge(rule(EXPECTED, 10, "who"), rule(EXPECTED, 6, "who"), rule(EXPECTED, 3, "b"), rule(SUSPICIOUS, 6))
    assert verdict.scores == (Score(EXPECTED, 13, 6), Score(SUSPICIOUS, 6, 12))
    assert [(left.evidence.rule, left.evidence.decibans, left.by) for left in verdict.outweighed] == [
        ("expected-6-who", 6, "expected-10-who")
    ]


RULES = st.lists(
    st.builds(
        rule,
        st.sampled_from([EXPECTED, CUSTOM, DECLARED, MISCONFIGURED, SUSPICIOUS, UNRESOLVED]),
        st.sampled_from([3, 6, 10, 20]),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=10,
    unique_by=lambda one: one.id,
)
GRAVITY = [NOTE, UNRESOLVED, MISCONFIGURED, SUSPICIOUS]


def weighed(rules: list[Rule]) -> Verdict:
    # No rule of these asks for anything, so that only the owner's class is read of the facts.
    facts = Facts(**(dict.fromkeys(Facts.__struct_fields__, False) | {"owner": "known"}))
    return weigh(Context(facts, {}), [*rules, NOTHING])


@given(RULES, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(rules: list[Rule], dice: random.Random) -> None:
    shuffled = list(rules)
    dice.shuffle(shuffled)
    assert weighed(shuffled) == weighed(rules)


@given(RULES, RULES)
def test_more_evidence_for_something_never_lowers_it(rules: list[Rule], more: list[Rule]) -> None:
    held = {one.id for one in rules}
    for one in more:
        if one.id in held:
            continue
        before, after = weighed(rules), weighed([*rules, one])
        sums = [{score.opinion: score.decibans for score in each.scores} for each in (before, after)]
        assert sums[1][one.speaks_for] >= sums[0].get(one.speaks_for, 0)
        assert [sums[1].get(other, 0) for other in sums[0] if other != one.speaks_for] == [
            sums[0][other] for other in sums[0] if other != one.speaks_for
        ]
        if isinstance(one.speaks_for, Concern):
            assert GRAVITY.index(after.concern) >= GRAVITY.index(before.concern)
        elif before.standing is one.speaks_for:
            assert after.standing is one.speaks_for


@given(RULES)
def test_what_speaks_for_a_standing_never_changes_a_concern(rules: list[Rule]) -> None:
    concerns = [one for one in rules if isinstance(one.speaks_for, Concern)]
    assert weighed(rules).concern is weighed(concerns).concern


@given(RULES)
def test_the_sums_are_those_of_the_evidence(rules: list[Rule]) -> None:
    verdict = weighed(rules)
    counted: dict[Opinion, int] = {}
    for piece in verdict.evidence:
        counted[piece.speaks_for] = counted.get(piece.speaks_for, 0) + piece.decibans
    assert {score.opinion: score.decibans for score in verdict.scores} == {
        opinion: decibans for opinion, decibans in counted.items() if decibans
    }


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
        doubted = verdict.concern is UNRESOLVED or verdict.word == "unexplained"
        assert verdict.settles is not None or not doubted
        assert verdict.next_step.startswith("next.")
