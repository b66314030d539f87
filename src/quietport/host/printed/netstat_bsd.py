"""``netstat -an`` of macOS, FreeBSD and OpenBSD.

``Proto Recv-Q Send-Q Local.port Foreign.port [(state)] [rhiwat shiwat pid epid ...]``

macOS with ``-v`` names the process: in a column ``pid``, since 2024 in ``process:pid``. Without ``-W`` an address is
cut to 16 letters (usr.bin/netstat/inet.c, inetprint). ``46`` after the protocol is IPv6 that takes IPv4 too, ``6`` is
IPv6 alone; OpenBSD has no socket that takes both (``man 4 inet6``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quietport.host.printed.endpoint_text import family_of, find_ends, find_pid, is_number
from quietport.host.printed.interface import Format
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, make_line
from quietport.model.listener import Family
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

PROTOCOLS = {
    f"{one}{kind}": (one, kind)
    for one in (Transport.TCP, Transport.UDP, Transport.SCTP)
    for kind in ("", "4", "6", "46")
}
STATES = {
    "LISTEN": PrintedState.LISTENS,
    "ESTABLISHED": PrintedState.CONNECTED,
    "CLOSED": PrintedState.BOUND,
    "BOUND": PrintedState.BOUND,
}
OTHER_STATES = frozenset(
    ["SYN_SENT", "SYN_RCVD", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"]
)
ADDRESS_WIDTH = 16
"""Letters that stay of an address without ``-W``."""
COMM_LETTERS = 16
"""Letters that macOS keeps of a process's name (MAXCOMLEN, sys/param.h)."""
_NAME_AND_PID = re.compile(r"(.{0,64}?):([0-9]{1,10})(?= +[0-9a-f]{5} |$)")
# A name may hold blanks and brackets; the five digits of the socket's state follow the process id.
_PORT_WIDTH = 6  # a dot and five digits
_COLUMNS = 5


def _split(line: str) -> list[str] | None:
    """Return protocol, queues, ends and the rest of a row, or None where it is none."""
    fields = line.split(None, _COLUMNS)
    if len(fields) > 1 and fields[0] not in PROTOCOLS and fields[1] in PROTOCOLS:
        # With -A the address of the control block stands first.
        fields = line.split(None, _COLUMNS + 1)[1:]
    if len(fields) < _COLUMNS or fields[0] not in PROTOCOLS or not is_number(fields[1]) or not is_number(fields[2]):
        return None
    if any(end.rfind(".") <= end.rfind(":") for end in fields[3:5]):
        return None
    return [*fields, ""][: _COLUMNS + 1]


def _is_header(line: str) -> bool:
    return "Proto " in line[:24] and "Local Address" in line and ("(state)" in line or "Foreign Address" in line)


def begins(line: str) -> bool:
    """Tell whether a line is the header of BSD, or a row."""
    return (_is_header(line) and ("(state)" in line or "TCP-State" in line)) or _split(line) is not None


class BsdNetstatBlock:
    """A block of ``netstat`` of macOS or BSD."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._name_to_port = name_to_port
        self._found = Findings("netstat")
        self._extras: list[str] = []
        self._narrow_ends = 0
        self._is_wide = False
        self._elsewhere = False
        self._cut: set[Holder] = set()

    def take(self, line: str) -> bool:
        """Take in a header, a row, or a line about sockets without a port."""
        fields = _split(line)
        if fields is not None:
            self._elsewhere = False
            return self._take_row(*fields)
        if _is_header(line):
            self._extras = line.partition("(state)")[2].split()
            self._found.tells_pids |= any(name in {"pid", "process:pid"} for name in self._extras)
            self._found.tells_programs |= "process:pid" in self._extras
            return True
        if line.startswith(("Active ", "Registered ")):
            # What follows under another title has no port.
            self._elsewhere = "Internet connections" not in line
            return True
        return self._elsewhere and line.partition(" ")[0] not in PROTOCOLS

    def _take_row(self, protocol: str, _recv: str, _send: str, local: str, foreign: str, rest: str) -> bool:
        transport, kind = PROTOCOLS[protocol]
        word, _, after = rest.partition(" ")
        if transport is Transport.UDP:
            state, after = PrintedState.LISTENS if foreign == "*.*" else PrintedState.CONNECTED, rest
        elif word in STATES:
            state = STATES[word]
        else:
            return word in OTHER_STATES
        self._is_wide |= max(len(local), len(foreign)) > ADDRESS_WIDTH + _PORT_WIDTH
        is_ipv6 = kind in {"6", "46"} or ":" in local
        ends = find_ends(local, foreign, transport, self._name_to_port, is_ipv6=is_ipv6, separator=".")
        if ends is None:
            is_cut = _fills(local) or _fills(foreign)
            self._found.addresses_cut += is_cut
            self._found.names_unread += not is_cut
        elif ends.local_port:
            self._narrow_ends += _fills(local)
            self._found.sockets.append(
                make_line(
                    transport,
                    family_of(ends.local.text, Family.DUAL if kind == "46" else Family.IPV6),
                    state,
                    ends,
                    self._holders(after.strip()),
                )
            )
        return True

    def _holders(self, extras: str) -> tuple[Holder, ...]:
        name = "process:pid" if "process:pid" in self._extras else "pid"
        if name not in self._extras:
            return ()
        before = self._extras.index(name)
        columns = extras.split(None, before)
        text = columns[before] if len(columns) > before else ""
        if name == "pid":
            pid = find_pid(text.partition(" ")[0])
            return () if pid is None else (Holder(pid, ""),)
        held = _NAME_AND_PID.match(text)
        if held is None or find_pid(held[2]) is None:
            return ()
        holder = Holder(int(held[2]), held[1])
        if len(held[1]) >= COMM_LETTERS:
            self._cut.add(holder)
        return (holder,)

    def finish(self) -> Findings:
        """Return what the block told."""
        if not self._is_wide:
            self._found.addresses_cut += self._narrow_ends
        self._found.programs_cut = len(self._cut)
        return self._found


def _fills(end: str) -> bool:
    host = end.rpartition(".")[0]
    return ":" in host and len(host) == ADDRESS_WIDTH


FORMAT = Format("netstat -an", begins, BsdNetstatBlock, is_titled=True)
"""``netstat`` of macOS, FreeBSD and OpenBSD."""
