"""Add up what the rules say: a standing, a concern, and the evidence for both."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from quietport.model.verdict import Concern, Evidence, Standing, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.judge.facts import Context
    from quietport.judge.rule import Rule
    from quietport.model.verdict import Opinion

STANDING_FLOOR = 6
"""Decibans a standing needs before it is believed."""

MARGIN = 3
"""Decibans by which it must lead the next one."""

CONCERN_FLOOR = {Concern.SUSPICIOUS: 12, Concern.MISCONFIGURED: 10, Concern.UNRESOLVED: 10}
"""Decibans a concern needs; suspicion needs more than one ordinary piece of evidence."""

DOUBT_FLOOR = 6
"""Suspicion between this and its own floor is not dropped: it is unresolved."""


def weigh(context: Context, rules: Sequence[Rule]) -> Verdict:
    """Return the verdict of the rules on a door; the evidence comes heaviest first.

    Of rules in one group that speak for the same, only the heaviest counts. The rule that matches
    everything and weighs nothing (``nothing-explains-it``) is evidence only where nothing else is.
    """
    matching = _heaviest_of_group([rule for rule in rules if rule.matches(context.facts)])
    scores: dict[Opinion, int] = defaultdict(int)
    for rule in matching:
        scores[rule.speaks_for] += rule.decibans
    standing, concern = _standing(scores), _concern(scores)
    counted = [rule for rule in matching if rule.decibans or standing is Standing.UNEXPLAINED]
    counted.sort(key=lambda rule: -rule.decibans)
    return Verdict(
        standing=standing,
        concern=concern,
        evidence=tuple(_evidence(rule, context) for rule in counted),
        next_step=_next_step(counted, standing, concern, context.facts.owner),
    )


def _heaviest_of_group(rules: list[Rule]) -> list[Rule]:
    heaviest: dict[tuple[Opinion, str], Rule] = {}
    for rule in rules:
        held = heaviest.get((rule.speaks_for, rule.group))
        if held is None or rule.decibans > held.decibans:
            heaviest[rule.speaks_for, rule.group] = rule
    return list(heaviest.values())


def _standing(scores: dict[Opinion, int]) -> Standing:
    ranked = sorted(
        ((scores[one], one) for one in (Standing.EXPECTED, Standing.DECLARED, Standing.CUSTOM)), reverse=True
    )
    (best, standing), (second, _), *_ = ranked
    return standing if best >= STANDING_FLOOR and best - second >= MARGIN else Standing.UNEXPLAINED


def _concern(scores: dict[Opinion, int]) -> Concern:
    for concern, floor in CONCERN_FLOOR.items():
        if scores[concern] >= floor:
            return concern
    return Concern.UNRESOLVED if scores[Concern.SUSPICIOUS] >= DOUBT_FLOOR else Concern.NONE


def _evidence(rule: Rule, context: Context) -> Evidence:
    return Evidence(rule.id, dict(context.values), rule.decibans, rule.speaks_for, rule.references[0])


def _next_step(rules: list[Rule], standing: Standing, concern: Concern, owner: str) -> str:
    decided = standing if concern is Concern.NONE else concern
    # Doubt is suspicion that did not suffice: what would settle it is what its rules say.
    decisive = {Concern.UNRESOLVED, Concern.SUSPICIOUS} if decided is Concern.UNRESOLVED else {decided}
    named = next((rule.next_step for rule in rules if rule.speaks_for in decisive and rule.next_step), None)
    return named or _UNSEEN_OWNER.get(owner) or f"next.{decided}"


_UNSEEN_OWNER = {"permission": "next.root", "none": "next.no-owner"}
"""What to do first where the holder was not seen."""
