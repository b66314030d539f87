"""What psutil tells of processes on macOS and Windows; the answers are recorded by hand from its documentation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from quietport.host.psutil_owners import PsutilOwners
from quietport.model.owner import NOT_LOOKED, Ancestor, Owner
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.host.psutil_api import PsutilApi


class AccessDeniedError(Exception):
    """Stands for psutil.AccessDenied."""


class NoSuchProcessError(Exception):
    """Stands for psutil.NoSuchProcess."""


class FakeProcess:
    """Answers as a psutil.Process; an answer that is an exception is raised."""

    def __init__(self, pid: int, name: str, exe: str, cmdline: Any = (), parent: Any = None) -> None:
        """Keep the answers."""
        self.pid = pid
        self._answers = {"name": name, "exe": exe, "cmdline": cmdline, "parent": parent}
        self._answers |= {"uids": SimpleNamespace(effective=501), "username": "anna", "create_time": 1786924800.0}
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """Return a method that gives the answer."""

        def answer() -> Any:
            self.asked.append(name)
            found = self._answers[name]
            if isinstance(found, type) and issubclass(found, Exception):
                raise found
            return list(found) if name == "cmdline" else found

        return answer


def read(*processes: FakeProcess, with_command: bool = False) -> Owner:
    api = SimpleNamespace(
        AccessDenied=AccessDeniedError,
        NoSuchProcess=NoSuchProcessError,
        Process=lambda pid: next(process for process in processes if process.pid == pid),
    )
    owners = PsutilOwners(cast("PsutilApi", api), with_command=with_command).find({processes[0].pid})
    assert not isinstance(owners, Unknown)
    return owners[0]


def test_parents_script_and_debugger() -> None:
    launchd = FakeProcess(1, "launchd", "/sbin/launchd")
    shell = FakeProcess(20, "zsh", "/bin/zsh", parent=launchd)
    command = ("node", "--inspect", "/Users/anna/app.js", "--token", "hunter2")
    owner = read(FakeProcess(30, "node", "/opt/homebrew/bin/node", command, shell), with_command=True)
    assert owner.ancestors == (Ancestor(20, "zsh"), Ancestor(1, "launchd"))
    assert (owner.script, owner.debugger) == ("/Users/anna/app.js", "node-inspect")
    assert owner.command == ("node", "--inspect", "/Users/anna/app.js", "--token", "***")


def test_a_command_line_is_kept_only_where_it_was_asked_for() -> None:
    owner = read(FakeProcess(30, "python.exe", r"C:\Python311\python.exe", (r"C:\Python311\python.exe", "app.py")))
    assert (owner.command, owner.script) == (NOT_LOOKED, "app.py")


def test_a_command_line_that_may_not_be_read() -> None:
    owner = read(FakeProcess(30, "python3.11", "/usr/bin/python3.11", AccessDeniedError), with_command=True)
    assert owner.command == Unknown(Reason.PERMISSION, "command of process 30")
    assert owner.script == Unknown(Reason.PERMISSION, "script of process 30")


@pytest.mark.parametrize("error", [AccessDeniedError, NoSuchProcessError])
def test_a_chain_ends_where_the_next_may_not_be_asked(error: type[Exception]) -> None:
    above = FakeProcess(20, "zsh", "/bin/zsh", parent=error)
    assert read(FakeProcess(30, "nc", "/usr/bin/nc", parent=above)).ancestors == (Ancestor(20, "zsh"),)


def test_a_parent_that_may_not_be_asked_for_at_all() -> None:
    owner = read(FakeProcess(30, "nc", "/usr/bin/nc", parent=AccessDeniedError))
    assert owner.ancestors == Unknown(Reason.PERMISSION, "ancestors of process 30")


def test_a_loop_ends() -> None:
    first = FakeProcess(20, "a", "/a")
    second = FakeProcess(21, "b", "/b", parent=first)
    first._answers["parent"] = second
    assert read(FakeProcess(30, "nc", "/usr/bin/nc", parent=first)).ancestors == (Ancestor(20, "a"), Ancestor(21, "b"))


def test_what_only_linux_tells() -> None:
    owner = read(FakeProcess(30, "nc", "/usr/bin/nc"))
    assert (owner.unit, owner.container, owner.activation, owner.stdin_socket) == tuple(
        Unknown(Reason.NOT_SUPPORTED, f"{what} of process 30")
        for what in ("unit", "container", "activation", "standard input")
    )
