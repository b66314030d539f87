"""The socket tables as text, ``/proc/net/{tcp,tcp6,udp,udp6}`` (``man 5 proc_net``).

Used where the kernel answers no netlink. The text tells neither the interface that a socket
is bound to nor IPV6_V6ONLY.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from quietport.host.sock_diag import address_text
from quietport.host.socket_entry import SocketEntry
from quietport.model.errors import SurveyError
from quietport.model.port import PORT_COUNT, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable

_TABLES = (
    ("tcp", Transport.TCP, False),
    ("tcp6", Transport.TCP, True),
    ("udp", Transport.UDP, False),
    ("udp6", Transport.UDP, True),
)
_LOCAL, _REMOTE, _STATE, _UID, _INODE = 1, 2, 3, 7, 9  # columns, net/ipv4/tcp_ipv4.c: get_tcp4_sock
_STATE_MAX, _UINT_MAX = 0xFF, 0xFFFF_FFFF


class Table(NamedTuple):
    """What one of the four files says."""

    sockets: list[SocketEntry]
    """Its well-formed lines, in order."""
    damaged: int
    """Lines that were left out."""


def parse_table(text: str, transport: Transport, *, is_ipv6: bool) -> Table:
    """Return the sockets that the text of one table lists; malformed lines are counted."""
    sockets: list[SocketEntry] = []
    damaged = 0
    for line in text.split("\n"):
        columns = line.split()
        if not columns or columns[0] == "sl":
            continue
        try:
            sockets.append(_parse_line(columns, transport, is_ipv6=is_ipv6))
        except (ValueError, IndexError):
            damaged += 1
    return Table(sockets, damaged)


def _parse_line(columns: list[str], transport: Transport, *, is_ipv6: bool) -> SocketEntry:
    local_address, local_port = _parse_endpoint(columns[_LOCAL], is_ipv6=is_ipv6)
    remote_address, remote_port = _parse_endpoint(columns[_REMOTE], is_ipv6=is_ipv6)
    state, uid, inode = int(columns[_STATE], 16), int(columns[_UID]), int(columns[_INODE])
    if not (0 <= state <= _STATE_MAX and 0 <= uid <= _UINT_MAX and inode >= 0):
        raise ValueError(columns)
    return SocketEntry(
        transport, is_ipv6, state, local_address, local_port, remote_address, remote_port, 0, uid, inode, None
    )


def _parse_endpoint(text: str, *, is_ipv6: bool) -> tuple[str, int]:
    """Return address and port; the kernel prints each 32-bit word of the address in the host's byte order."""
    address, _, port_text = text.partition(":")
    raw, port = bytes.fromhex(address), int(port_text, 16)
    if len(raw) != (16 if is_ipv6 else 4) or not 0 <= port < PORT_COUNT:
        raise ValueError(text)
    if sys.byteorder == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return address_text(raw, is_ipv6), port


def read_tables(proc: str, transports: Iterable[Transport] = (Transport.TCP, Transport.UDP)) -> list[Table]:
    """Return the tables under ``proc``; those of IPv6 are missing where the kernel has none.

    Raises SurveyError where an IPv4 table cannot be read.
    """
    wanted = frozenset(transports)
    tables: list[Table] = []
    for name, transport, is_ipv6 in _TABLES:
        if transport not in wanted:
            continue
        try:
            with open(os.path.join(proc, "net", name), encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError as error:
            if is_ipv6 and isinstance(error, FileNotFoundError):
                continue
            message = f"cannot read {error.filename}: {error.strerror}"
            raise SurveyError(message) from error
        tables.append(parse_table(text, transport, is_ipv6=is_ipv6))
    return tables
