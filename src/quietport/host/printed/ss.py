r"""``ss`` of iproute2: ``ss -ltnup`` and whatever else it was asked for (``man 8 ss``).

``[Netid] [State] Recv-Q Send-Q Local:Port Peer:Port [users:((...)) ino:N uid:N cgroup:PATH v6only:N]``

Netid is printed where more than one kind of socket was asked for, State where more than one state was. ``*`` is the
unspecified IPv6 address of a socket that takes IPv4 too; ``[::]`` one that does not (misc/ss.c, inet_addr_print).
Before iproute2 4.13 IPv6 stood without brackets and ``*`` was IPv4; such a block has a bare ``:::`` somewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.printed.endpoint_text import ANY_IPV4, family_of, find_ends, is_number
from quietport.host.printed.interface import Format
from quietport.host.printed.socket_line import Findings, Holder, PrintedState, make_line
from quietport.model.listener import Family
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

NETIDS = {"tcp": Transport.TCP, "udp": Transport.UDP, "sctp": Transport.SCTP, "dccp": Transport.DCCP}
OTHER_NETIDS = frozenset(
    [
        "raw",
        "icmp6",
        "u_str",
        "u_dgr",
        "u_seq",
        "nl",
        "p_raw",
        "p_dgr",
        "v_str",
        "v_dgr",
        "tipc",
        "ti_st",
        "ti_dg",
        "ti_rd",
        "ti_sq",
        "mptcp",
        "xdp",
        "ieee802154",
        "???",
    ]
)
"""Sockets that have no port, or (``mptcp``) stand in the table of TCP as well."""
STATES = {
    "LISTEN": PrintedState.LISTENS,
    "UNCONN": PrintedState.LISTENS,
    "ESTAB": PrintedState.CONNECTED,
    "BOUND-INACTIVE": PrintedState.BOUND,
}
OTHER_STATES = frozenset(
    [
        "SYN-SENT",
        "SYN-RECV",
        "NEW-SYN-RECV",
        "FIN-WAIT-1",
        "FIN-WAIT-2",
        "TIME-WAIT",
        "CLOSE-WAIT",
        "LAST-ACK",
        "CLOSING",
        "CLOSED",
        "UNKNOWN",
    ]
)
COMM_BYTES = 15
"""Letters that the kernel keeps of a name (TASK_COMM_LEN, include/linux/sched.h)."""
_HOLDER = re.compile(
    r'\("((?:\\x[0-9a-f]{2}|(?!\\x[0-9a-f]{2}).){0,15}?)",(?:pid=)?([0-9]{1,10}),(?:fd=)?[0-9]{1,10}\)(?=,\("|$)'
)
# Up to 15 bytes, some of which have become four letters. An entry ends where the next begins or the list does: a
# name can hold all else, as in ("",pid=1,fd=3)",pid=900,fd=3).
_UNITS = (".service", ".scope")
_MOST_EXTRAS = 64 * 1024  # letters; 2,000 holders have fewer
_COLUMNS = 4  # Recv-Q, Send-Q, Local Address:Port, Peer Address:Port


class _Row(NamedTuple):
    transport: Transport
    state: PrintedState | None
    local: str
    peer: str
    rest: str


def _split(line: str, *, without_state: bool) -> tuple[str, str, list[str]] | None:
    """Return Netid and state, empty where the column is not there, and queues, ends and extras; None for no row."""
    first = line.split(None, 2)[:2]
    netid = first.pop(0) if first and (first[0] in NETIDS or first[0] in OTHER_NETIDS) else ""
    state = first[0] if first and (first[0] in STATES or first[0] in OTHER_STATES) else ""
    if not state and not without_state:
        return None
    begin = bool(netid) + bool(state)
    fields = line.split(None, begin + _COLUMNS)[begin:]
    if len(fields) < _COLUMNS or not is_number(fields[0]) or not is_number(fields[1]):
        return None
    return netid, state, [*fields, ""][: _COLUMNS + 1]


def _is_header(line: str) -> bool:
    return "Local Address:Port" in line and line.startswith(("Netid", "State", "Recv-Q"))


def begins(line: str) -> bool:
    """Tell whether a line is the header of ``ss``, or a row that begins with a state or a Netid and a state."""
    return _is_header(line) or _split(line, without_state=False) is not None


class SsBlock:
    """A block of ``ss``."""

    def __init__(self, name_to_port: NameToPort) -> None:
        """Begin a block."""
        self._name_to_port = name_to_port
        self._found = Findings("ss")
        self._last: _Row | None = None
        self._without_state = False
        self._known = Transport.TCP
        self._stars: list[int] = []
        self._bare_ipv6 = False
        self._cut: set[Holder] = set()

    def take(self, line: str) -> bool:
        """Take in a header, a row, or a line that goes on with the row before."""
        if _is_header(line):
            self._without_state = "State" not in line
            return True
        if self._last is not None and (line[:1] == "\t" or line.lstrip().startswith("users:((")):
            # With -i and -m more follows below a tab; what a terminal broke is put together.
            if len(self._last.rest) > _MOST_EXTRAS:
                return False
            self._last = self._last._replace(rest=f"{self._last.rest} {line.strip()}")
            return True
        split = _split(line, without_state=self._without_state)
        if split is None:
            return False
        self._flush()
        return self._begin(*split)

    def _begin(self, netid: str, state: str, fields: list[str]) -> bool:
        """Begin a row; it is complete when the next begins."""
        local, (peer, glued, users), rest = fields[2], fields[3].partition("users:(("), fields[4]
        if netid in OTHER_NETIDS or local.startswith(("/", "@")) or peer == "*":
            return True
        if ":" not in local or ":" not in peer:
            return False
        transport = NETIDS.get(netid) or self._guess(state)
        self._found.tells_both |= netid in NETIDS
        meant = STATES.get(state)
        if not state:
            meant = PrintedState.LISTENS if peer.endswith(":*") else PrintedState.CONNECTED
        elif transport is not Transport.UDP and state == "UNCONN":
            meant = PrintedState.BOUND
        self._last = _Row(transport, meant, local, peer, f"{glued}{users} {rest}")
        return True

    def _guess(self, state: str) -> Transport:
        """Return the transport of a row without a Netid: only TCP listens, and what is UNCONN is UDP."""
        if state == "UNCONN":
            self._known = Transport.UDP
        elif state and state != "ESTAB":
            self._known = Transport.TCP
        return self._known

    def _flush(self) -> None:
        """Make a socket of the row that is complete now."""
        row, self._last = self._last, None
        if row is None or row.state is None:
            return
        host = row.local.rpartition(":")[0]
        is_star = host.partition("%")[0] == "*"
        is_ipv6 = is_star or host.count(":") > 1
        ends = find_ends(row.local, row.peer, row.transport, self._name_to_port, is_ipv6=is_ipv6)
        if ends is None:
            self._found.names_unread += 1
            return
        if not ends.local_port:
            return
        if is_star:
            self._stars.append(len(self._found.sockets))
        self._bare_ipv6 |= ends.local.is_ipv6 and not is_star and "[" not in host
        facts = _facts(row.rest)
        holders = self._holders(row.rest, facts.get("cgroup", ""))
        uid = facts.get("uid", "0" if "ino" in facts else "")
        self._found.sockets.append(
            make_line(
                row.transport,
                _family(ends.local.text, facts.get("v6only"), is_star=is_star, bracketed="[" in host),
                row.state,
                ends,
                holders,
                int(uid) if is_number(uid) else None,
                int(facts["ino"]) if is_number(facts.get("ino", "")) else 0,
            )
        )

    def _holders(self, rest: str, cgroup: str) -> tuple[Holder, ...]:
        begin, end = rest.find("users:("), rest.rfind("))")
        held: list[tuple[str, int]] = []
        at, end = begin + len("users:("), end + 1
        while begin >= 0 and (entry := _HOLDER.match(rest, at, end)) is not None:
            held.append((entry[1], int(entry[2])))
            at = entry.end() + 1
        unit = next((part for part in cgroup.split("/") if part.endswith(_UNITS)), None)
        if len({name for name, _ in held}) != 1:
            # It is the group that the socket was made in: of several programs it may be that of one.
            unit = None
        holders = dict.fromkeys(Holder(pid, name, unit=unit) for name, pid in held if pid)
        self._found.tells_pids |= bool(holders)
        self._found.tells_programs |= bool(holders)
        self._cut.update(holder for holder in holders if len(holder.program) >= COMM_BYTES)
        return tuple(holders)

    def finish(self) -> Findings:
        """Return what the block told."""
        self._flush()
        sockets = self._found.sockets
        for index in self._stars if self._bare_ipv6 else ():
            sockets[index] = sockets[index]._replace(family=Family.IPV4, local_address=ANY_IPV4)
        self._found.programs_cut = len(self._cut)
        return self._found


def _facts(rest: str) -> dict[str, str]:
    """Return ``ino``, ``uid``, ``cgroup`` and ``v6only`` from what follows the ends, names of processes left out."""
    end = rest.rfind("))") + 2 if "users:(" in rest else 0
    words = (word.partition(":") for word in rest[end:].split())
    return {key: value for key, colon, value in words if colon and key in {"ino", "uid", "cgroup", "v6only"}}


def _family(address: str, v6only: str | None, *, is_star: bool, bracketed: bool) -> Family:
    if is_star or v6only == "0":
        return family_of(address, Family.DUAL)
    return family_of(address, Family.IPV6 if bracketed or v6only == "1" else Family.IPV6_MAYBE_DUAL)


FORMAT = Format("ss -ltnup", begins, SsBlock)
"""``ss`` of iproute2."""
