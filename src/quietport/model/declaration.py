"""A declaration: what a site's policy says should be there."""

from __future__ import annotations

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
    """Path or base name of the executable."""
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


class DeclarationFlaw(Struct, frozen=True):
    """What is wrong with a declaration: expired, or nothing fits it."""

    declaration: Declaration
    """The entry."""
    flaw: str
    """``expired`` or ``never-matched``."""
