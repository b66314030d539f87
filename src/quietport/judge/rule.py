"""A rule: when it holds, what it speaks for and how heavily, and why.

Rules are written as text (``rule_text``) and compiled by the build; here they are only asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quietport.judge.facts import Fact, Facts
    from quietport.model.verdict import Opinion

Asked = bool | str | tuple[str, ...]


class Condition(Struct, frozen=True):
    """One question about one fact."""

    fact: str
    """Name of the fact."""
    asked: Asked
    """The value it should have, or several it may have."""
    negated: bool
    """Whether it should not."""

    def holds(self, facts: Facts) -> bool:
        """Tell whether the facts satisfy this; not known satisfies nothing."""
        fact: Fact = getattr(facts, self.fact)
        asked = self.asked
        if fact is asked:
            return not self.negated
        if isinstance(fact, Unknown):
            return False
        if isinstance(fact, tuple):
            # Most sets of words are empty.
            matched = bool(fact) and (not set(fact).isdisjoint(asked) if isinstance(asked, tuple) else asked in fact)
        else:
            matched = fact in asked if isinstance(asked, tuple) else fact == asked
        return matched is not self.negated


class Rule(Struct, frozen=True):
    """One rule, as its file has it."""

    id: str
    """Identifier; the sentence's message id is ``rule.ID``."""
    speaks_for: Opinion
    """The standing or concern it adds weight to; ``none`` for a note that weighs nothing."""
    decibans: int
    """How much."""
    group: str
    """Rules of one group say the same thing twice: only the heaviest counts."""
    sentence: str
    """What it says, in English."""
    reason: str
    """Why it weighs what it weighs."""
    references: tuple[str, ...]
    """Ids of sources."""
    when: tuple[Condition, ...]
    """All must hold."""
    hits: tuple[Mapping[str, object], ...] = ()
    """Facts of examples that it must catch; the compiled rules leave them out."""
    misses: tuple[Mapping[str, object], ...] = ()
    """Facts of examples that it must not; the compiled rules leave them out."""
    next_step: str | None = None
    """Message id of what to do, or None."""
    settles: str | None = None
    """Message id of what would settle it, or None."""

    def matches(self, facts: Facts) -> bool:
        """Tell whether every condition holds."""
        for condition in self.when:  # noqa: SIM110 - all() with a generator takes twice as long, some sixty times a door
            if not condition.holds(facts):
                return False
        return True
