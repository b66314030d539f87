"""A chronicle: what was seen of doors over time, as the history tells it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from quietport.model.door_key import KERNEL_CHOSEN, DoorKind


class EventKind(StrEnum):
    """What happened to a door."""

    FIRST_LOOK = "first-look"
    """It was there when it was first looked for."""
    NEW = "new"
    """It was there, and an earlier look had not seen it."""
    CHANGED = "changed"
    """Another program holds it than before."""
    RETURNED = "returned"
    """It was there again, after longer than a restart takes."""
    GONE = "gone"
    """It was not there any more."""


class Stay(Struct, frozen=True):
    """A door that was there without a break, as far as the looks tell."""

    kind: DoorKind
    """What kind of door."""
    number: int
    """Its port; 0 for one that the kernel chose."""
    first_seen: str
    """When this door was seen for the very first time, RFC 3339 in UTC."""
    since: str
    """The look that saw it first, this time."""
    last_seen: str
    """The last look that saw it."""
    gone_at: str | None
    """The look that did not see it any more; None where it is still there."""
    began: EventKind
    """How it began."""
    was: str | None
    """The program that held the place before, where it began with a change."""
    became: str | None
    """The program that took the place, where it ended with a change."""

    @property
    def door_key(self) -> str:
        """Return the key of the door."""
        return self.kind.key(self.number)

    @property
    def port(self) -> str:
        """Return ``851/tcp``, or ``*/tcp`` for a port that the kernel chose."""
        return f"{self.number or KERNEL_CHOSEN}/{self.kind.transport}"


class Event(Struct, frozen=True):
    """One thing that happened to a door."""

    at: str
    """The look that noticed it, RFC 3339 in UTC."""
    kind: EventKind
    """What happened."""
    stay: Stay
    """The door, and the stay that began or ended so."""


class Chronicle(Struct, frozen=True):
    """The answer of ``history``."""

    path: str
    """The file it was read from."""
    asked: tuple[str, ...]
    """The ports asked about, as ``851/udp``; empty for all of them."""
    since: str
    """What happened earlier is not among the events."""
    first_look: str | None
    """When this host was first looked at; None where it never was."""
    last_look: str | None
    """When it was last looked at."""
    looks: int
    """How often it was looked at."""
    keep_days: int
    """Days that a door which is gone is remembered."""
    stays: tuple[Stay, ...]
    """In order of port, kind and time: of the ports asked about, or of those that the events are about."""
    events: tuple[Event, ...]
    """Latest first; what a first look saw only where ports were asked about."""
    damaged: tuple[str, ...]
    """Damaged histories that were moved aside, oldest first."""
