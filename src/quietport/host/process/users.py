"""The user database of this host."""

from __future__ import annotations

import sys


def find_user(uid: int) -> str | None:
    """Return the name that the user database has for a user id, or None."""
    if sys.platform == "win32":
        return None
    import pwd  # noqa: PLC0415 - absent on Windows

    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def find_home(uid: int) -> str | None:
    """Return the home of a user, or None where the database does not know the user."""
    if sys.platform == "win32":
        return None
    import pwd  # noqa: PLC0415 - absent on Windows

    try:
        return pwd.getpwuid(uid).pw_dir
    except (KeyError, OverflowError):
        return None
