"""The line ``/proc/PID/stat`` (``man 5 proc_pid_stat``)."""

from __future__ import annotations

import os
from typing import NamedTuple

PF_KTHREAD = 0x0020_0000
"""The process is a thread of the kernel (include/linux/sched.h)."""
_PPID, _FLAGS, _STARTTIME = 4, 9, 22
"""Fields, counted from 1 as the manual page does."""
_FIRST_AFTER_COMM = 3
_MAX_BYTES = 4096


class ProcessStat(NamedTuple):
    """The fields that are used here."""

    flags: int
    """PF_* flags of the kernel."""
    starttime_ticks: int
    """When the process started, in clock ticks since boot."""
    ppid: int
    """Its parent; 0 where there is none, or none that we may see."""
    program: bytes
    """The name it goes by, as in ``/proc/PID/comm``."""

    @property
    def is_kernel_thread(self) -> bool:
        """Tell whether the process is a thread of the kernel, which has no executable and holds no files."""
        return self.flags & PF_KTHREAD != 0


def parse_stat(line: bytes) -> ProcessStat | None:
    """Return the fields of a stat line, or None where it is malformed.

    The name in parentheses is the process's own choice and may hold anything, so it ends at the last parenthesis.
    """
    start, end = line.find(b"(") + 1, line.rfind(b")")
    fields = line[end + 1 :].split()
    try:
        ppid, flags, ticks = (int(fields[number - _FIRST_AFTER_COMM]) for number in (_PPID, _FLAGS, _STARTTIME))
    except (ValueError, IndexError):
        return None
    return ProcessStat(flags, ticks, ppid, line[start:end]) if 0 < start <= end else None


def read_stat(proc: str, pid: int) -> ProcessStat | None:
    """Return the fields of a process, or None where it is gone or its line malformed."""
    try:
        return parse_stat(read_small(f"{proc}/{pid}/stat"))
    except OSError:
        return None


def is_kernel_thread(proc: str, pid: int) -> bool:
    """Tell whether a process is a thread of the kernel, which holds no files."""
    stat = read_stat(proc, pid)
    return stat is not None and stat.is_kernel_thread


def read_small(path: str, max_bytes: int = _MAX_BYTES) -> bytes:
    """Return the first bytes of a file of ``/proc``, 4 KiB of them; a third of what ``open`` costs."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, max_bytes)
    finally:
        os.close(descriptor)
