"""The schema of the history, step by step: ``migrations/N.sql`` leads from version N-1 to N."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from quietport.model.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 1
"""The schema that this code reads and writes (``PRAGMA user_version``)."""

APPLICATION = 0x71706831
"""``qph1`` in the header says whose file it is (``PRAGMA application_id``)."""

FOLDER = Path(__file__).with_name("migrations")


def scripts() -> tuple[str, ...]:
    """Return the scripts from an empty file to the newest schema, in order."""
    return tuple((FOLDER / f"{number}.sql").read_text("utf-8") for number in range(1, VERSION + 1))


def version_of(connection: sqlite3.Connection, path: Path, newest: int = VERSION) -> int:
    """Return the schema of a history; DataError where it is somebody else's file, or of a newer quietport."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise DataError(f"{path}: an SQLite file, but no history of quietport; it is left as it is")
    if version > newest:
        raise DataError(f"{path}: written by a newer quietport (schema {version}, this one knows {newest})")
    return int(version)


def migrate(connection: sqlite3.Connection, version: int, steps: Sequence[str]) -> None:
    """Bring a history from a version to the newest, each step whole or not at all.

    Raises sqlite3.Error where a step fails; the steps before it stay done.
    """
    for number, script in enumerate(steps[version:], start=version + 1):
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA application_id = {APPLICATION};\n"
                f"PRAGMA user_version = {number};\nCOMMIT;"
            )
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
