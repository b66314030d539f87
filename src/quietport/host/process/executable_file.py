"""The file that a process was started from, and what has become of it (``/proc/PID/exe``).

The link names the file as it is called in the process's own tree of mounts, so whether anything has that name is asked
there, too: in a container another file, or none, has the same name as one of ours. That a file lies below ``/tmp`` or
was a program in memory is a fact here, and weighed elsewhere.
"""

from __future__ import annotations

import os

from quietport.model.owner import ExecutableFile
from quietport.model.unknown import Reason, Unknown

_MEMORY = b"/memfd:"  # mm/memfd.c names the file so, and it is never linked anywhere
_DELETED = b" (deleted)"  # fs/d_path.c appends it to the path of an unlinked file
_UNPACKED = (b".dpkg-new", b".dpkg-tmp")
"""What dpkg calls a file while it replaces one; a process may keep the name where the file system is slow to tell."""

Executable = tuple[str | Unknown | None, ExecutableFile | Unknown]
"""The path, without `` (deleted)``, and the state of the file."""


def read_executable(proc: str, pid: int, *, is_kernel_thread: bool) -> Executable:
    """Return the executable of a process and the state of its file; None and PRESENT for a thread of the kernel."""
    link = f"{proc}/{pid}/exe".encode()
    try:
        target = os.readlink(link)
    except OSError as error:
        if is_kernel_thread and isinstance(error, FileNotFoundError):
            return None, ExecutableFile.PRESENT
        reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.EXITED
        unknown = Unknown(reason, f"executable of process {pid}")
        return unknown, unknown
    if not target.endswith(_DELETED):
        return _text(target), ExecutableFile.PRESENT
    root = _top(f"{proc}/{pid}/root".encode())
    if _is_same_file(link, root + target):
        return _text(target), ExecutableFile.PRESENT
    path = target.removesuffix(_DELETED)
    if path.startswith(_MEMORY):
        return _text(path), ExecutableFile.MEMORY
    for name in (path, *(path.removesuffix(ending) for ending in _UNPACKED if path.endswith(ending))):
        if os.path.lexists(root + name):
            return _text(name), ExecutableFile.REPLACED
    return _text(path), ExecutableFile.GONE


def _top(root: bytes) -> bytes:
    """Return a path to the top of the tree of mounts that a process lives in, where its executable's name begins.

    A daemon that went into an empty directory (``man 2 chroot``) has its root there; from outside ``..`` leads out.
    """
    try:
        depth = sum(1 for part in os.readlink(root).split(b"/") if part)
    except OSError:
        depth = 0
    return root + b"/.." * depth


def _is_same_file(link: bytes, path: bytes) -> bool:
    """Tell whether a path that ends in `` (deleted)`` is really the name of the file that runs."""
    try:
        return os.path.samestat(os.stat(link), os.stat(path))
    except OSError:
        return False


def _text(raw: bytes) -> str:
    """Return text that can be encoded again; bytes that are no UTF-8 become escapes."""
    return raw.decode("utf-8", "backslashreplace")
