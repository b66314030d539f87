"""Families of generic netlink: WireGuard, FOU and L2TP tell there which UDP ports they listen on.

Their sockets belong to the kernel: no process holds them (linux/genetlink.h, wireguard.h, fou.h, l2tp.h).
"""

from __future__ import annotations

import struct
import sys
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.host.netlink import NETLINK_GENERIC, Channel, Message, attribute, parse_attributes
from quietport.model.port import PORT_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterable

GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 16, 3, 1, 2  # linux/genetlink.h

_HEADER = struct.Struct("=BBH")  # struct genlmsghdr


class Family(Struct, frozen=True):
    """How one family tells a port."""

    name: str
    """As the kernel registers it."""
    command: int
    """Asks for what there is."""
    port: int
    """Attribute that holds the local UDP port, 16 bits."""
    is_network_order: bool
    """That attribute is in network order, not in the host's."""


WIREGUARD = Family("wireguard", 0, 6, is_network_order=False)  # WG_CMD_GET_DEVICE, WGDEVICE_A_LISTEN_PORT
WGDEVICE_A_IFNAME = 2  # linux/wireguard.h
FOU = Family("fou", 3, 1, is_network_order=True)  # FOU_CMD_GET, FOU_ATTR_PORT
L2TP = Family("l2tp", 4, 26, is_network_order=False)  # L2TP_CMD_TUNNEL_GET, L2TP_ATTR_UDP_SPORT


def parse_ports(messages: Iterable[Message], family: Family) -> list[int]:
    """Return the ports that messages of a family tell, without repetition; malformed ones tell none."""
    ports: list[int] = []
    for _, body in messages:
        raw = dict(parse_attributes(body, _HEADER.size)).get(family.port, b"")
        port = int.from_bytes(raw[:2], "big" if family.is_network_order else sys.byteorder)
        if 0 < port < PORT_COUNT and port not in ports:
            ports.append(port)
    return ports


def read_ports(channel: Channel, family: Family, *asked: bytes) -> list[int]:
    """Return the UDP ports that a family listens on; ``asked`` are attributes that say of what.

    None where the kernel has no such family. Raises OSError (EPERM) where this user may not ask.
    """
    number = _find_family(channel, family.name)
    if number is None:
        return []
    answer = channel.dump(number, _HEADER.pack(family.command, 1, 0) + b"".join(asked))
    return parse_ports(answer.messages, family)


def _find_family(channel: Channel, name: str) -> int | None:
    request = _HEADER.pack(CTRL_CMD_GETFAMILY, 1, 0) + attribute(CTRL_ATTR_FAMILY_NAME, name.encode() + b"\0")
    try:
        answer = channel.get(GENL_ID_CTRL, request)
    except OSError:
        return None
    for _, body in answer.messages:
        raw = dict(parse_attributes(body, _HEADER.size)).get(CTRL_ATTR_FAMILY_ID, b"")
        if raw:
            return int.from_bytes(raw[:2], sys.byteorder)
    return None


def open_channel() -> Channel:
    """Return a channel to the families; OSError where the kernel has none."""
    return Channel(NETLINK_GENERIC)
