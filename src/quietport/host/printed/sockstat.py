"""``sockstat -l`` of FreeBSD (``man 1 sockstat``).

``USER COMMAND PID FD PROTO LOCAL-ADDRESS FOREIGN-ADDRESS [...]``: a name may hold blanks, so a row is read from its
protocol to both sides. Where no process holds a socket question marks stand in the first four columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.printed.endpoint_text import family_of, find_ends, find_pid, is_number
from quietport.host.printed.interface import Format
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, make_line
from quietport.model.listener import Family
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

PROTOCOLS = {
    f"{one}{kind}": (one, kind) for one in (Transport.TCP, Transport.UDP, Transport.SCTP) for kind in ("4", "6", "46")
}
OTHER_PROTOCOLS = frozenset({"stream", "dgram", "seqpac", "div4", "divert4", "icmp4", "icmp6", "udpl4", "udpl6"})
COMMAND_LETTERS = 10
"""Letters of a name that FreeBSD printed before release 14 without ``-w``."""
_LEADING = 4  # USER, COMMAND, PID, FD


def _split(line: str) -> tuple[list[str], list[str]] | None:
    """Return what stands before the protocol of a row, and from it on; None for no row."""
    fields = line.split()
    for at in range(_LEADING, len(fields) - 1):
        if fields[at] in PROTOCOLS or fields[at] in OTHER_PROTOCOLS:
            pid, file = fields[at - 2], fields[at - 1]
            known = is_number(pid) and (is_number(file) or file == "?")
            return (fields[:at], fields[at:]) if known or (pid, file) == ("?", "?") else None
    return None


def _is_header(line: str) -> bool:
    return line.split()[:5] == ["USER", "COMMAND", "PID", "FD", "PROTO"]


def begins(line: str) -> bool:
    """Tell whether a line is the header of sockstat, or a row."""
    return _is_header(line) or _split(line) is not None


class SockstatBlock:
    """A block of ``sockstat``."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._name_to_port = name_to_port
        self._found = Findings("sockstat")
        self._found.tells_pids = self._found.tells_programs = True
        self._cut: set[Holder] = set()
        self._longest = 0

    def take(self, line: str) -> bool:
        """Take in a header or a row."""
        split = _split(line)
        if split is None:
            return _is_header(line)
        before, (protocol, local, *rest) = split
        if protocol in OTHER_PROTOCOLS:
            return True
        if not rest:
            return False
        self._take_row(before, protocol, local, rest)
        return True

    def _take_row(self, before: list[str], protocol: str, local: str, rest: list[str]) -> None:
        transport, kind = PROTOCOLS[protocol]
        listens = rest[0] == "*:*"
        if not listens and transport is not Transport.UDP and rest[-1].isupper() and rest[-1] != "ESTABLISHED":
            return
        is_ipv6 = kind != "4"
        ends = find_ends(local, rest[0], transport, self._name_to_port, is_ipv6=is_ipv6)
        if ends is None:
            self._found.names_unread += 1
        elif ends.local_port:
            is_closed = listens and transport is not Transport.UDP and rest[-1] in {"CLOSED", "BOUND"}
            state = PrintedState.LISTENS if listens else PrintedState.CONNECTED
            self._found.sockets.append(
                make_line(
                    transport,
                    family_of(ends.local.text, Family.DUAL if kind == "46" else Family.IPV6),
                    PrintedState.BOUND if is_closed else state,
                    ends,
                    self._holders(before),
                )
            )

    def _holders(self, before: list[str]) -> tuple[Holder, ...]:
        user, *command, number, _ = before
        pid = find_pid(number)
        if pid is None:
            return ()
        holder = Holder(pid, " ".join(command), None if user == "?" else user)
        self._longest = max(self._longest, len(holder.program))
        if len(holder.program) >= COMMAND_LETTERS:
            self._cut.add(holder)
        return (holder,)

    def finish(self) -> Findings:
        """Return what the block told."""
        self._found.programs_cut = len(self._cut) if self._longest == COMMAND_LETTERS else 0
        return self._found


FORMAT = Format("sockstat -l", begins, SockstatBlock)
"""``sockstat`` of FreeBSD."""
