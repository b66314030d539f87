"""Whether a process goes by a name that is not its own: only a kernel thread's name on a program says much.

Innocent programs name themselves freely (``postgres``, ``nginx: worker``, every JVM and every script), so a
name that differs from the file's is nothing yet. Kernel threads have no file at all (``/proc/PID/exe`` leads
nowhere), so a program that goes by the name of one pretends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.owner import base_name
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.judge.role import Roles
    from quietport.model.owner import Owner
    from quietport.model.registration import KnownProgram

COMM_LENGTH = 15
"""Bytes of a process's name that the kernel keeps (``TASK_COMM_LEN`` less the final nought)."""

_NAMED_BY_ANOTHER = frozenset({"interpreter", "multi-call", "shell", "super-server"})
# Their processes go by the name of the script, the applet or the service.


def disguise_of(
    owner: Owner,
    programs: Sequence[KnownProgram],
    alias_programs: Sequence[KnownProgram],
    roles: Roles,
) -> str | Unknown:
    """Return ``kernel-thread``, ``daemon`` (another known program's name on an unknown file) or ``no``.

    ``programs`` are known by the file's name, ``alias_programs`` by the name the process goes by.
    """
    executable = owner.executable
    if executable is None:
        return "no"
    if isinstance(executable, Unknown):
        return executable
    if roles.is_kernel_thread(owner.program):
        return "kernel-thread"
    name = base_name(executable)
    own = name.startswith(owner.program) or owner.program.startswith(name[:COMM_LENGTH])
    if own or programs or not alias_programs or not _NAMED_BY_ANOTHER.isdisjoint(roles.find(name)):
        return "no"
    return "daemon"
