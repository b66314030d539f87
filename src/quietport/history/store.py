"""The file that the history is kept in: SQLite with a write-ahead log, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from quietport.history import migration
from quietport.history.damage import DamagedError, check_whole, find_damage, is_damage, move_aside
from quietport.history.folder import FILE, hand_to_group, prepare_folder
from quietport.history.lock import only_writer
from quietport.model.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

CHECKPOINT_BYTES = 512 * 1024
"""A log that is longer is written back into the file."""

_LOCK = "history.lock"


class Store:
    """An open history."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, may_write: bool) -> None:
        """Keep an open connection, and the path that it leads to."""
        self.connection = connection
        """In autocommit mode: a transaction is what ``writing`` makes."""
        self.path = path
        """The file."""
        self.may_write = may_write
        """False for a history that can only be read."""

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and a transaction; what was written is kept where nothing is raised, else none of it."""
        with only_writer(self.path.with_name(_LOCK)):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise
            self._commit()
            log = self.path.with_name(f"{self.path.name}-wal")
            with suppress(OSError, sqlite3.Error):
                if log.stat().st_size > CHECKPOINT_BYTES:
                    self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _commit(self) -> None:
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file; the last one to do so writes the log back into it, so that is done under the lock too."""
        if not self.may_write:
            self.connection.close()
            return
        try:
            with only_writer(self.path.with_name(_LOCK)):
                self.connection.close()
        except OSError:
            self.connection.close()

    def __enter__(self) -> Self:
        """Return the open history."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def open_to_write(folder: Path, steps: Sequence[str] | None = None) -> Store:
    """Return the history in a folder, of the newest schema, made where there is none.

    ``steps`` are the scripts of the schema. Raises OSError and sqlite3.Error where it cannot be written; of these,
    and of DamagedError, ``is_damage`` tells whether the file is damaged. DataError where it is another's file.
    """
    prepare_folder(folder)
    path = folder / FILE
    if not path.exists():
        with only_writer(folder / _LOCK):
            if not path.exists():
                _make(path, migration.scripts() if steps is None else steps)
    _refuse_empty(path)
    connection = _connect(path, "rw")
    try:
        _bring_up_to_date(connection, path, steps)
    except BaseException:
        connection.close()
        raise
    return Store(connection, path, may_write=True)


def _refuse_empty(path: Path) -> None:
    """Refuse a file without content: SQLite would take it for a new one, and a history is never made so."""
    if path.stat().st_size == 0:
        raise DamagedError("the file is empty")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, steps: Sequence[str] | None) -> None:
    newest = migration.VERSION if steps is None else len(steps)
    if migration.version_of(connection, path, newest) == newest:
        return
    with only_writer(path.with_name(_LOCK)):
        version = migration.version_of(connection, path, newest)
        migration.migrate(connection, version, migration.scripts() if steps is None else steps)


def _make(path: Path, steps: Sequence[str]) -> None:
    """Make an empty history under another name, and give it its own when it is whole."""
    draft = path.with_name(f"{path.name}.draft")
    for side in ("", "-wal", "-shm", "-journal"):
        path.with_name(draft.name + side).unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    hand_to_group(draft, path.parent, 0o640)
    connection = _connect(draft, "rw")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        migration.migrate(connection, 0, steps)
    finally:
        connection.close()
    draft.rename(path)


def open_to_read(folder: Path) -> Store:
    """Return the history in a folder as it is, of another user perhaps; FileNotFoundError where there is none.

    A log beside it can be read along; where there is none, or nothing in it, SQLite would want to write beside the
    file, which a reader may not, so that it is declared immutable. Raises as ``open_to_write`` does, and DataError
    for an older schema.
    """
    path = folder / FILE
    _refuse_empty(path)
    log = path.with_name(f"{path.name}-wal")
    is_logged = log.exists() and log.stat().st_size > 0
    connection = _connect(path, "ro" if is_logged else "ro&immutable=1")
    try:
        version = migration.version_of(connection, path)
        check_whole(connection)
    except BaseException:
        connection.close()
        raise
    if version < migration.VERSION:
        connection.close()
        raise DataError(f"{path}: of an older quietport; its owner's next look brings it up to date")
    return Store(connection, path, may_write=False)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2.0)
    try:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        # A process that dies loses nothing; a machine that dies may lose the last looks, and never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def put_aside(folder: Path) -> tuple[Path, str] | None:
    """Move a damaged history aside; return where it is and what was wrong, or None where it is whole after all.

    Somebody else may have moved it and made a new one since the damage was noticed: it is asked again, locked.
    """
    path = folder / FILE
    with only_writer(folder / _LOCK):
        if not path.exists():
            return None
        problem = find_damage(path)
        return None if problem is None else (move_aside(path), problem)


__all__ = ["DamagedError", "Store", "is_damage", "open_to_read", "open_to_write", "put_aside"]
