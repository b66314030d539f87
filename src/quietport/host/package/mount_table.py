"""What is mounted where for a process, ``/proc/PID/mountinfo`` (``man 5 proc_pid_mountinfo``)."""

from __future__ import annotations

import os

from msgspec import Struct

_MAX_BYTES = 4 * 1024 * 1024
"""Some 30,000 mounts; the kernel allows 100,000 a namespace (``fs.mount-max``)."""
_ESCAPES = ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\"))  # fs/proc_namespace.c


class Mount(Struct, frozen=True):
    """One mounted file system, or a part of one."""

    id: bytes
    """Its number."""
    parent: bytes
    """The mount that it is mounted on; of the root's none that is in the table."""
    device: bytes
    """Major and minor number, ``8:1``."""
    root: bytes
    """The directory of that file system which is mounted."""
    point: bytes
    """Where it is, as the process sees it."""


def parse_mounts(content: bytes) -> list[Mount]:
    """Return the mounts in the order of the table; malformed lines are left out."""
    mounts = []
    for line in content.split(b"\n"):
        fields = line.split(b" ", 5)
        if len(fields) == 6 and fields[3].startswith(b"/") and fields[4].startswith(b"/"):  # noqa: PLR2004 - the five, and the rest
            mounts.append(Mount(fields[0], fields[1], fields[2], _unescape(fields[3]), _unescape(fields[4])))
    return mounts


def place_on_device(mounts: list[Mount], path: bytes) -> tuple[bytes, bytes] | None:
    """Return the device that a path leads to, and the path on it; None where the root is no mount that is seen.

    Goes from mount to mount as the kernel does, since one may lie under another that was mounted later.
    Two processes whose paths lead to one place see one file there, whatever else each has mounted.
    """
    ids = {mount.id for mount in mounts}
    roots = [mount for mount in mounts if mount.point == b"/" and mount.parent not in ids]
    if not roots:
        return None
    mount = roots[-1]
    on_the_way = [other for other in mounts if _is_below(path, other.point)]
    for _ in mounts:  # a table that goes round in a circle is left too
        nearer = [other for other in on_the_way if other.parent == mount.id and _is_below(other.point, mount.point)]
        if not nearer:
            break
        mount = min(nearer, key=lambda other: len(other.point))
    return mount.device, mount.root.rstrip(b"/") + path[len(mount.point.rstrip(b"/")) :]


def _is_below(path: bytes, directory: bytes) -> bool:
    return path == directory or path.startswith(directory.rstrip(b"/") + b"/")


def read_mounts(proc: str, process: int | str) -> list[Mount]:
    """Return the mounts that a process sees; raises OSError, and none where there are more than can be believed."""
    descriptor = os.open(f"{proc}/{process}/mountinfo", os.O_RDONLY)
    try:
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(_MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    return parse_mounts(content) if len(content) <= _MAX_BYTES else []


def _unescape(field: bytes) -> bytes:
    if b"\\" in field:
        for escape, letter in _ESCAPES:
            field = field.replace(escape, letter)
    return field
