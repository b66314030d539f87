"""Who holds a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.unknown import Unknown


class Owner(Struct, frozen=True):
    """One process that holds a socket; every text in it is hostile."""

    pid: int
    """Process id, in the pid namespace we look from."""
    program: str
    """The name the process goes by (``/proc/PID/comm``): at most 15 bytes, freely chosen by it."""
    executable: str | Unknown | None
    """Path of the executable, without `` (deleted)``; None for a kernel thread."""
    deleted: bool
    """The path no longer leads to the file that runs."""
    uid: int | Unknown
    """Effective user id."""
    user: str | Unknown | None
    """Its name in the user database; None where it has none."""
    started_at: str | Unknown
    """When it started, RFC 3339 in UTC."""
