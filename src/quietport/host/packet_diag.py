"""The packet sockets of this network namespace: asked over netlink, else ``/proc/net/packet``.

Both tell the same but the interface's mode; netlink gives them without the kernel's pointers
(include/uapi/linux/packet_diag.h, net/packet/af_packet.c).
"""

from __future__ import annotations

import struct

from quietport.host.netlink import NETLINK_SOCK_DIAG, Answer, Channel, parse_attributes
from quietport.host.raw_entry import RawEntry
from quietport.model.raw_socket import RawKind

AF_PACKET, SOCK_DIAG_BY_FAMILY = 17, 20  # linux/socket.h, linux/sock_diag.h
PACKET_SHOW_INFO, PACKET_DIAG_INFO, PACKET_DIAG_UID = 0x1, 0, 5  # linux/packet_diag.h

_REQUEST = struct.Struct("=BBHIIII")  # struct packet_diag_req: family, protocol, pad, inode, show, cookie[2]
_BODY = struct.Struct("=BBHIII")  # struct packet_diag_msg: family, type, protocol, inode, cookie[2]
_INT = struct.Struct("=I")
_COLUMNS = 9
_UINT_MAX = 0xFFFF_FFFF


def parse_packet_sockets(answer: Answer) -> tuple[list[RawEntry], int]:
    """Return the packet sockets of an answer, and how many messages could not be understood."""
    entries: list[RawEntry] = []
    for kind, body in answer.messages:
        if kind != SOCK_DIAG_BY_FAMILY or len(body) < _BODY.size:
            continue
        _, _, protocol, inode, _, _ = _BODY.unpack_from(body)
        told = dict(parse_attributes(body, _BODY.size))
        interface = _first_int(told.get(PACKET_DIAG_INFO, b""))
        uid = _first_int(told.get(PACKET_DIAG_UID, b""))
        entries.append(RawEntry(str(RawKind.PACKET), "packet", protocol, interface or 0, None, uid, inode))
    return entries, answer.damaged + len(answer.messages) - len(entries)


def parse_packet_table(text: str) -> tuple[list[RawEntry], int]:
    """Return the packet sockets that the text of ``/proc/net/packet`` lists, and how many lines are malformed."""
    entries: list[RawEntry] = []
    damaged = 0
    for line in text.split("\n"):
        columns = line.split()
        if not columns or columns[0] == "sk":
            continue
        try:
            entries.append(_parse_line(columns))
        except ValueError:
            damaged += 1
    return entries, damaged


def _parse_line(columns: list[str]) -> RawEntry:
    if len(columns) < _COLUMNS:
        raise ValueError(columns)
    protocol, interface = int(columns[3], 16), int(columns[4])
    uid, inode = int(columns[7]), int(columns[8])
    if not (0 <= protocol <= 0xFFFF and interface >= 0 and 0 <= uid <= _UINT_MAX and inode >= 0):  # noqa: PLR2004 - 16 bits
        raise ValueError(columns)
    return RawEntry(str(RawKind.PACKET), "packet", protocol, interface, None, uid, inode)


def read_packet_sockets(proc: str = "/proc") -> tuple[list[RawEntry], int]:
    """Return the packet sockets of this network namespace, and how many entries were malformed.

    Raises OSError where neither netlink nor the table tells.
    """
    request = _REQUEST.pack(AF_PACKET, 0, 0, 0, PACKET_SHOW_INFO, 0, 0)
    try:
        with Channel(NETLINK_SOCK_DIAG) as channel:
            return parse_packet_sockets(channel.dump(SOCK_DIAG_BY_FAMILY, request))
    except OSError:
        with open(f"{proc}/net/packet", encoding="ascii", errors="replace") as file:
            return parse_packet_table(file.read())


def _first_int(value: bytes) -> int | None:
    return _INT.unpack_from(value)[0] if len(value) >= _INT.size else None
