"""A spell: ports of one kind that came together and went together, in one row."""

from __future__ import annotations

import sys
from array import array
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class Began(StrEnum):
    """How a spell began."""

    FIRST_LOOK = "first-look"
    """It was there when it was first looked for."""
    NEW = "new"
    """An earlier look would have seen it, and did not."""
    CHANGED = "changed"
    """It took the place of another program."""
    RETURNED = "returned"
    """It had been there before, and gone for longer than a restart takes."""


class Spell(Struct, frozen=True):
    """Ports of one kind that were there over the same time."""

    kind: str
    """Text of the kind: a door key without its port."""
    ports: bytes
    """As ``pack`` makes it."""
    first_seen: int
    """When these door keys were seen for the first time."""
    since: int
    """Since when they have been there this time."""
    began: Began
    """How."""
    was: str | None = None
    """The program that held the place before, where it began with a change."""
    last_seen: int | None = None
    """The last look of some ports alone that saw it; of an ended spell the last look at all that did."""
    gone_at: int | None = None
    """The look that did not see it any more; None where it is still there."""
    became: str | None = None
    """The program that took the place, where it ended with a change."""
    row: int = 0
    """The row it was read from; 0 for one that was not written yet."""


def pack(numbers: Iterable[int]) -> bytes:
    """Return port numbers as 16-bit little-endian integers, each once, in ascending order."""
    packed = array("H", sorted(set(numbers)))
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(ports: bytes) -> list[int]:
    """Return the numbers that ``pack`` packed; a byte that is left over is none."""
    packed = array("H", ports[: len(ports) & ~1])
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tolist()
