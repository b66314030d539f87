"""The virtual services of the kernel's load balancer, ``/proc/net/ip_vs`` (net/netfilter/ipvs/ip_vs_ctl.c).

A service is a line ``TCP C0A80001:0050 rr``, its servers follow, each ``-> 0A000002:0050 Masq 1 0 0``. Numbers are
hexadecimal, addresses in network order, those of IPv6 in brackets.
"""

from __future__ import annotations

import socket
from typing import NamedTuple

from quietport.host.nat.redirection_entry import RedirectionEntry
from quietport.model.port import PORT_COUNT, Transport
from quietport.model.redirection import Mechanism

_TRANSPORTS = {"TCP": Transport.TCP, "UDP": Transport.UDP, "SCTP": Transport.SCTP}
_BY_MARK = "FWM"
"""A service of packets that a firewall marked: which ports they are of, only its rules tell."""
_LOCAL = "Local"
"""A server that is this host itself."""


class _Service(NamedTuple):
    transport: Transport
    address: str
    port: int


def parse_ip_vs(text: str) -> tuple[list[RedirectionEntry], int]:
    """Return the services with their servers, and how many lines could not be understood, services by mark too."""
    found: list[RedirectionEntry] = []
    unread = 0
    service: _Service | None = None
    for line in text.split("\n"):
        columns = line.split()
        if not columns or columns[0] in {"IP", "Prot"} or columns[:2] == ["->", "RemoteAddress:Port"]:
            continue
        try:
            if columns[0] != "->":
                service = None  # its servers are not those of the one before, also where it is malformed
                service = _service(columns)
            elif service is not None:
                found.append(_entry(service, columns))
        except (ValueError, IndexError):
            unread += 1
    return found, unread


def _service(columns: list[str]) -> _Service:
    transport = _TRANSPORTS.get(columns[0])
    if transport is None:
        raise ValueError(columns)
    address, port = _endpoint(columns[1])
    return _Service(transport, address, port)


def _entry(service: _Service, columns: list[str]) -> RedirectionEntry:
    address, port = _endpoint(columns[1])
    return RedirectionEntry(
        mechanism=str(Mechanism.IPVS),
        transport=str(service.transport),
        address=service.address,
        first=service.port,
        last=service.port or PORT_COUNT - 1,  # port 0 is every port (man 8 ipvsadm)
        to_address=None if columns[2] == _LOCAL else address,
        to_first=port or None,
        to_last=port or None,
        rule=f"ip_vs {service.transport} {columns[2]}",
        is_local=False,
        is_narrowed=False,
    )


def _endpoint(text: str) -> tuple[str, int]:
    address, _, number = text.rpartition(":")
    is_ipv6 = address.startswith("[")
    raw = bytes.fromhex(address.strip("[]").replace(":", ""))
    port = int(number, 16)
    if len(raw) != (16 if is_ipv6 else 4) or not 0 <= port < PORT_COUNT:
        raise ValueError(text)
    return socket.inet_ntop(socket.AF_INET6 if is_ipv6 else socket.AF_INET, raw), port
