"""A verdict: who is this, what is wrong, and every piece of evidence with its weight."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping


class Standing(StrEnum):
    """Who a door is: the first of the two questions."""

    EXPECTED = "expected"
    """Registered or de-facto use, and the program agrees."""
    DECLARED = "declared"
    """The site's policy says so."""
    CUSTOM = "custom"
    """An application that chose a port of its own."""
    UNEXPLAINED = "unexplained"
    """Nothing that was looked at explains it."""


class Concern(StrEnum):
    """What is wrong with it: the second question."""

    NONE = "none"
    """Nothing that was looked at."""
    MISCONFIGURED = "misconfigured"
    """A known service on a wrong port, exposed wider than it should be, or without authentication."""
    SUSPICIOUS = "suspicious"
    """Behaviour that fits malware."""
    UNRESOLVED = "unresolved"
    """Something would have to be seen first, and the verdict says what."""


Opinion = Standing | Concern
"""What a rule can speak for."""

STANDING_FLOOR = 6
"""Decibans a standing needs before it is believed."""

MARGIN = 3
"""Decibans by which ``expected`` and ``custom`` must lead one another; what a site declared leads both."""

CONCERN_FLOOR = {Concern.SUSPICIOUS: 12, Concern.MISCONFIGURED: 10, Concern.UNRESOLVED: 10}
"""Decibans a concern needs, gravest first; suspicion needs more than one ordinary piece of evidence."""

DOUBT_FLOOR = 6
"""Suspicion between this and its own floor is not dropped: it is unresolved."""


class Evidence(Struct, frozen=True):
    """One rule that matched: what it speaks for, and how heavily."""

    rule: str
    """Id of the rule, as ``registered-name-agrees``; also the id of its sentence."""
    values: Mapping[str, str | int]
    """What the sentence is made from: what was observed."""
    decibans: int
    """Weight of evidence (Good 1950): 3, 6, 10 or 20; 0 where it only states what is missing."""
    speaks_for: Opinion
    """The standing or concern it adds weight to."""
    source: str
    """Where the observation was made, or the id of the source that the rule rests on."""


class Score(Struct, frozen=True):
    """The sum of one standing or concern, and what it had to reach."""

    opinion: Opinion
    """The standing or concern."""
    decibans: int
    """The sum of what speaks for it."""
    floor: int
    """What it needs before it is believed."""


class Outweighed(Struct, frozen=True):
    """A rule that matched and did not count, because another one says the same and weighs more."""

    evidence: Evidence
    """What it would have added."""
    by: str
    """Id of the rule that counted in its place."""


class Verdict(Struct, frozen=True):
    """What a listener or connection means; cannot be built without evidence."""

    standing: Standing
    """Who is this?"""
    concern: Concern
    """What is wrong?"""
    evidence: tuple[Evidence, ...]
    """Every rule that counted, heaviest first."""
    next_step: str
    """Message id of what a person would do next."""
    settles: str | None = None
    """Message id of what would settle it; always there where it is unresolved or unexplained."""
    scores: tuple[Score, ...] = ()
    """Every sum that is not nought, standings first: the arithmetic behind the two words."""
    outweighed: tuple[Outweighed, ...] = ()
    """Every rule that matched and did not count."""

    def __post_init__(self) -> None:
        """Refuse a verdict that nothing speaks for."""
        if not self.evidence:
            message = "a verdict needs evidence"
            raise ValueError(message)

    @property
    def needs_a_person(self) -> bool:
        """Tell whether somebody should look: a concern, or nothing that explains it."""
        return self.concern is not Concern.NONE or self.standing is Standing.UNEXPLAINED

    @property
    def word(self) -> str:
        """Return the one word for tables and exit codes: the concern unless none, else the standing."""
        return str(self.standing if self.concern is Concern.NONE else self.concern)
