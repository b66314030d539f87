"""The line ``/proc/PID/stat`` (``man 5 proc_pid_stat``)."""

from __future__ import annotations

import os
from typing import NamedTuple

PF_KTHREAD = 0x0020_0000
"""The process is a thread of the kernel (include/linux/sched.h)."""
_FLAGS, _STARTTIME = 9, 22
"""Fields, counted from 1 as the manual page does."""
_FIRST_AFTER_COMM = 3
_MAX_BYTES = 4096


class ProcessStat(NamedTuple):
    """The two fields that are used here."""

    flags: int
    """PF_* flags of the kernel."""
    starttime_ticks: int
    """When the process started, in clock ticks since boot."""


def parse_stat(line: bytes) -> ProcessStat | None:
    """Return the fields of a stat line, or None where it is malformed.

    The name in parentheses is the process's own choice and may hold anything, so fields are counted
    from the last parenthesis.
    """
    fields = line[line.rfind(b")") + 1 :].split()
    try:
        flags, ticks = int(fields[_FLAGS - _FIRST_AFTER_COMM]), int(fields[_STARTTIME - _FIRST_AFTER_COMM])
    except (ValueError, IndexError):
        return None
    return ProcessStat(flags, ticks)


def read_stat(proc: str, pid: int) -> ProcessStat | None:
    """Return the fields of a process, or None where it is gone or its line malformed."""
    try:
        return parse_stat(read_small(f"{proc}/{pid}/stat"))
    except OSError:
        return None


def is_kernel_thread(proc: str, pid: int) -> bool:
    """Tell whether a process is a thread of the kernel, which holds no files."""
    stat = read_stat(proc, pid)
    return stat is not None and stat.flags & PF_KTHREAD != 0


def read_small(path: str) -> bytes:
    """Return the first 4 KiB of a file of ``/proc``; a third of what ``open`` costs."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)
