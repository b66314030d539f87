r"""``lsof -i`` of Linux, macOS and FreeBSD: its table (``man 8 lsof``).

``COMMAND PID [TID TASKCMD] USER FD TYPE DEVICE SIZE/OFF NODE NAME``: TYPE is IPv4 or IPv6, NODE the transport, NAME
``local[->remote] [(STATE)]``. A socket that several processes hold stands on several lines; on Linux DEVICE is its
inode. Letters that are not plain are written ``\x20`` or ``^M``; ``+c 0`` prints names that are not cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.printed.endpoint_text import family_of, find_ends, find_pid, is_number
from quietport.host.printed.interface import Format
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, SocketLine, make_line
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

FAMILIES = {"IPv4": False, "IPv6": True, "inet": False}
TRANSPORTS = {"TCP": Transport.TCP, "UDP": Transport.UDP, "SCTP": Transport.SCTP}
STATES = {
    "LISTEN": PrintedState.LISTENS,
    "ESTABLISHED": PrintedState.CONNECTED,
    "BOUND": PrintedState.BOUND,
    "CLOSED": PrintedState.BOUND,
    "IDLE": PrintedState.BOUND,
}
COMMAND_LETTERS = 9
"""Letters of a name that are printed without ``+c``."""
_ESCAPES = re.compile(r"(?:\\x[0-9a-f]{2})+")
_LEADING = 2  # COMMAND and PID


class InternetFile(NamedTuple):
    """An open file of TYPE IPv4 or IPv6."""

    holder: Holder
    """The process."""
    is_ipv6: bool
    """TYPE."""
    device: str
    """DEVICE."""
    node: str
    """NODE: the transport."""
    name: str
    """NAME, without the state."""
    state: str
    """State without brackets, or empty."""


class LsofSockets:
    """The sockets that open files stand for: each once, however many processes hold it."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin with none."""
        self._name_to_port = name_to_port
        self.found = Findings("lsof")
        """What was told."""
        self.found.tells_pids = self.found.tells_programs = True
        self._sockets: dict[tuple[str, Transport, str, bool], SocketLine | None] = {}

    def add(self, file: InternetFile) -> bool:
        """Add an open file; False where it is none that can be understood."""
        transport = TRANSPORTS.get(file.node)
        if transport is None:
            return file.node.isalnum()
        key = (file.device, transport, file.name, file.is_ipv6)
        if key not in self._sockets:
            self._sockets[key] = self._parse(file, transport)
        held = self._sockets[key]
        if held is not None and file.holder not in held.holders:
            self._sockets[key] = held._replace(holders=(*held.holders, file.holder))
        return True

    def _parse(self, file: InternetFile, transport: Transport) -> SocketLine | None:
        local, arrow, remote = file.name.partition("->")
        state = STATES.get(file.state)
        if transport is Transport.UDP:
            state = PrintedState.CONNECTED if arrow else PrintedState.LISTENS
        if state is None or local in {"*:*", "no PCB", ""} or (state is PrintedState.CONNECTED and not arrow):
            return None
        ends = find_ends(local, remote, transport, self._name_to_port, is_ipv6=file.is_ipv6)
        if ends is None:
            self.found.names_unread += 1
        if ends is None or not ends.local_port:
            return None
        return make_line(
            transport, family_of(ends.local.text), state, ends, inode=int(file.device) if is_number(file.device) else 0
        )

    def finish(self) -> Findings:
        """Return what was told."""
        self.found.sockets = [held for held in self._sockets.values() if held is not None]
        return self.found


def unescape(text: str) -> str:
    r"""Return a name as the process wrote it, where lsof wrote ``\x20``; bytes that are no UTF-8 stay escaped."""
    if "\\x" not in text:
        return text
    return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("\\x", "")).decode("utf-8", "backslashreplace"), text)


def split_name(text: str) -> tuple[str, str]:
    """Return NAME without its state, and the state."""
    name, bracket, state = text.strip().rpartition(" (")
    if not bracket or not state.endswith(")"):
        return text.strip(), ""
    # With -T more than the state stands there: (LISTEN QR=0 QS=0).
    return name, state[:-1].partition(" ")[0]


def _is_header(line: str) -> bool:
    return line.startswith("COMMAND") and line.split()[-3:] in (
        ["SIZE/OFF", "NODE", "NAME"],
        ["OFFSET", "NODE", "NAME"],
    )


def _parse_row(line: str) -> InternetFile | None:
    fields = line.split()
    pid = find_pid(fields[1]) if len(fields) > _LEADING else None
    at = next((at for at, word in enumerate(fields[_LEADING:], _LEADING) if word in FAMILIES), 0)
    node = next((at_ for at_, word in enumerate(fields[at:], at) if word in TRANSPORTS or word == "ICMP"), 0)
    if pid is None or at <= _LEADING or node <= at or len(fields) <= node + 1:
        return None
    user = fields[at - 2] if at - 2 >= _LEADING else ""
    name, state = split_name(" ".join(fields[node + 1 :]))
    holder = Holder(
        pid, unescape(fields[0]), None if is_number(user) or not user else user, int(user) if is_number(user) else None
    )
    return InternetFile(holder, FAMILIES[fields[at]], fields[at + 1], fields[node], name, state)


def begins(line: str) -> bool:
    """Tell whether a line is the header of lsof, or a row about an internet file."""
    return _is_header(line) or _parse_row(line) is not None


class LsofBlock:
    """A block of lsof's table."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._sockets = LsofSockets(name_to_port)
        self._names: set[Holder] = set()
        self._longest = 0

    def take(self, line: str) -> bool:
        """Take in a header, a row of any file, or a warning."""
        if _is_header(line):
            return True
        file = _parse_row(line)
        if file is not None:
            printed = line.split(None, 1)[0]
            self._longest = max(self._longest, len(printed))
            if len(printed) >= COMMAND_LETTERS:
                self._names.add(file.holder)
            return self._sockets.add(file)
        if line.startswith("lsof: WARNING:") or line.strip() == "Output information may be incomplete.":
            return True
        fields = line.split()
        # Any other file of the process: a folder, a pipe, a device.
        return len(fields) > 5 and find_pid(fields[1]) is not None and not set(fields) & {*FAMILIES, *TRANSPORTS}  # noqa: PLR2004 - to TYPE

    def finish(self) -> Findings:
        """Return what the block told."""
        found = self._sockets.finish()
        found.programs_cut = len(self._names) if self._longest == COMMAND_LETTERS else 0
        return found


FORMAT = Format("lsof -nP -i", begins, LsofBlock)
"""The table of ``lsof``."""
