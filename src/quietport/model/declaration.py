"""A declaration: what a site's policy says should be there."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.endpoint import Scope
    from quietport.model.port import PortRange, Transport


class Declaration(Struct, frozen=True):
    """One entry of a policy file: a door that somebody expects, and why. Every field that is set must fit."""

    transport: Transport
    """Over which transport."""
    ports: PortRange
    """The number or range."""
    because: str
    """The reason, in somebody's words."""
    file: str
    """The policy file that it stands in."""
    line: int
    """The line that it begins at."""
    scope: Scope | None = None
    """The widest scope that is declared; a narrower one fits too. None for any."""
    program: str | None = None
    """Path or base name of the executable, or of the script that an interpreter runs."""
    unit: str | None = None
    """Systemd unit."""
    image: str | None = None
    """Container image, with or without its tag."""
    package: str | None = None
    """Package that owns the executable."""
    host: str | None = None
    """Shell pattern of host names that it holds for; None for every one."""
    author: str | None = None
    """Who declared it."""
    until: str | None = None
    """The last day that it holds, as ``2027-03-31``; None for always."""


class Expired(Struct, frozen=True):
    """A declaration that fits a door, and whose last day has passed."""

    declaration: Declaration
    """The entry."""


class Flaw(StrEnum):
    """Why a person should look at an entry of a policy file."""

    EXPIRED = "expired"
    """Its last day has passed."""
    NEVER_MATCHED = "never-matched"
    """Everything it could fit was looked at, and nothing does."""
    NOT_TOLD = "not-told"
    """A door it could fit is there, and what would decide (its holder) could not be seen."""


class DeclarationFlaw(Struct, frozen=True):
    """What is wrong with a declaration: expired, or nothing fits it."""

    declaration: Declaration
    """The entry."""
    flaw: Flaw
    """What is wrong."""
