"""What was there before, as a value: the history of one door."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Change(StrEnum):
    """How a door differs from the last look."""

    NEW = "new"
    """It was never seen before."""
    CHANGED = "changed"
    """The same port and scope, held by another program than at the last look."""
    RETURNED = "returned"
    """It had been gone for longer than a restart takes."""


class DoorPast(Struct, frozen=True):
    """What the history knows of one door."""

    door_key: str
    """The key of the door (``model.door_key``)."""
    first_seen: str
    """RFC 3339 in UTC."""
    last_seen: str
    """RFC 3339 in UTC; of the look before this one."""
    change: Change | None
    """How it differs from the last look; None where it does not."""
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
