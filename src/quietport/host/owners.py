"""Who a process is: name, executable, user, start. Every text here is chosen by others."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.host.process_stat import PF_KTHREAD, ProcessStat, read_small, read_stat
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.model.package import Package

_MEMORY = b"/memfd:"  # mm/memfd.c names the file so
_DELETED = b" (deleted)"  # fs/d_path.c appends it to the path of an unlinked file


class OwnerReader:
    """Reads each process once, however many sockets it holds."""

    def __init__(self, proc: str) -> None:
        """Read nothing yet but the moment of boot."""
        self._proc = proc
        self._boot_s = read_boot_time(proc)
        self._ticks_per_s = clock_ticks_per_s()
        self._owners: dict[int, Owner | None] = {}
        self._users: dict[int, str | None] = {}

    def find_owner(self, pid: int) -> Owner | None:
        """Return who the process is, or None where it has ended; what may not be read of it is Unknown."""
        if pid not in self._owners:
            self._owners[pid] = self._read(pid)
        return self._owners[pid]

    def put_package(self, pid: int, package: Package | Unknown | None) -> None:
        """Keep which package the executable of a process came from."""
        owner = self.find_owner(pid)
        if owner is not None:
            self._owners[pid] = replace(owner, package=package)

    def _read(self, pid: int) -> Owner | None:
        try:
            program = _text(read_small(f"{self._proc}/{pid}/comm").removesuffix(b"\n"))
        except OSError:
            return None
        stat = read_stat(self._proc, pid)
        executable, file = _read_executable(self._proc, pid, stat)
        uid: int | Unknown
        try:
            uid = os.stat(f"{self._proc}/{pid}").st_uid  # noqa: PTH116 - pathlib costs 8 ms to import
        except OSError as error:
            uid = _unknown(error, f"user of process {pid}")
        return Owner(
            pid=pid,
            program=program,
            executable=executable,
            file=file,
            uid=uid,
            user=uid if isinstance(uid, Unknown) else self._user(uid),
            started_at=self._started_at(pid, stat),
        )

    def _user(self, uid: int) -> str | None:
        if uid not in self._users:
            self._users[uid] = find_user(uid)
        return self._users[uid]

    def _started_at(self, pid: int, stat: ProcessStat | None) -> str | Unknown:
        what = f"start of process {pid}"
        if stat is None:
            return Unknown(Reason.EXITED, what)
        if self._boot_s is None:
            return Unknown(Reason.NOT_SUPPORTED, what)
        return rfc3339(self._boot_s + stat.starttime_ticks / self._ticks_per_s) or Unknown(Reason.NOT_SUPPORTED, what)


def read_boot_time(proc: str) -> int | None:
    """Return when the machine started, in seconds of Unix time, or None where ``/proc/stat`` does not say."""
    try:
        with open(f"{proc}/stat", "rb") as file:  # noqa: PTH123 - pathlib costs 8 ms to import
            lines = file.read().split(b"\n")
    except OSError:
        return None
    text = next((line[6:] for line in lines if line.startswith(b"btime ")), b"")
    return int(text) if text.isdigit() else None


def clock_ticks_per_s() -> int:
    """Return the unit of ``starttime``; 100 on every architecture that Debian has."""
    if sys.platform == "win32":
        return 100
    return os.sysconf("SC_CLK_TCK")


def rfc3339(unix_s: float) -> str | None:
    """Return the moment as ``2026-08-17T09:00:00Z``, or None where the calendar has no such moment."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_s))
    except (OverflowError, ValueError, OSError):
        return None


def find_user(uid: int) -> str | None:
    """Return the name that the user database has for a user id, or None."""
    if sys.platform == "win32":
        return None
    import pwd  # noqa: PLC0415 - absent on Windows

    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def _read_executable(
    proc: str, pid: int, stat: ProcessStat | None
) -> tuple[str | Unknown | None, ExecutableFile | Unknown]:
    link = f"{proc}/{pid}/exe"
    try:
        target = os.readlink(link.encode())  # noqa: PTH115 - pathlib costs 8 ms to import
    except OSError as error:
        if isinstance(error, FileNotFoundError) and stat is not None and stat.flags & PF_KTHREAD:
            return None, ExecutableFile.PRESENT
        unknown = _unknown(error, f"executable of process {pid}")
        return unknown, unknown
    if target.startswith(_MEMORY):
        return _text(target.removesuffix(_DELETED)), ExecutableFile.MEMORY
    if not target.endswith(_DELETED) or _is_same_file(link.encode(), target):
        return _text(target), ExecutableFile.PRESENT
    path = target.removesuffix(_DELETED)
    file = ExecutableFile.REPLACED if os.path.lexists(path) else ExecutableFile.GONE
    return _text(path), file


def _is_same_file(link: bytes, target: bytes) -> bool:
    """Tell whether a path that ends in `` (deleted)`` is really the name of the file that runs."""
    try:
        return os.path.samestat(os.stat(link), os.stat(target))  # noqa: PTH116 - as above
    except OSError:
        return False


def _text(raw: bytes) -> str:
    """Return text that can be encoded again; bytes that are no UTF-8 become escapes."""
    return raw.decode("utf-8", "backslashreplace")


def _unknown(error: OSError, what: str) -> Unknown:
    return Unknown(Reason.PERMISSION if isinstance(error, PermissionError) else Reason.EXITED, what)
