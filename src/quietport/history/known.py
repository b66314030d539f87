"""What the history knew of a host before a look."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.door_key import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quietport.history.spell import Spell

ALL_NAMESPACES = "*"
"""Stands for all there are, where namespaces are named."""


class Known(Struct, frozen=True):
    """What the history knew of a host before a look."""

    spells: tuple[Spell, ...]
    """Those that have not ended."""
    looked: Mapping[str, int]
    """By namespace, and by ``*`` for all there are: the last look at all of its ports."""
    last_at: int | None
    """The last look of any kind; None before the first."""

    def looked_at(self, namespace: str) -> int | None:
        """Return when a namespace was last looked at whole, None where it never was."""
        if namespace == UNNAMED:
            return self.looked.get(ALL_NAMESPACES)
        return max(filter(None, (self.looked.get(namespace), self.looked.get(ALL_NAMESPACES))), default=None)

    def last_seen(self, spell: Spell) -> int:
        """Return when the ports of a spell, that has not ended, were last seen."""
        looked = self.looked_at(namespace_of(spell.kind))
        return max(filter(None, (spell.last_seen, looked, spell.since)))


def place_of(kind: str) -> str:
    """Return a kind without its program: the first four of its five fields."""
    return "/".join(kind.split("/", 4)[:4])


def program_of(kind: str) -> str:
    """Return the program of a kind: the last of its five fields."""
    return kind.split("/", 4)[4]


def namespace_of(kind: str) -> str:
    """Return the namespace of a kind: the fourth of its five fields."""
    return kind.split("/", 4)[3]


def shown_time(at: int) -> str:
    """Return a time as RFC 3339 in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
