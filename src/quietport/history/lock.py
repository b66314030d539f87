"""One writer at a time, across processes: a lock beside the history.

SQLite before 3.51.3 may lose a commit where one process writes while another resets the write-ahead log
(sqlite.org/wal.html, "the WAL-reset bug"; Debian 12 has 3.40.1). So whoever writes, checkpoints or closes does it
under this lock. The system lets go of it when a process ends, however it ends.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 3.0
"""How long to wait for another process; a write takes milliseconds."""

_PAUSE_S = 0.002


@contextmanager
def only_writer(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the lock; TimeoutError where another process holds it for too long, OSError where it cannot be opened."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _wait_for(descriptor, time.monotonic() + patience_s)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, until: float) -> None:
    if sys.platform == "win32":
        return  # SQLite's own locks stand alone there
    import fcntl  # noqa: PLC0415 - not everywhere

    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise TimeoutError("another process is writing the history") from None
            time.sleep(_PAUSE_S)
        else:
            return
