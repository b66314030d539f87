"""What two views of the same ports say: the kernel's tables, and a bind to every port."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from quietport.model.endpoint import Endpoint
    from quietport.model.listener import Family
    from quietport.model.port import Port
    from quietport.model.unknown import Coverage, Unknown


class PortClass(StrEnum):
    """What a port that is busy or listed turned out to be; the gravest that fits."""

    HIDDEN = "hidden"
    """Busy at every look, and in no table at any."""
    MISMATCH = "mismatch"
    """A socket on it is in one table at every look, and in the other at none."""
    UNLISTED = "unlisted"
    """Busy and in no table, of a kernel whose tables do not list sockets that are bound and no more."""
    LISTENING = "listening"
    """TCP in LISTEN, or a UDP socket that is bound and not connected."""
    BOUND = "bound"
    """A TCP socket is bound to it, and does nothing."""
    CLIENT = "client"
    """The end of a connection, or what is left of one (TIME_WAIT)."""


class Table(StrEnum):
    """Where the kernel tells of its sockets."""

    SOCK_DIAG = "sock_diag"
    """Over netlink (``man 7 sock_diag``): what ``ss`` shows."""
    PROC_NET = "/proc/net"
    """As text, ``/proc/net/{tcp,tcp6,udp,udp6}``: what ``netstat`` shows."""


class Answer(StrEnum):
    """What came of an attempt to connect over loopback."""

    ACCEPTED = "accepted"
    """Something listens: the connection was made, and closed without a byte."""
    REFUSED = "refused"
    """A reset: nothing listens on the loopback address."""
    NO_ANSWER = "no-answer"
    """Neither within the time, or no way there."""
    NOT_TRIED = "not-tried"
    """UDP cannot be asked without sending something; or there were too many."""


class HiddenPort(Struct, frozen=True):
    """A port that is busy and in no table."""

    endpoint: Endpoint
    """Its port, and the address that seems to be bound, as far as further binds tell."""
    family: Family
    """Which families are busy."""
    answer: Answer
    """What came of connecting to it."""


class Mismatch(Struct, frozen=True):
    """A socket that one table lists and the other does not."""

    local: Endpoint
    """Address and port it is bound to."""
    remote: Endpoint | None
    """The other end, or None where there is none."""
    family: Family
    """Address family, as far as the table tells it."""
    listens: bool
    """It takes what arrives, as against one end of a connection."""
    listed_by: Table
    """The table that lists it; the other one does not."""
    uid: int
    """User id the socket was made by."""
    inode: int
    """Socket inode; 0 where no file refers to it."""


class CrossView(Struct, frozen=True):
    """The answer of ``check --hidden``: what was done, and what came of it."""

    namespace: str | Unknown
    """The network namespace that was looked at."""
    counts: tuple[tuple[PortClass, int], ...]
    """How many ports (with transport) are of each class; a class without any is left out."""
    hidden: tuple[HiddenPort, ...]
    """In order of port number, transport and address."""
    mismatches: tuple[Mismatch, ...]
    """In the same order, of the local end."""
    probed: int
    """How many ports (with transport) told by a bind whether they are busy."""
    dual_stack: bool
    """One bind asked both families; False where this kernel has no IPv6."""
    tables: tuple[Table, ...]
    """The tables that could be read, at the last look."""
    looks: int
    """How often the tables were read: twice, and once for every further look."""
    settled: int
    """Ports that disagreed at first and no longer did: sockets that came or went."""
    elapsed_s: float
    """How long all of it took."""
    coverage: Coverage
    """What could not be probed or compared."""

    @property
    def ports(self) -> tuple[Port, ...]:
        """Return the ports that disagree, in order, each once."""
        found = {one.endpoint.port for one in self.hidden} | {one.local.port for one in self.mismatches}
        return tuple(sorted(found))
