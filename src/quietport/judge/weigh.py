"""Add up what the rules say: a standing, a concern, the evidence for both, and what would settle a doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.verdict import (
    CONCERN_FLOOR,
    DOUBT_FLOOR,
    MARGIN,
    STANDING_FLOOR,
    Concern,
    Evidence,
    Outweighed,
    Score,
    Standing,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.judge.facts import Context, Facts
    from quietport.judge.rule import Rule
    from quietport.model.verdict import Opinion

_GRAVEST_FIRST: tuple[Opinion, ...] = (
    *CONCERN_FLOOR, Standing.DECLARED, Standing.EXPECTED, Standing.CUSTOM, Standing.UNEXPLAINED, Concern.NONE,
)  # fmt: skip
_ORDER = {opinion: rank for rank, opinion in enumerate(_GRAVEST_FIRST)}
# Of equal weight, what is graver is told first.


def weigh(context: Context, rules: Sequence[Rule]) -> Verdict:
    """Return the verdict of the rules on a door, whatever their order; the evidence comes heaviest first.

    Of rules in one group that speak for the same, only the heaviest counts. Rules that weigh nothing are
    evidence where nothing explains a door, and where they are notes (they speak for the concern ``none``).
    """
    matching = [rule for rule in rules if rule.matches(context.facts)]
    matching.sort(key=lambda rule: (-rule.decibans, _ORDER[rule.speaks_for], rule.id))
    counting, outweighed = _heaviest_of_group(matching)
    scores = dict.fromkeys(_ORDER, 0)
    for rule in counting:
        scores[rule.speaks_for] += rule.decibans
    standing, concern = _standing(scores), _concern(scores)
    told = [rule for rule in counting if rule.decibans or rule.speaks_for in {standing, Concern.NONE}]
    return Verdict(
        standing=standing,
        concern=concern,
        evidence=tuple([_evidence(rule, context) for rule in told]),
        next_step=_next_step(told, standing, concern, context.facts),
        settles=_settles(told, standing, concern, context.facts.owner),
        scores=_shown(scores),
        outweighed=tuple([Outweighed(_evidence(rule, context), by) for rule, by in outweighed]),
    )


def _heaviest_of_group(rules: list[Rule]) -> tuple[list[Rule], list[tuple[Rule, str]]]:
    """Return the rules that count, and the others with what outweighed them; heaviest come first."""
    heaviest: dict[tuple[Opinion, str], Rule] = {}
    outweighed = []
    for rule in rules:
        held = heaviest.setdefault((rule.speaks_for, rule.group), rule)
        if held is not rule:
            outweighed.append((rule, held.id))
    return list(heaviest.values()), outweighed


def _standing(scores: dict[Opinion, int]) -> Standing:
    if scores[Standing.DECLARED] >= STANDING_FLOOR:
        return Standing.DECLARED
    expected, custom = scores[Standing.EXPECTED], scores[Standing.CUSTOM]
    if max(expected, custom) < STANDING_FLOOR or abs(expected - custom) < MARGIN:
        return Standing.UNEXPLAINED
    return Standing.EXPECTED if expected > custom else Standing.CUSTOM


def _concern(scores: dict[Opinion, int]) -> Concern:
    for concern, floor in CONCERN_FLOOR.items():
        if scores[concern] >= floor:
            return concern
    return Concern.UNRESOLVED if scores[Concern.SUSPICIOUS] >= DOUBT_FLOOR else Concern.NONE


def _shown(scores: dict[Opinion, int]) -> tuple[Score, ...]:
    found = [Score(one, scores[one], STANDING_FLOOR) for one in Standing if scores[one]]
    return (*found, *(Score(one, scores[one], floor) for one, floor in CONCERN_FLOOR.items() if scores[one]))


def _evidence(rule: Rule, context: Context) -> Evidence:
    return Evidence(rule.id, context.values, rule.decibans, rule.speaks_for, rule.references[0])


def _decisive(standing: Standing, concern: Concern) -> tuple[Opinion, ...]:
    """Return what the rules that decided speak for, the most urgent first; a settled door may have a note to act on."""
    if concern is Concern.UNRESOLVED:
        # Doubt is suspicion that did not suffice: what would settle it is what its rules say.
        return Concern.SUSPICIOUS, Concern.UNRESOLVED
    return (concern,) if concern is not Concern.NONE else (Concern.NONE, standing)


def _next_step(rules: list[Rule], standing: Standing, concern: Concern, facts: Facts) -> str:
    steps = [
        rule.next_step
        for decisive in _decisive(standing, concern)
        for rule in rules
        if rule.speaks_for == decisive and rule.next_step
    ]
    named = steps[0] if steps else None
    step = named or _UNSEEN_OWNER.get(facts.owner) or f"next.{standing if concern is Concern.NONE else concern}"
    return _WITHOUT_A_PORT.get(step, step) if facts.transport == "none" else step


def _settles(rules: list[Rule], standing: Standing, concern: Concern, owner: str) -> str | None:
    """Return what would settle a doubt; None where there is none."""
    decisive = _decisive(standing, concern)
    named = next((rule.settles for rule in rules if rule.speaks_for in decisive and rule.settles), None)
    doubted = concern is Concern.UNRESOLVED or (concern is Concern.NONE and standing is Standing.UNEXPLAINED)
    if named or not doubted:
        return named
    word = "unresolved" if concern is Concern.UNRESOLVED else "unexplained"
    return _SETTLES_OWNER.get(owner) or f"settle.{word}"


_UNSEEN_OWNER = {"permission": "next.root", "none": "next.no-owner"}
"""What to do first where the holder was not seen."""

_WITHOUT_A_PORT = {"next.root": "next.root-all", "next.unresolved": "next.unresolved-all"}
"""What stands in place of a step that names a port, for what has none."""

_SETTLES_OWNER = {"permission": "settle.owner", "none": "settle.no-owner"}
"""What would settle it where the holder was not seen."""
