"""May a file be obeyed, or could somebody else have written it, or put another in its place.

Every step that the kernel takes to a file is looked at: each directory, each symbolic link and where it leads, and
the file. Root obeys only what root owns all the way and nobody else can write (ACLs show in the bits of the group,
``man 5 acl``). Anybody else obeys what root or they themselves own and not everybody can write.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

MAX_LINKS = 40
"""Symbolic links that the kernel follows on one path (``man 7 path_resolution``)."""

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def find_distrust(path: str, uid: int) -> str | None:
    """Return why a user should not obey a file, naming the step, or None where nothing speaks against it.

    Raises OSError where a step cannot be looked at, FileNotFoundError where there is no such file.
    """
    for step in steps_to(path):
        found = os.lstat(step)
        if found.st_uid not in {0, uid}:
            return f"{step} belongs to user {found.st_uid}"
        if not stat.S_ISLNK(found.st_mode) and _others_write(found, uid):
            return f"{step} can be written by others (mode {stat.S_IMODE(found.st_mode):04o})"
    if not stat.S_ISREG(found.st_mode):
        return f"{step} is no regular file"
    return None


def _others_write(found: os.stat_result, uid: int) -> bool:
    if uid == 0:
        return bool(found.st_mode & OTHERS_WRITE)
    # In a sticky directory (/tmp) only its owner replaces a file.
    is_sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    return bool(found.st_mode & stat.S_IWOTH) and not is_sticky


def steps_to(path: str) -> Iterator[str]:
    """Yield every directory, link and at last the file that lead from the root to a path, in the kernel's order.

    Raises OSError where there are too many links, or a link cannot be read.
    """
    at, links = "/", 0
    pending = os.path.abspath(path).split("/")[::-1]  # noqa: PTH100 - strings throughout
    yield at
    while pending:
        name = pending.pop()
        if name in {"", "."}:
            continue
        if name == "..":
            at = os.path.dirname(at)  # noqa: PTH120
            continue
        step = f"{at.rstrip('/')}/{name}"
        yield step
        if not stat.S_ISLNK(os.lstat(step).st_mode):
            at = step
            continue
        links += 1
        if links > MAX_LINKS:
            raise OSError(40, "too many symbolic links", path)
        target = os.readlink(step)  # noqa: PTH115
        pending += target.split("/")[::-1]
        at = "/" if target.startswith("/") else at
