"""The interfaces of this network namespace, and which of them are doors of the kernel (``man 7 rtnetlink``).

A tunnel device opens a UDP socket that no process holds; a program attached to XDP sees packets before any
socket does. The socket of a tunnel stays in the namespace where the device was made, also when the device moves.
"""

from __future__ import annotations

import socket
import struct

from msgspec import Struct

from quietport.host.netlink import (
    NETLINK_ROUTE,
    Answer,
    Channel,
    attribute,
    number_of,
    parse_attributes,
    text_of,
)
from quietport.model.port import PORT_COUNT

RTM_NEWLINK, RTM_GETLINK, RTM_NEWADDR, RTM_GETADDR = 16, 18, 20, 22  # linux/rtnetlink.h
IFLA_IFNAME, IFLA_LINKINFO, IFLA_EXT_MASK, IFLA_LINK_NETNSID, IFLA_XDP = 3, 18, 29, 37, 43  # linux/if_link.h
IFLA_INFO_KIND, IFLA_INFO_DATA, IFLA_XDP_ATTACHED = 1, 2, 2  # linux/if_link.h
IFA_ADDRESS, IFA_LOCAL = 1, 2  # linux/if_addr.h
RTEXT_FILTER_SKIP_STATS = 1 << 3  # linux/rtnetlink.h

PORT_ATTRIBUTES = {"vxlan": 15, "geneve": 5, "bareudp": 1}
"""Kinds of link that listen on a UDP port, and the attribute that holds it in network order (linux/if_link.h)."""

_LINK = struct.Struct("=BxHiII")  # struct ifinfomsg
_ADDRESS = struct.Struct("=BBBBI")  # struct ifaddrmsg
_MASK = struct.Struct("=I")
_LENGTHS = {4: socket.AF_INET, 16: socket.AF_INET6}


class Link(Struct, frozen=True):
    """One interface; plain values, so that it crosses a pipe."""

    index: int
    """Its number in this namespace."""
    name: str
    """Its name; hostile text."""
    kind: str | None
    """``vxlan``, ``wireguard``, ``veth``...; None for a device of hardware, and the loopback."""
    port: int | None
    """The UDP port that a tunnel of this kind listens on; None where the kind has none, or does not tell."""
    is_moved: bool
    """It was made in, or leads to, another namespace than it is in: there its socket is."""
    has_xdp: bool
    """A program sees its packets before the rest of the kernel does."""


def parse_links(answer: Answer) -> list[Link]:
    """Return the interfaces that an answer tells of; messages of another kind and malformed ones are left out."""
    return [_parse_link(body) for kind, body in answer.messages if kind == RTM_NEWLINK and len(body) >= _LINK.size]


def _parse_link(body: bytes) -> Link:
    index = _LINK.unpack_from(body)[2]
    told = dict(parse_attributes(body, _LINK.size))
    info = dict(parse_attributes(told.get(IFLA_LINKINFO, b"")))
    kind = text_of(info.get(IFLA_INFO_KIND)) or None
    data = dict(parse_attributes(info.get(IFLA_INFO_DATA, b"")))
    port = number_of(data.get(PORT_ATTRIBUTES.get(kind or "", -1)))
    xdp = dict(parse_attributes(told.get(IFLA_XDP, b"")))
    return Link(
        index=index,
        name=text_of(told.get(IFLA_IFNAME)),
        kind=kind,
        port=port if port and port < PORT_COUNT else None,
        is_moved=IFLA_LINK_NETNSID in told,
        has_xdp=any(xdp.get(IFLA_XDP_ATTACHED, b"")),
    )


def parse_addresses(answer: Answer) -> list[str]:
    """Return the addresses of the interfaces that an answer tells of."""
    addresses: list[str] = []
    for kind, body in answer.messages:
        if kind != RTM_NEWADDR or len(body) < _ADDRESS.size:
            continue
        told = dict(parse_attributes(body, _ADDRESS.size))
        raw = told.get(IFA_LOCAL) or told.get(IFA_ADDRESS) or b""
        family = _LENGTHS.get(len(raw))
        if family is not None:
            addresses.append(socket.inet_ntop(family, raw))
    return addresses


def read_links() -> tuple[list[Link], list[str]]:
    """Return the interfaces of this network namespace, and their addresses; OSError where the kernel does not tell."""
    mask = attribute(IFLA_EXT_MASK, _MASK.pack(RTEXT_FILTER_SKIP_STATS))
    with Channel(NETLINK_ROUTE) as channel:
        links = parse_links(channel.dump(RTM_GETLINK, _LINK.pack(0, 0, 0, 0, 0) + mask))
        return links, parse_addresses(channel.dump(RTM_GETADDR, _ADDRESS.pack(0, 0, 0, 0, 0)))
