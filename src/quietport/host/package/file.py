"""Whether a file is still the one that its package brought; reads the whole file, so it is only done when asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from quietport.host.package.database_root import DatabaseRoot, read_regular
from quietport.host.package.dpkg import INFO
from quietport.host.package.dpkg_lists import Sought, seek
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.model.package import Package

_SUM_LETTERS = 32


def is_unmodified(package: Package, path: str, file: str | None = None, root: str = "/") -> bool | Unknown:
    """Tell whether a file has the MD5 sum that dpkg's database has for it.

    ``file`` is what to read where that is not the path itself: ``/proc/PID/exe`` for the file that runs.
    Shows damage and careless replacement; who can write the file can write the database too.
    """
    if package.manager != "dpkg" or package.is_claim:
        return Unknown(Reason.NOT_SUPPORTED, "sum of the packaged file")
    try:
        with DatabaseRoot(root, is_claim=False) as opened:
            packaged = _read_sum(opened, package.name, path)
        if packaged is None:
            return Unknown(Reason.NOT_SUPPORTED, "sum of the packaged file")
        return _sum_of(file or root.rstrip("/") + path) == packaged
    except OSError as error:
        reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.EXITED
        return Unknown(reason, "content of the file")


def find_sum(sums: bytes, sought: Sought) -> str | None:
    """Return the sum that a ``.md5sums`` file has for a path, or None."""
    for line in sums.split(b"\n"):
        if b"/" + line[_SUM_LETTERS + 2 :] in sought.spellings:
            return line[:_SUM_LETTERS].decode("ascii", "replace")
    return None


def _read_sum(root: DatabaseRoot, package: str, path: str) -> str | None:
    wanted = [sought for sought in seek(root, [path]) if sought.only in (None, package) and sought.never != package]
    directory = root.open_directory(INFO)
    try:
        names = [
            name
            for name in os.listdir(directory)
            if name.endswith(".md5sums") and name.removesuffix(".md5sums").partition(":")[0] == package
        ]
        contents = [read_regular(name, directory).content for name in names]
    finally:
        os.close(directory)
    return next((found for sums in contents for sought in wanted if (found := find_sum(sums, sought))), None)


def _sum_of(file: str) -> str:
    import hashlib  # noqa: PLC0415 - only for who asks

    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
