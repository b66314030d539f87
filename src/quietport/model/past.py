"""What was there before, as a value: the history of the doors of one look."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.door_key import KERNEL_CHOSEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Change(StrEnum):
    """How a door differs from the last look."""

    NEW = "new"
    """It was never seen before, and a look before this one would have seen it."""
    CHANGED = "changed"
    """The same port and scope, held by another program than at the last look."""
    RETURNED = "returned"
    """It had been gone for longer than a restart takes."""


class DoorPast(Struct, frozen=True):
    """What the history knows of one door."""

    door_key: str
    """The key of the door (``model.door_key``)."""
    first_seen: str
    """RFC 3339 in UTC; this look, where it was not seen before."""
    last_seen: str | None
    """RFC 3339 in UTC, of the last look before this one that saw it; None where none did."""
    change: Change | None
    """How it differs from the last look; None where it does not, and for what a first look sees."""
    was: str | None = None
    """For a changed door, the program that held it at the last look."""


class GoneDoor(Struct, frozen=True):
    """A door that was there at the last look and is not any more."""

    door_key: str
    """Its key."""
    first_seen: str
    """RFC 3339 in UTC."""
    last_seen: str
    """RFC 3339 in UTC."""


class KindPast(Struct, frozen=True):
    """The past of all doors of one kind: most are alike, and the others stand apart."""

    first_seen: str
    """When those that do not stand apart were first seen, RFC 3339 in UTC."""
    last_seen: str | None
    """When they were last seen before this look."""
    apart: Mapping[int, DoorPast]
    """The ports that differ from these, or that have changed; 0 for the one that the kernel chose."""


class Past(Struct, frozen=True):
    """What the history knows of the doors that one look saw."""

    is_first: bool
    """Nothing like this was looked at before: every door is first seen, and none is new."""
    previous_at: str | None
    """When this host was last looked at, RFC 3339 in UTC; None where it never was."""
    kinds: Mapping[str, KindPast]
    """By the text of the kind, every one that was seen."""
    gone: tuple[GoneDoor, ...]
    """What was there at the last look and is not any more, in order of port."""

    def door(self, kind: str, number: int) -> DoorPast:
        """Return the past of one door that the look saw; KeyError for another."""
        known = self.kinds[kind]
        apart = known.apart.get(number)
        if apart is not None:
            return apart
        return DoorPast(f"{number or KERNEL_CHOSEN}/{kind}", known.first_seen, known.last_seen, None)

    @property
    def changed(self) -> Iterator[DoorPast]:
        """Return the doors that are new, changed or returned."""
        return (door for kind in self.kinds.values() for door in kind.apart.values() if door.change is not None)
