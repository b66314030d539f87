"""One socket as a tool printed it, and what one block of output told besides."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from quietport.host.printed.endpoint_text import Ends
    from quietport.model.listener import Family
    from quietport.model.port import Transport


class PrintedState(Enum):
    """What a printed state means to us; a socket in any other state is passed over."""

    LISTENS = auto()
    """TCP that accepts, or UDP that is bound and not connected."""
    BOUND = auto()
    """TCP that has a port and neither accepts nor is connected."""
    CONNECTED = auto()
    """An established connection, or a UDP socket with a remote end."""


class Holder(NamedTuple):
    """A process that holds a socket, as far as it was printed; every text is hostile."""

    pid: int
    """Process id."""
    program: str
    """Its name; empty where only the process id was printed."""
    user: str | None = None
    """Name of its user, or None where that was not printed."""
    uid: int | None = None
    """Its user id, or None where that was not printed."""
    unit: str | None = None
    """Its systemd unit, or None where that was not printed."""
    is_kernel: bool = False
    """The process id stands for the kernel itself."""


class SocketLine(NamedTuple):
    """One socket; a tuple, because there may be 100,000."""

    transport: Transport
    """TCP, UDP, SCTP or DCCP."""
    family: Family
    """As exactly as the output tells it."""
    state: PrintedState
    """Whether it listens or is connected."""
    local_address: str
    """Address it is bound to; ``0.0.0.0`` or ``::`` for every one."""
    local_port: int
    """Port it is bound to."""
    remote_address: str = ""
    """Address of the other end; empty where there is none."""
    remote_port: int = 0
    """Port of the other end, or 0."""
    interface: str | None = None
    """The interface it is bound to, or None."""
    holders: tuple[Holder, ...] = ()
    """Who holds it; empty where that was not printed."""
    uid: int | None = None
    """User id the socket was made by, or None where that was not printed."""
    inode: int = 0
    """Socket inode, or 0 where that was not printed."""


def make_line(
    transport: Transport,
    family: Family,
    state: PrintedState,
    ends: Ends,
    holders: tuple[Holder, ...] = (),
    uid: int | None = None,
    inode: int = 0,
) -> SocketLine:
    """Return the socket with these ends; the far one is left out where it is not connected."""
    is_connected = state is PrintedState.CONNECTED
    return SocketLine(
        transport=transport,
        family=family,
        state=state,
        local_address=ends.local.text,
        local_port=ends.local_port,
        remote_address=ends.remote.text if is_connected else "",
        remote_port=ends.remote_port if is_connected else 0,
        interface=ends.local.zone or None,
        holders=holders,
        uid=uid,
        inode=inode,
    )


class Findings:
    """What one block of output has told so far; made by its parser, read when the block is over."""

    def __init__(self, tool: str) -> None:
        """Begin with nothing."""
        self.tool = tool
        """The tool that printed it."""
        self.sockets: list[SocketLine] = []
        """Sockets that listen, are bound or are connected, in the order printed."""
        self.names_unread = 0
        """Sockets left out because their port or address was printed as a name that nothing here translates."""
        self.addresses_cut = 0
        """Addresses that the tool cut off to fit a column."""
        self.programs_cut = 0
        """Names of programs that fill their column, and may go on beyond it."""
        self.states_unread = 0
        """Connections left out because their state is a word of no language known here."""
        self.records_unread = 0
        """Records of several lines that could not be understood."""
        self.tells_pids = False
        """Some process id was printed, or a column for it."""
        self.tells_programs = False
        """Some program's name was printed, or a column for it."""
        self.tells_both = False
        """The form shows TCP and UDP sockets, whichever there are: one that is missing is not there."""
