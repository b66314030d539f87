"""``netstat`` of Linux: net-tools, and the applet of busybox (``man 8 netstat``).

``Proto Recv-Q Send-Q Local-Address Foreign-Address [State] [User Inode] [PID/Program-name] [Timer]``

Both speak the language of the system, so rows are known by their shape. Without ``-W`` net-tools cuts an IPv6 address
until address, colon and port fit 23 columns, and both keep 19 letters of ``PID/Program name``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.endpoint_text import family_of, find_ends, find_pid, is_number
from quietport.host.printed.interface import Format
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, make_line
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

PROTOCOLS = {f"{one}{six}": one for one in (Transport.TCP, Transport.UDP, Transport.SCTP) for six in ("", "6")}
OTHER_PROTOCOLS = frozenset(
    [
        "unix",
        "raw",
        "raw6",
        "udplite",
        "udplite6",
        "udpl",
        "udpl6",
        "icmp",
        "icmp6",
        "ax25",
        "ipx",
        "l2cap",
        "rfcomm",
        "bluetooth",
        "x25",
        "netrom",
    ]
)
ESTABLISHED = frozenset({"ESTABLISHED", "VERBUNDEN", "УСТАНОВЛЕНО"})
"""net-tools, po/de.po and po/ru.po."""
OTHER_STATES = frozenset(
    [
        "SYN_SENT",
        "SYN_RECV",
        "SYN_RCVD",
        "FIN_WAIT1",
        "FIN_WAIT2",
        "FIN_WAIT_1",
        "FIN_WAIT_2",
        "TIME_WAIT",
        "CLOSE_WAIT",
        "LAST_ACK",
        "CLOSING",
        "CLOSE",
        "CLOSED",
        "UNKNOWN",
        "LISTEN",
    ]
)
WIDTH = 23
"""Columns that an address and a port have without ``-W`` (net-tools, netstat.c, addr_do_one)."""
PROGRAM_WIDTH = 19
"""Letters that stay of ``PID/Program name`` (net-tools, netstat.c, PROGNAME_WIDTH)."""
_TIMERS = ("off", "on", "on2", "on3", "keepalive", "timewait", "probe", "unkn")
_NOT_ROOT = ("(Not all processes could be identified", "will not be shown, you would have to be root", "(No info could")
_COLUMNS = 5


def _split(line: str) -> list[str] | None:
    """Return protocol, queues, ends and the rest of a row, or None where it is none."""
    fields = line.split(None, _COLUMNS)
    if len(fields) < _COLUMNS or fields[0] not in PROTOCOLS or not is_number(fields[1]) or not is_number(fields[2]):
        return None
    # BSD ends an address with a dot and the port.
    if any(end.rfind(".") > end.rfind(":") for end in fields[3:5]):
        return None
    return [*fields, ""][: _COLUMNS + 1]


def _is_header(line: str) -> bool:
    return line.startswith("Proto ") and "Local Address" in line and "(state)" not in line and "Foreign Address" in line


def begins(line: str) -> bool:
    """Tell whether a line is the header in English, a row, or the note above both that it takes root to see more."""
    is_header = _is_header(line) and "TCP-State" not in line
    return is_header or line.startswith(_NOT_ROOT[0::2]) or _split(line) is not None


class LinuxNetstatBlock:
    """A block of ``netstat`` of Linux."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._name_to_port = name_to_port
        self._found = Findings("netstat")
        self._narrow_ends = 0
        self._is_wide = False
        self._cut: set[Holder] = set()

    def take(self, line: str) -> bool:
        """Take in a header, a row, or a line about sockets without a port."""
        fields = _split(line)
        if fields is not None:
            return self._take_row(*fields)
        if _is_header(line):
            self._found.tells_pids |= "PID/Program" in line
            self._found.tells_programs |= "PID/Program" in line
            return True
        return (
            line.strip().startswith(_NOT_ROOT)
            or line.startswith(("Active ", "Proto RefCnt"))
            or line.partition(" ")[0] in OTHER_PROTOCOLS
        )

    def _take_row(self, protocol: str, _recv: str, _send: str, local: str, foreign: str, rest: str) -> bool:
        transport = PROTOCOLS[protocol]
        self._is_wide |= max(len(local), len(foreign)) > WIDTH
        word = "" if transport is Transport.UDP and foreign.endswith(":*") else rest.partition(" ")[0]
        state = self._state(transport, foreign, word)
        if state is None:
            return True
        is_ipv6 = protocol.endswith("6") or local.count(":") > 1
        ends = find_ends(local, foreign, transport, self._name_to_port, is_ipv6=is_ipv6)
        if ends is None:
            is_cut = is_ipv6 and WIDTH in {len(local), len(foreign)}
            self._found.addresses_cut += is_cut
            self._found.names_unread += not is_cut
            return True
        self._narrow_ends += is_ipv6 and len(local) == WIDTH
        uid, inode, holders = self._owner(rest.removeprefix(word).strip())
        if ends.local_port:
            self._found.sockets.append(
                make_line(transport, family_of(ends.local.text), state, ends, holders, uid, inode)
            )
        return True

    def _state(self, transport: Transport, foreign: str, word: str) -> PrintedState | None:
        """Return what the row means: whoever has no foreign end listens, in every language."""
        if foreign.endswith(":*"):
            is_closed = transport is not Transport.UDP and word in {"CLOSE", "CLOSED"}
            return PrintedState.BOUND if is_closed else PrintedState.LISTENS
        if word in ESTABLISHED:
            return PrintedState.CONNECTED
        self._found.states_unread += word not in OTHER_STATES
        return None

    def _owner(self, rest: str) -> tuple[int | None, int, tuple[Holder, ...]]:
        """Return user id, inode and holder, as far as those columns are there."""
        uid, inode = None, 0
        rest = _without_timer(rest)
        columns = rest.split(None, 2)
        if len(columns) > 1 and is_number(columns[1]) and "/" not in columns[0]:
            uid, inode = int(columns[0]) if is_number(columns[0]) else None, int(columns[1])
            rest = columns[2] if len(columns) > 2 else ""  # noqa: PLR2004 - the third
        number, slash, name = rest.rstrip().partition("/")
        pid = find_pid(number) if slash else None
        if pid is None:
            return uid, inode, ()
        self._found.tells_pids = self._found.tells_programs = True
        # What a program has written over its arguments begins with its name: ``nginx: master``, ``sshd: /usr/sb``.
        holder = Holder(pid, name.partition(": ")[0].removesuffix(":"))
        if len(rest.rstrip()) >= PROGRAM_WIDTH and ":" not in name:
            self._cut.add(holder)
        return uid, inode, (holder,)

    def finish(self) -> Findings:
        """Return what the block told."""
        if not self._is_wide:
            self._found.addresses_cut += self._narrow_ends
        self._found.programs_cut = len(self._cut)
        return self._found


def _without_timer(rest: str) -> str:
    head, bracket, _ = rest.rpartition(" (")
    before, _, word = head.rstrip().rpartition(" ")
    return before if bracket and rest.endswith(")") and word.startswith(_TIMERS) else rest


FORMAT = Format("netstat -ltnup", begins, LinuxNetstatBlock, is_titled=True)
"""``netstat`` of Linux."""
