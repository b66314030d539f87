"""SCTP endpoints that accept, ``/proc/net/sctp/eps`` (net/sctp/proc.c); the table is there once the module is."""

from __future__ import annotations

from ipaddress import ip_address

from quietport.host.socket_entry import TCP_LISTEN, SocketEntry
from quietport.model.port import PORT_COUNT, Transport

_STATE, _PORT, _UID, _INODE, _ADDRESSES = 3, 5, 6, 7, 8  # columns of sctp_eps_seq_show
_UINT_MAX = 0xFFFF_FFFF
_UNSPECIFIED = {False: "0.0.0.0", True: "::"}  # noqa: S104 - told, not bound to


def parse_eps(text: str) -> tuple[list[SocketEntry], int]:
    """Return the endpoints that accept, one for each of their addresses, and how many lines are malformed."""
    found: list[SocketEntry] = []
    damaged = 0
    for line in text.split("\n"):
        columns = line.split()
        if not columns or columns[0] == "ENDPT":
            continue
        try:
            found += _parse_line(columns)
        except (ValueError, IndexError):
            damaged += 1
    return found, damaged


def _parse_line(columns: list[str]) -> list[SocketEntry]:
    state, port, uid, inode = (int(columns[at]) for at in (_STATE, _PORT, _UID, _INODE))
    if not (0 <= port < PORT_COUNT and 0 <= uid <= _UINT_MAX and inode >= 0):
        raise ValueError(columns)
    addresses = [ip_address(text.lstrip("*")) for text in columns[_ADDRESSES:]]
    if not addresses:
        raise ValueError(columns)
    if state != TCP_LISTEN or not port:
        return []
    return [
        SocketEntry(
            Transport.SCTP, address.version == 6, TCP_LISTEN, str(address), port,  # noqa: PLR2004 - IPv6
            _UNSPECIFIED[address.version == 6], 0, 0, uid, inode, None,  # noqa: PLR2004 - IPv6
        )
        for address in addresses
    ]  # fmt: skip
