"""rpm's database as an SQLite file, ``rpmdb.sqlite``: headers, and an index of base names.

On this host it is opened where it lies, and nothing is written: without a log beside it as a file that does not
change, else read-only beside whoever writes. One of a container is read whole and opened in memory, since SQLite
itself would follow links to it. A schema that is not rpm's is not asked anything.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.host.package.database_root import DatabaseRoot

DAMAGES = (sqlite3.Error, UnicodeError)
"""What is raised for a file that is no such database, or a damaged one; its text may be named in the error."""

_TIMEOUT_S = 1.0
_STEPS = 10_000
_MAX_PACKAGES = 200
"""More packages than this never share a base name of a program."""
_MAX_HEADER_BYTES = 64 * 1024 * 1024
_WRITE_VERSION = slice(18, 20)  # https://sqlite.org/fileformat.html: 2 for a write-ahead log, which memory has not
_TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('Packages', 'Basenames')"
_HEADERS = """SELECT p.blob, b.idx FROM Basenames b JOIN Packages p ON p.hnum = b.hnum
WHERE b.key = ? AND typeof(p.blob) = 'blob' AND typeof(b.idx) = 'integer' AND length(p.blob) <= ? LIMIT ?"""


class RpmSqlite:
    """An open database."""

    def __init__(self, root: DatabaseRoot, path: str) -> None:
        """Open it; raises OSError, or one of ``DAMAGES`` where it is none of rpm's."""
        self._connection = _open_in_place(root, path) if root.follows_links else _open_in_memory(root, path)
        self._end = time.monotonic() + _TIMEOUT_S
        self._connection.set_progress_handler(lambda: time.monotonic() > self._end, _STEPS)
        try:
            self._connection.execute("PRAGMA trusted_schema = OFF")
            if self._connection.execute(_TABLES).fetchone() != (2,):
                raise sqlite3.DatabaseError("not a database of rpm")
        except DAMAGES:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """Return the open database."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._connection.close()

    def find_headers(self, base: str) -> Iterator[tuple[bytes, int]]:
        """Yield the header of each package with a file of this base name, and which of its files that is."""
        yield from self._connection.execute(_HEADERS, (base, _MAX_HEADER_BYTES, _MAX_PACKAGES))


def _open_in_place(root: DatabaseRoot, path: str) -> sqlite3.Connection:
    from urllib.parse import quote  # noqa: PLC0415 - hosts with rpm only

    mode = "mode=ro" if root.holds(f"{path}-wal") else "immutable=1"
    return sqlite3.connect(f"file:{quote(root.path.rstrip('/'))}/{path}?{mode}", uri=True, timeout=0.2)


def _open_in_memory(root: DatabaseRoot, path: str) -> sqlite3.Connection:
    content = bytearray(root.read(path).content)
    content[_WRITE_VERSION] = b"\1\1"
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(bytes(content))
    except (sqlite3.Error, OverflowError) as error:
        connection.close()
        raise sqlite3.DatabaseError("not a database") from error
    return connection
