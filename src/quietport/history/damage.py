"""A history that is damaged is moved aside, whole, and never written over."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIDE_FILES = ("", "-wal", "-shm")
"""The file and what SQLite keeps beside it."""

# Primary result codes: the low byte of an extended one (sqlite.org/rescode.html).
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class DamagedError(Exception):
    """The file is no whole database; says how that was noticed."""


FILE_ERRORS = (OSError, sqlite3.Error, DamagedError, UnicodeDecodeError)
"""What may come of opening, reading and writing a file that anything may have happened to.

Python's sqlite3 raises UnicodeDecodeError where the damage is in the text that SQLite quotes in its error.
"""


def is_damage(error: BaseException) -> bool:
    """Tell whether an error says that the file is damaged, and not that it is locked, full or forbidden."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    if (
        isinstance(error, (DamagedError, UnicodeDecodeError)) or (code & 0xFF) in _DAMAGE
    ):  # the low byte is the primary result code
        return True
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode")


def check_whole(connection: sqlite3.Connection, *, with_indexes: bool = False) -> None:
    """Raise DamagedError where pages, rows or values are not as they must be (``PRAGMA quick_check``).

    ``with_indexes`` compares indexes with their tables too (``integrity_check``), which takes several times as long.
    """
    pragma = "integrity_check" if with_indexes else "quick_check"
    problems = [text for (text,) in connection.execute(f"PRAGMA {pragma}(3)")]
    if problems != ["ok"]:
        raise DamagedError("; ".join(" ".join(text.split()) for text in problems))


def find_damage(path: Path) -> str | None:
    """Return what is wrong with a file, or None; OSError and other SQLite errors say nothing of damage.

    To be called by the only writer. It is read first, so that a broken file is left to the byte; but SQLite does not
    look at the CHECKs of a file that it opened to be read.
    """
    if path.stat().st_size == 0:
        return "the file is empty"
    return _find_damage(path, "ro") or _find_damage(path, "rw")


def _find_damage(path: Path, mode: str) -> str | None:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as opened:
            check_whole(opened, with_indexes=True)
            opened.execute("SELECT place, program, was, became FROM kind LEFT JOIN spell ON kind = kind.id").fetchall()
    except FILE_ERRORS as error:
        if is_damage(error):
            return str(error)
        raise
    return None


def move_aside(path: Path, now: float | None = None) -> Path:
    """Rename a history, and what SQLite keeps beside it, to ``….damaged-DATE``; return where it is now.

    To be called by the only writer. Never renames over anything.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while any(aside.with_name(aside.name + side).exists() for side in SIDE_FILES):
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}.{number}")
    for side in SIDE_FILES:
        beside = path.with_name(path.name + side)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + side))
    return aside


def moved_aside(path: Path) -> list[Path]:
    """Return the damaged histories that lie beside a history, oldest first."""
    return sorted(
        found for found in path.parent.glob(f"{path.name}.damaged-*") if not found.name.endswith(SIDE_FILES[1:])
    )
