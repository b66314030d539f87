"""The directory that a machine's or a container's files lie below, and how its databases are read.

On this host the paths of package databases may lead over symbolic links, as an administrator laid them.
Below any other root, a container's above all, nothing is believed: each part of a path is opened by
itself and no link is followed, so that nothing outside is ever read; only regular files are read, none
beyond a size, and a FIFO is not waited for.
"""

from __future__ import annotations

import os
import stat
import sys
from errno import EFBIG, EINVAL
from typing import Self

from msgspec import Struct

MAX_BYTES = 64 * 1024 * 1024
"""The largest file that is read whole; the lists of files of whole distributions are a quarter of it."""

if sys.platform == "win32":
    _FILE = _DIRECTORY = _NO_LINK = 0
else:
    _FILE = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW
    _DIRECTORY = os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY
    _NO_LINK = os.O_NOFOLLOW

_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr/sbin", "usr/lib64")


class FileContent(Struct, frozen=True):
    """A file that was read whole."""

    content: bytes
    """Its bytes."""
    mtime_s: float
    """When it was last written, in seconds of Unix time."""


class DatabaseRoot:
    """A root directory that is open; the one of this host follows links, any other does not."""

    def __init__(self, path: str, *, is_claim: bool) -> None:
        """Open the directory; raises OSError where that may not be, or it is gone."""
        self.is_claim = is_claim
        """What is found below was written by whoever made the container."""
        self.path = path
        """The directory, as it was named."""
        self.follows_links = path == "/" and not is_claim
        """It is our own root: links below it are its administrator's."""
        self._descriptor = os.open(path, _DIRECTORY)
        self.merged = tuple(self._read_merged())
        """Pairs of directories with the same files, as ``("/bin", "/usr/bin")``: the first is a link to the second."""

    def __enter__(self) -> Self:
        """Return the open root."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the directory."""
        os.close(self._descriptor)

    def open_directory(self, path: str) -> int:
        """Return a descriptor of a directory below the root, to be closed by the caller; raises OSError."""
        if self.follows_links:
            return os.open(f"/{path}", _DIRECTORY)
        descriptor = os.dup(self._descriptor)
        for part in filter(None, path.split("/")):
            try:
                below = os.open(part, _DIRECTORY | _NO_LINK, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        return descriptor

    def holds(self, path: str) -> bool:
        """Tell whether there is something of this name below the root; what may not be looked at counts as there."""
        directory, _, name = path.rpartition("/")
        try:
            descriptor = self.open_directory(directory)
            try:
                os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            finally:
                os.close(descriptor)
        except PermissionError:
            return True
        except OSError:
            return False
        return True

    def open_regular(self, path: str) -> int:
        """Return a descriptor of a regular file below the root, to be closed by the caller; raises OSError."""
        directory, _, name = path.rpartition("/")
        descriptor = self.open_directory(directory)
        try:
            return open_regular(name, descriptor)[0]
        finally:
            os.close(descriptor)

    def read(self, path: str) -> FileContent:
        """Return a regular file below the root; raises OSError, with EFBIG beyond ``MAX_BYTES``."""
        directory, _, name = path.rpartition("/")
        descriptor = self.open_directory(directory)
        try:
            return read_regular(name, descriptor)
        finally:
            os.close(descriptor)

    def spell(self, path: str) -> list[str]:
        """Return every path that leads to the same file where directories are merged, the given one first.

        A database keeps the path that the package was built with, which may be any of them.
        """
        spellings = [path]
        for spelling in spellings:
            for link, target in self.merged:
                for one, other in ((link, target), (target, link)):
                    again = other + spelling[len(one) :]
                    if spelling.startswith(one + "/") and again not in spellings:
                        spellings.append(again)
        return spellings

    def _read_merged(self) -> list[tuple[str, str]]:
        found = []
        for link in _MERGED:
            directory, _, name = link.rpartition("/")
            try:
                descriptor = self.open_directory(directory) if directory else os.dup(self._descriptor)
                try:
                    target = os.readlink(name, dir_fd=descriptor)
                finally:
                    os.close(descriptor)
            except OSError:
                continue
            target = os.path.normpath(os.path.join("/", directory, target))
            if target != "/" and not target.startswith(f"/{link}/"):
                found.append((f"/{link}", target))
        return found


def open_regular(name: str, directory: int) -> tuple[int, os.stat_result]:
    """Return a descriptor of a regular file in an open directory, and its status; raises OSError for anything else.

    What it is is looked at before it is opened too: to open a device can do something.
    """
    if not stat.S_ISREG(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
        raise OSError(EINVAL, "not a regular file")
    descriptor = os.open(name, _FILE, dir_fd=directory)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise OSError(EINVAL, "not a regular file")
    return descriptor, status


def read_regular(name: str, directory: int) -> FileContent:
    """Return a regular file in an open directory; raises OSError, with EFBIG beyond ``MAX_BYTES``."""
    descriptor, status = open_regular(name, directory)
    try:
        if status.st_size > MAX_BYTES:
            raise OSError(EFBIG, "too large")
        content = os.read(descriptor, status.st_size)
    finally:
        os.close(descriptor)
    return FileContent(content, status.st_mtime)


def read_at(descriptor: int, size: int, offset: int) -> bytes:
    """Return up to so many bytes of an open file from an offset on."""
    if sys.platform == "win32":
        raise OSError(EINVAL, "no package manager of ours is there")
    return os.pread(descriptor, size, offset)
