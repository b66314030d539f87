"""A file that a container engine keeps about its containers, read within bounds.

Some lie where a user can write (engines without root), and we may be root: nothing but a plain file of at most a
mebibyte is read, no link is followed out of the directory that was named, and what cannot be read is None.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TypeVar

import msgspec

MAX_BYTES = 1 << 20
"""The largest file that is read."""

RecordT = TypeVar("RecordT")


def decode_file(directory: str, name: str, kind: type[RecordT]) -> RecordT | None:
    """Return the JSON record in a file below a directory, or None where it is missing, too large or malformed."""
    text = read_bounded(directory, name)
    if text is None:
        return None
    return decode(text, kind)


def decode(text: bytes | str, kind: type[RecordT]) -> RecordT | None:
    """Return the record that a text holds as JSON, or None."""
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def read_bounded(directory: str, name: str) -> bytes | None:
    """Return a plain file below a directory, or None; see above."""
    path = resolve(directory, name)
    if path is None or sys.platform == "win32":
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return None
        with open(descriptor, "rb", closefd=False) as file:
            text = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return text if len(text) <= MAX_BYTES else None


def list_names(directory: str, name: str) -> list[str]:
    """Return the names in a directory below another, in order; none where it cannot be read."""
    path = resolve(directory, name)
    if path is None:
        return []
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []


def resolve(directory: str, name: str) -> str | None:
    """Return where a path below a directory really leads, or None where it leads out of it or to nothing."""
    written = f"{directory.rstrip('/')}/{name}"
    if "\0" in written or not os.path.exists(written):
        return None
    inside = os.path.realpath(directory)
    path = os.path.realpath(written)
    return path if path.startswith(inside.rstrip("/") + "/") else None
