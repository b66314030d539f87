"""The part of psutil that is used, as types: psutil itself, or recorded answers in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class PsutilAddress(Protocol):
    """An address and port."""

    @property
    def ip(self) -> str:
        """Return the address, with its zone after ``%`` where it has one."""

    @property
    def port(self) -> int:
        """Return the port number."""


class PsutilSocket(Protocol):
    """One socket; psutil gives ``()`` for an address that there is none of."""

    @property
    def family(self) -> int:
        """Return AF_INET or AF_INET6 of this system."""

    @property
    def type(self) -> int:
        """Return SOCK_STREAM or SOCK_DGRAM of this system."""

    @property
    def laddr(self) -> PsutilAddress | tuple[()]:
        """Return the local end."""

    @property
    def raddr(self) -> PsutilAddress | tuple[()]:
        """Return the remote end."""

    @property
    def status(self) -> str:
        """Return ``LISTEN``, ``ESTABLISHED``...; ``NONE`` for UDP."""


class PsutilHeldSocket(PsutilSocket, Protocol):
    """One socket of the whole system's list."""

    @property
    def pid(self) -> int | None:
        """Return the process that holds it, where psutil knows."""


class PsutilUids(Protocol):
    """User ids of a process."""

    @property
    def effective(self) -> int:
        """Return the effective one."""


class PsutilProcess(Protocol):
    """One process; every method may raise the errors of ``PsutilApi``."""

    @property
    def pid(self) -> int:
        """Return the process id."""

    def name(self) -> str:
        """Return the name of the program."""

    def exe(self) -> str:
        """Return the path of the executable, or an empty text."""

    def uids(self) -> PsutilUids:
        """Return the user ids; there is no such method on Windows."""

    def username(self) -> str:
        """Return the name of the user."""

    def create_time(self) -> float:
        """Return the start, in seconds of Unix time."""

    def parent(self) -> PsutilProcess | None:
        """Return its parent, or None where it has none; a later process with the parent's id does not count."""

    def cmdline(self) -> list[str]:
        """Return its command line, its own name first."""

    def net_connections(self, kind: str) -> Iterable[PsutilSocket]:
        """Return the sockets it holds."""


class PsutilApi(Protocol):
    """The module."""

    AccessDenied: type[Exception]
    NoSuchProcess: type[Exception]

    def net_connections(self, kind: str) -> Iterable[PsutilHeldSocket]:
        """Return the sockets of the whole system."""

    def process_iter(self) -> Iterable[PsutilProcess]:
        """Yield every process."""

    def Process(self, pid: int) -> PsutilProcess:  # noqa: N802 - psutil's name
        """Return one process."""
