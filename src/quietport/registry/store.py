"""Where snapshots are kept: the one inside the package, and the one that ``registry update`` wrote.

An updated snapshot is the shipped one with newer rows of IANA's. After an upgrade of the package it still holds the
older package's text beside them, and would hide what is newer here: it is passed over until the next update.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from quietport.registry.snapshot import SCHEMA_VERSION, SHIPPED

FILE = "registry.sqlite"


class PassedOverBecause(StrEnum):
    """Why an updated snapshot is not in force."""

    OTHER_TEXT = "other-text"
    """It was made from the text of another version of the package."""
    UNREADABLE = "unreadable"
    """It is damaged, of another schema, or may not be read."""


class PassedOver(Struct, frozen=True):
    """An updated snapshot that is there and not in force."""

    path: str
    """The file."""
    reason: PassedOverBecause
    """Why."""


def update_folder(environ: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    """Return the folder for updated snapshots: the system's for root, else the user's (XDG data)."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA", str(Path.home()))) / "quietport"
    if os.geteuid() == 0:
        return Path("/var/lib/quietport")
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "quietport"


def updated_snapshot() -> Path:
    """Return where ``registry update`` keeps its snapshot, whether there is one or not."""
    return update_folder() / FILE


def current_snapshot(shipped: Path = SHIPPED) -> Path:
    """Return the snapshot in force: the updated one where there is one to use, else the one in the package."""
    updated = updated_snapshot()
    return updated if updated.is_file() and find_passed_over(shipped) is None else shipped


def find_passed_over(shipped: Path = SHIPPED) -> PassedOver | None:
    """Return the updated snapshot and why it is not in force, or None where it is or there is none."""
    updated = updated_snapshot()
    if not updated.is_file():
        return None
    schema, text = _schema_and_text(updated)
    if schema != SCHEMA_VERSION:
        return PassedOver(str(updated), PassedOverBecause.UNREADABLE)
    return None if text == _schema_and_text(shipped)[1] else PassedOver(str(updated), PassedOverBecause.OTHER_TEXT)


def _schema_and_text(path: Path) -> tuple[str | None, str | None]:
    query = "SELECT key, value FROM meta WHERE key IN ('schema', 'text_sha256')"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = dict(connection.execute(query))
    except sqlite3.Error:
        return None, None
    return found.get("schema"), found.get("text_sha256")
