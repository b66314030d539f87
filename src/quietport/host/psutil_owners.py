"""Who a process is, as psutil tells it; what it may not tell is Unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from quietport.host.process.ancestors import MAX_ANCESTORS
from quietport.host.process.owners import rfc3339
from quietport.host.process.relay import gives_shell
from quietport.host.process.script import tell_script
from quietport.model.owner import NOT_LOOKED, Ancestor, Owner
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.host.process.script import Command
    from quietport.host.psutil_api import PsutilApi, PsutilProcess

FactT = TypeVar("FactT")


class PsutilOwners:
    """Reads each process once, however many sockets it holds."""

    def __init__(self, api: PsutilApi, *, with_command: bool = False) -> None:
        """Read nothing yet; ``with_command`` keeps command lines, secrets masked."""
        self._api = api
        self._with_command = with_command
        self._owners: dict[int, Owner | None] = {}
        self._shared: dict[tuple[int, ...], tuple[Owner, ...] | Unknown] = {}

    def find(self, pids: set[int]) -> tuple[Owner, ...] | Unknown:
        """Return these processes, lowest pid first, as a tuple shared by all sockets that they hold."""
        key = tuple(sorted(pids))
        if key not in self._shared:
            found = tuple(owner for owner in map(self._find_owner, key) if owner is not None)
            unknown = Unknown(Reason.EXITED if key else Reason.PERMISSION, "owner")
            self._shared[key] = found or unknown
        return self._shared[key]

    def _find_owner(self, pid: int) -> Owner | None:
        if pid not in self._owners:
            try:
                self._owners[pid] = self._read(self._api.Process(pid))
            except self._api.NoSuchProcess:
                self._owners[pid] = None
        return self._owners[pid]

    def _read(self, process: PsutilProcess) -> Owner:
        pid = process.pid
        program = self._ask(process.name, f"name of process {pid}")
        executable = self._ask(process.exe, f"executable of process {pid}")
        started = self._ask(process.create_time, f"start of process {pid}")
        command = self._command(process)
        told = tell_script(pid, executable or None, command)
        return Owner(
            pid=pid,
            program="" if isinstance(program, Unknown) else program,
            executable=executable or None,
            file=Unknown(Reason.NOT_SUPPORTED, f"file of process {pid}"),
            uid=self._ask(lambda: process.uids().effective, f"user of process {pid}"),
            user=self._ask(process.username, f"user of process {pid}"),
            started_at=started if isinstance(started, Unknown) else _moment(started, pid),
            ancestors=self._ask(lambda: self._climb(process), f"ancestors of process {pid}"),
            command=_masked(command) if self._with_command else NOT_LOOKED,
            script=told.script,
            unit=Unknown(Reason.NOT_SUPPORTED, f"unit of process {pid}"),
            container=Unknown(Reason.NOT_SUPPORTED, f"container of process {pid}"),
            activation=Unknown(Reason.NOT_SUPPORTED, f"activation of process {pid}"),
            stdin_socket=Unknown(Reason.NOT_SUPPORTED, f"standard input of process {pid}"),
            debugger=told.debugger,
            debugger_port=told.debugger_port,
            runs_shell=gives_shell(executable or None, command),
        )

    def _command(self, process: PsutilProcess) -> Command:
        command = self._ask(process.cmdline, f"command of process {process.pid}")
        return command if isinstance(command, Unknown) else tuple(command)

    def _climb(self, process: PsutilProcess) -> tuple[Ancestor, ...]:
        """Return the processes above one, nearest first; those above one that may not be asked are missing."""
        chain: dict[int, Ancestor] = {}
        above = process.parent()
        while above is not None and above.pid not in chain and len(chain) < MAX_ANCESTORS:
            try:
                chain[above.pid] = Ancestor(above.pid, above.name())
                above = above.parent()
            except (self._api.NoSuchProcess, self._api.AccessDenied):
                break
        return tuple(chain.values())

    def _ask(self, question: Callable[[], FactT], what: str) -> FactT | Unknown:
        try:
            return question()
        except self._api.AccessDenied:
            return Unknown(Reason.PERMISSION, what)
        except AttributeError:
            return Unknown(Reason.NOT_SUPPORTED, what)


def _masked(command: Command) -> Command:
    if isinstance(command, Unknown):
        return command
    from quietport.host.process.command_line import mask_secrets  # noqa: PLC0415 - only for who asks for command lines

    return mask_secrets(command)


def _moment(unix_s: float, pid: int) -> str | Unknown:
    return rfc3339(unix_s) or Unknown(Reason.NOT_SUPPORTED, f"start of process {pid}")
