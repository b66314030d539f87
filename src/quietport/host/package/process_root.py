"""Whether a process sees the files that we see: its mount namespace and its root directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.host.process.stat import read_small
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.host.package.mount_table import Mount


_MAX_ANCESTORS = 16


class OwnFiles(Struct, frozen=True):
    """A process whose executable is no file that we see under that path: its own root has to be asked."""

    namespace: str
    """Its mount namespace, ``mnt:[4026532451]``."""
    root: str
    """Its root directory, as the kernel names it."""
    path: str
    """The executable, as it is named below that root."""


class ProcessRoots:
    """Tells of processes whether they see our files; each mount namespace is read once."""

    def __init__(self, proc: str) -> None:
        """Read which namespace is ours."""
        self._proc = proc
        self._own = self._read_namespace("self")
        self._mounts: dict[str, list[Mount]] = {}

    def find_own_files(self, pid: int, executable: str) -> OwnFiles | Unknown | None:
        """Return what to ask in place of our own root, or None where its executable is the file that we see.

        Services with PrivateTmp and the like have a mount namespace of their own and run our files nevertheless:
        what is compared is the place on the device that both paths lead to, which holds for a file that was
        deleted too.
        """
        namespace = self._read_namespace(pid)
        if isinstance(namespace, Unknown):
            return None if isinstance(self._own, Unknown) and self._own.reason is Reason.NOT_SUPPORTED else namespace
        if namespace == self._own:
            return None
        try:
            if self._is_same_place(pid, namespace, executable):
                return None
            root = os.readlink(f"{self._proc}/{pid}/root")
        except OSError as error:
            return _unknown(error, pid)
        return OwnFiles(namespace, root, _below(root, executable) or executable)

    def find_other_root(self, pid: int, executable: str) -> OwnFiles | None:
        """Return what to ask of a process that is confined to a directory (``chroot``) where its executable lies."""
        namespace = self._read_namespace(pid)
        try:
            root = os.readlink(f"{self._proc}/{pid}/root")
        except OSError:
            return None
        path = _below(root, executable)
        return None if isinstance(namespace, Unknown) or path is None else OwnFiles(namespace, root, path)

    def _is_same_place(self, pid: int, namespace: str, executable: str) -> bool:
        from quietport.host.package.mount_table import place_on_device, read_mounts  # noqa: PLC0415 - other namespaces only

        if namespace not in self._mounts:
            whole = self._find_unconfined(pid, namespace)
            self._mounts[namespace] = [] if whole is None else read_mounts(self._proc, whole)
        if "self" not in self._mounts:
            self._mounts["self"] = read_mounts(self._proc, "self")
        path = executable.encode("utf-8", "surrogateescape")
        theirs = place_on_device(self._mounts[namespace], path)
        return theirs is not None and theirs == place_on_device(self._mounts["self"], path)

    def _find_unconfined(self, pid: int, namespace: str) -> int | None:
        """Return the process, or the nearest above it, that sees all mounts of its namespace.

        A daemon that confines itself (``chroot``) sees only what is below, and its executable is named from above.
        """
        for _ in range(_MAX_ANCESTORS):
            if self._read_namespace(pid) != namespace:
                return None
            if os.readlink(f"{self._proc}/{pid}/root") == "/":
                return pid
            fields = read_small(f"{self._proc}/{pid}/stat").rpartition(b")")[2].split()
            pid = int(fields[1]) if len(fields) > 1 and fields[1].isdigit() else 0
        return None

    def _read_namespace(self, process: int | str) -> str | Unknown:
        try:
            return os.readlink(f"{self._proc}/{process}/ns/mnt")
        except OSError as error:
            if process == "self" and isinstance(error, FileNotFoundError):
                return Unknown(Reason.NOT_SUPPORTED, "mount namespace")
            return _unknown(error, process)


def _below(root: str, path: str) -> str | None:
    """Return a path as it is named inside a directory, or None where it is not inside, or the directory is ours."""
    return path[len(root) :] if root != "/" and path.startswith(root + "/") else None


def _unknown(error: OSError, process: int | str) -> Unknown:
    reason = Reason.PERMISSION if isinstance(error, PermissionError) else Reason.EXITED
    return Unknown(reason, f"mount namespace of process {process}")
