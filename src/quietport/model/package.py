"""The package that an executable came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.unknown import Unknown


class Package(Struct, frozen=True):
    """An installed package, as a package manager's own database tells."""

    manager: str
    """``dpkg``, ``rpm`` or ``apk``; ``snap`` or ``nix``, where the path of a file itself names its package."""
    name: str
    """Name of the package, without the architecture."""
    version: str | None
    """Installed version, of a snap its revision; None where the database names none."""
    is_claim: bool
    """The database is one that the program's own container holds: whoever built that can write anything there."""
    changed_at: str | Unknown | None = None
    """When the package was last installed or upgraded, RFC 3339 in UTC; None where that is not told."""
