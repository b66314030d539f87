"""Answers as psutil gives them on macOS and Windows, recorded by hand from its documentation."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from quietport.host.psutil_sockets import read_through_psutil
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.owner import Ancestor, Owner
from quietport.model.port import Port, Transport
from quietport.model.unknown import Reason, Unknown, Unseen

if TYPE_CHECKING:
    from quietport.host.psutil_api import PsutilApi

NO_USER = Unknown(Reason.NOT_SUPPORTED, "user of the socket")


def not_told(what: str, pid: int) -> Unknown:
    return Unknown(Reason.NOT_SUPPORTED, f"{what} of process {pid}")


def owner(pid: int, program: str, path: str, *above: Ancestor, script: str | None = None) -> Owner:
    return Owner(
        pid,
        program,
        path,
        not_told("file", pid),
        0,
        "root",
        "2026-08-17T00:00:00Z",
        ancestors=above,
        script=script,
        unit=not_told("unit", pid),
        container=not_told("container", pid),
        activation=not_told("activation", pid),
        stdin_socket=not_told("standard input", pid),
        debugger=None,
        debugger_port=None,
        runs_shell=False,
    )


LAUNCHD = owner(1, "launchd", "/sbin/launchd")
SERVER = owner(30, "server", "/opt/server", Ancestor(1, "launchd"))


class AccessDeniedError(Exception):
    """Stands for psutil.AccessDenied."""


class NoSuchProcessError(Exception):
    """Stands for psutil.NoSuchProcess."""


@dataclass
class FakeProcess:
    pid: int
    program: str
    path: str
    sockets: list[Any] | type[Exception] = field(default_factory=list)
    posix: bool = True
    above: FakeProcess | None = None
    command: list[str] | type[Exception] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        if name == "uids" and self.posix:
            return lambda: SimpleNamespace(real=0, effective=0, saved=0)
        raise AttributeError(name)

    def name(self) -> str:
        return self.program

    def exe(self) -> str:
        if self.path == "denied":
            raise AccessDeniedError
        return self.path

    def parent(self) -> FakeProcess | None:
        return self.above

    def cmdline(self) -> list[str]:
        if isinstance(self.command, type):
            raise self.command
        return self.command

    def username(self) -> str:
        return "root"

    def create_time(self) -> float:
        return 1786924800.25

    def net_connections(self, kind: str) -> list[Any]:
        assert kind == "inet"
        if isinstance(self.sockets, type):
            raise self.sockets
        return self.sockets


class FakePsutil:
    """Stands for the module; ``None`` in place of the sockets refuses the whole question."""

    AccessDenied = AccessDeniedError
    NoSuchProcess = NoSuchProcessError

    def __init__(self, sockets: list[Any] | None, *processes: FakeProcess) -> None:
        """Keep the answers."""
        self._sockets = sockets
        self._processes = {process.pid: process for process in processes}

    def net_connections(self, kind: str) -> list[Any]:
        assert kind == "inet"
        if self._sockets is None:
            raise AccessDeniedError
        return self._sockets

    def process_iter(self) -> list[FakeProcess]:
        return list(self._processes.values())

    def Process(self, pid: int) -> FakeProcess:  # noqa: N802 - psutil's name
        if pid not in self._processes:
            raise NoSuchProcessError
        return self._processes[pid]


def answer(
    local: tuple[str, int] | None,
    status: str,
    remote: tuple[str, int] | None = None,
    pid: int | None = None,
) -> SimpleNamespace:
    kind = socket.SOCK_DGRAM if status == "NONE" else socket.SOCK_STREAM
    family = socket.AF_INET6 if local and ":" in local[0] else socket.AF_INET
    ends = [SimpleNamespace(ip=end[0], port=end[1]) if end else () for end in (local, remote)]
    return SimpleNamespace(fd=-1, family=family, type=kind, laddr=ends[0], raddr=ends[1], status=status, pid=pid)


def read(api: FakePsutil, system: str = "darwin") -> Any:
    return read_through_psutil(lambda port: port.number == 851, system=system, api=cast("PsutilApi", api))


def listener(
    transport: Transport, address: str, port: int, family: Family, owners: Any, interface: str | None = None
) -> Listener:
    endpoint = Endpoint(address, Port(port, transport))
    return Listener(endpoint, family, ListenerState.LISTENING, interface, NO_USER, 1, owners)


def test_the_whole_systems_answer() -> None:
    launchd = FakeProcess(1, "launchd", "/sbin/launchd")
    view = read(
        FakePsutil(
            [
                answer(("::", 8080), "LISTEN", pid=30),
                answer(("0.0.0.0", 22), "LISTEN", pid=30),
                answer(("0.0.0.0", 22), "LISTEN", pid=1),
                answer(("fe80::1%lo0", 5353), "NONE", pid=1),
                answer(("0.0.0.0", 0), "NONE", pid=1),
                answer(("10.0.0.2", 22), "TIME_WAIT", ("10.0.0.5", 851), pid=None),
                answer(("10.0.0.2", 40000), "ESTABLISHED", ("10.0.0.5", 851), pid=30),
                answer(("10.0.0.2", 22), "ESTABLISHED", ("10.0.0.5", 851), pid=30),
                answer(None, "CLOSE"),
            ],
            launchd,
            FakeProcess(30, "server", "/opt/server", above=launchd),
        )
    )
    assert view.listeners == (
        listener(Transport.TCP, "0.0.0.0", 22, Family.IPV4, (LAUNCHD, SERVER)),
        listener(Transport.UDP, "fe80::1", 5353, Family.IPV6, (LAUNCHD,), "lo0"),
        listener(Transport.TCP, "::", 8080, Family.IPV6_MAYBE_DUAL, (SERVER,)),
    )
    local, remote = Endpoint("10.0.0.2", Port(40000, Transport.TCP)), Endpoint("10.0.0.5", Port(851, Transport.TCP))
    assert view.connections == (Connection(local, remote, Direction.OUTBOUND, NO_USER, 0, (SERVER,)),)
    assert (view.method, view.coverage.unseen) == ("psutil", ())


def test_a_macos_user_is_refused_as_a_whole_and_every_process_is_asked() -> None:
    launchd = FakeProcess(1, "launchd", "/sbin/launchd", AccessDeniedError)
    view = read(
        FakePsutil(
            None,
            launchd,
            FakeProcess(29, "gone", "/bin/gone", NoSuchProcessError),
            FakeProcess(30, "server", "/opt/server", [answer(("127.0.0.1", 8080), "LISTEN")], above=launchd),
        )
    )
    assert view.listeners == (listener(Transport.TCP, "127.0.0.1", 8080, Family.IPV4, (SERVER,)),)
    assert view.coverage.unseen == (Unseen("unseen.sockets-of-processes", Reason.PERMISSION, "remedy.root", 1),)


def test_windows_tells_no_user_id_and_may_refuse_the_path() -> None:
    view = read(
        FakePsutil(
            [answer(("0.0.0.0", 135), "LISTEN", pid=900), answer(("0.0.0.0", 445), "LISTEN", pid=901)],
            FakeProcess(900, "svchost.exe", "denied", posix=False),
        ),
        "win32",
    )
    (first,), second = view.listeners[0].owners, view.listeners[1].owners
    assert (first.program, first.executable, first.uid) == (
        "svchost.exe",
        Unknown(Reason.PERMISSION, "executable of process 900"),
        Unknown(Reason.NOT_SUPPORTED, "user of process 900"),
    )
    assert second == Unknown(Reason.EXITED, "owner")


def test_a_socket_that_nobody_is_named_for_is_in_the_coverage() -> None:
    view = read(FakePsutil([answer(("0.0.0.0", 445), "LISTEN", pid=None)]), "win32")
    assert view.listeners[0].owners == Unknown(Reason.PERMISSION, "owner")
    assert view.coverage.unseen == (Unseen("unseen.owners-of-sockets", Reason.PERMISSION, "remedy.administrator", 1),)
