"""Who a process is: name, executable, user, start, unit, container, what it runs. Every text here is chosen by others.

Each file of a process is opened once, and only where it can tell something: a command line for an interpreter or a
relay, the parent's executable for a process whose standard input is a socket. What a process wrote itself (its name,
command line and environment) is what it says of itself; the kernel vouches for the rest.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from quietport.host.process.activation import find_variable, is_for_connection, is_inetd, passed_to, read_inner_pid
from quietport.host.process.ancestors import ProcessTree
from quietport.host.process.control_group import parse_control_group
from quietport.host.process.executable_file import read_executable
from quietport.host.process.interpreter import find_interpreter, is_busybox
from quietport.host.process.relay import gives_shell, is_relay
from quietport.host.process.script import Command, tell_script
from quietport.host.process.standard_input import read_stdin_socket
from quietport.host.process.stat import ProcessStat, read_small
from quietport.host.process.users import find_user
from quietport.model.owner import NOT_LOOKED, Activation, Container, Owner
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.model.package import Package

_CGROUP_BYTES = 16_384
_ENVIRON_BYTES = 131_072
_COMMAND_BYTES = 65_536

Membership = tuple[str | Unknown | None, Container | Unknown | None]
"""Unit and container."""


class OwnerReader:
    """Reads each process once, however many sockets it holds."""

    def __init__(self, proc: str, *, with_command: bool = False, root: str = "/") -> None:
        """Read nothing yet but the moment of boot.

        ``with_command`` keeps command lines, secrets masked. ``root`` is where the files of container engines lie.
        """
        self._proc = proc
        self._with_command = with_command
        self._root = root
        self._boot_s = read_boot_time(proc)
        self._ticks_per_s = clock_ticks_per_s()
        self._tree = ProcessTree(proc)
        self._owners: dict[int, Owner | None] = {}
        self._users: dict[int, str | None] = {}
        self._memberships: dict[bytes, Membership] = {}

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
        stat = self._tree.find_stat(pid)
        try:
            program = read_small(f"{self._proc}/{pid}/comm").removesuffix(b"\n") if stat is None else stat.program
        except OSError:
            return None
        is_kernel_thread = stat is not None and stat.is_kernel_thread
        executable, file = read_executable(self._proc, pid, is_kernel_thread=is_kernel_thread)
        uid = self._uid(pid)
        unit, container = self._membership(pid)
        stdin_socket = read_stdin_socket(self._proc, pid)
        environ = b"" if is_kernel_thread else self._environ(pid)
        command = self._command(pid, executable)
        told = tell_script(pid, executable, command, environ)
        return Owner(
            pid=pid,
            program=_text(program),
            executable=executable,
            file=file,
            uid=uid,
            user=uid if isinstance(uid, Unknown) else self._user(uid),
            started_at=self._started_at(pid, stat),
            ancestors=self._tree.find_ancestors(pid),
            command=_masked(command) if self._with_command else NOT_LOOKED,
            script=told.script,
            unit=unit,
            container=container,
            activation=self._activation(pid, stat, environ, unit, stdin_socket),
            stdin_socket=stdin_socket,
            debugger=told.debugger,
            debugger_port=told.debugger_port,
            runs_shell=gives_shell(executable, command),
        )

    def _uid(self, pid: int) -> int | Unknown:
        try:
            return os.stat(f"{self._proc}/{pid}").st_uid
        except OSError as error:
            return _unknown(error, f"user of process {pid}")

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

    def _membership(self, pid: int) -> Membership:
        """Return unit and container; processes of one control group share them."""
        try:
            text = read_small(f"{self._proc}/{pid}/cgroup", _CGROUP_BYTES)
        except OSError as error:
            unknown = _unknown(error, f"control group of process {pid}")
            return unknown, unknown
        found = self._memberships.get(text)
        if found is None:
            group = parse_control_group(text)
            container: Container | None = None
            if group.engine is not None or group.leaf is not None:
                from quietport.host.process.containers import find_container  # noqa: PLC0415 - most hosts have none

                container = find_container(group, self._root)
            found = self._memberships[text] = (group.unit, container)
        return found

    def _command(self, pid: int, executable: str | Unknown | None) -> Command:
        """Return the command line, where it was asked for or belongs to an interpreter or a relay."""
        tells = isinstance(executable, str) and (find_interpreter(executable) or is_relay(executable))
        if not self._with_command and not tells:
            return NOT_LOOKED
        from quietport.host.process.command_line import parse_command  # noqa: PLC0415 - only for some

        try:
            return parse_command(read_small(f"{self._proc}/{pid}/cmdline", _COMMAND_BYTES))
        except OSError as error:
            return _unknown(error, f"command of process {pid}")

    def _environ(self, pid: int) -> bytes | Unknown:
        try:
            return read_small(f"{self._proc}/{pid}/environ", _ENVIRON_BYTES)
        except OSError as error:
            return _unknown(error, f"environment of process {pid}")

    def _activation(
        self,
        pid: int,
        stat: ProcessStat | None,
        environ: bytes | Unknown,
        unit: str | Unknown | None,
        stdin_socket: bool | Unknown,
    ) -> Activation | Unknown:
        if isinstance(environ, Unknown):
            return Unknown(environ.reason, f"activation of process {pid}")
        if find_variable(environ, b"LISTEN_PID") is not None:
            inner = read_inner_pid(self._proc, pid)
            if any(passed_to(number, environ) for number in (pid, inner) if number is not None):
                return Activation.SYSTEMD
        if stdin_socket is not True or stat is None:
            return Activation.NONE
        parent, applet = self._parent(stat.ppid)
        if is_inetd(parent, applet):
            return Activation.INETD
        return Activation.SYSTEMD if is_for_connection(parent, unit) else Activation.NONE

    def _parent(self, pid: int) -> tuple[str, str | None]:
        """Return the executable of a parent, and the name by which a Busybox was called."""
        executable, _ = read_executable(self._proc, pid, is_kernel_thread=False)
        if not isinstance(executable, str):
            return "", None
        if not is_busybox(executable):
            return executable, None
        command = self._command(pid, executable)
        words = () if isinstance(command, Unknown) else command
        names = [word.rpartition("/")[2] for word in words[:2]]
        return executable, next((name for name in names if not is_busybox(name)), None)


def read_boot_time(proc: str) -> int | None:
    """Return when the machine started, in seconds of Unix time, or None where ``/proc/stat`` does not say."""
    try:
        with open(f"{proc}/stat", "rb") as file:
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


def _masked(command: Command) -> Command:
    if isinstance(command, Unknown):
        return command
    from quietport.host.process.command_line import mask_secrets  # noqa: PLC0415 - only for who asks for command lines

    return mask_secrets(command)


def _text(raw: bytes) -> str:
    """Return text that can be encoded again; bytes that are no UTF-8 become escapes."""
    return raw.decode("utf-8", "backslashreplace")


def _unknown(error: OSError, what: str) -> Unknown:
    return Unknown(Reason.PERMISSION if isinstance(error, PermissionError) else Reason.EXITED, what)
