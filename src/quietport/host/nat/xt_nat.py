"""The matches and targets of iptables, which both it and ``iptables-nft`` hand to the kernel as C structures.

Ports of matches are in the host's order, those of targets in network order (linux/netfilter/xt_tcpudp.h,
xt_multiport.h, nf_nat.h). Bytes in, records out.
"""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from quietport.host.nat.nat_rule import Match, Verdict, parse_range
from quietport.model.port import PORT_COUNT, PortRange, Transport

_PORTS = {"tcp": struct.Struct("=4H4B"), "udp": struct.Struct("=4HB")}  # struct xt_tcp, xt_udp
_MULTIPORT = struct.Struct("=BB15H15BB")  # struct xt_multiport_v1
_MULTI_RANGE = struct.Struct("=II4s4s2s2s")  # struct nf_nat_ipv4_multi_range_compat
_RANGE = struct.Struct("=I16s16s2s2s")  # struct nf_nat_range
_MAX_MULTIPORT = 15
_INVERT_DESTINATION, _INVERT_OTHER = 0x02, 0x0D  # XT_TCP_INV_*
_SOURCE, _DESTINATION = 0, 1  # enum xt_multiport_flags
_MAP_IPS, _PROTO_SPECIFIED = 1, 2  # NF_NAT_RANGE_*
_PASSING = frozenset(
    {"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK", "TRACE", "AUDIT", "SET", "TOS", "DSCP",
     "TTL", "HL", "CLASSIFY", "TCPMSS", "RATEEST", "LED", "ECN"},
)  # fmt: skip
"""Targets that leave a packet to the next rule."""
_LEAVING = frozenset({"MASQUERADE", "SNAT", "ACCEPT", "DROP", "RETURN", "REJECT", "NOTRACK"})
"""Targets that send nothing to another port."""


class Target(NamedTuple):
    """Where a target sends packets."""

    verdict: Verdict
    """What becomes of them."""
    to_address: str | None = None
    """The address they go to."""
    to_ports: PortRange | None = None
    """The ports they go to."""


def parse_match(name: str, revision: int, info: bytes) -> list[Match] | None:
    """Return what a match takes, one record a run of ports; None where it is about ports and cannot be read."""
    if name in _PORTS:
        return _parse_ports(name, info)
    if name == "multiport":
        return _parse_multiport(info) if revision == 1 else None
    if name in {"sctp", "dccp", "udplite"}:
        return None
    return [Match(is_narrowed=name not in {"comment", "addrtype"})]


def _parse_ports(name: str, info: bytes) -> list[Match] | None:
    layout = _PORTS[name]
    if len(info) < layout.size:
        return None
    source_first, source_last, first, last, *rest = layout.unpack_from(info)
    if first > last:
        return None
    inverted = rest[-1]
    everywhere = (source_first, source_last) == (0, PORT_COUNT - 1)
    narrowed = not everywhere or bool(inverted & _INVERT_OTHER) or any(rest[:-1])
    transport = Transport(name)
    ports = [PortRange(first, last)]
    if inverted & _INVERT_DESTINATION:
        ports = complement(ports)
    return [Match(transport, run, None, narrowed) for run in ports]


def _parse_multiport(info: bytes) -> list[Match] | None:
    if len(info) < _MULTIPORT.size:
        return None
    what, count, *rest = _MULTIPORT.unpack_from(info)
    numbers, flags, inverted = rest[:_MAX_MULTIPORT], rest[_MAX_MULTIPORT:-1], rest[-1]
    if count > _MAX_MULTIPORT:
        return None
    if what == _SOURCE:
        return [Match(is_narrowed=True)]
    ports: list[PortRange] = []
    at = 0
    while at < count:
        first = last = numbers[at]
        if flags[at] and at + 1 < count:
            at += 1
            last = numbers[at]
        if first > last:
            return None
        ports.append(PortRange(first, last))
        at += 1
    if inverted:
        ports = complement(ports)
    return [Match(ports=run, is_narrowed=what != _DESTINATION) for run in ports]


def complement(ports: list[PortRange]) -> list[PortRange]:
    """Return the ports that are in none of these runs, in order."""
    left: list[PortRange] = []
    start = 0
    for run in sorted(ports):
        if run.first > start:
            left.append(PortRange(start, run.first - 1))
        start = max(start, run.last + 1)
    if start < PORT_COUNT:
        left.append(PortRange(start, PORT_COUNT - 1))
    return left


def parse_target(name: str, revision: int, info: bytes, *, is_ipv6: bool) -> Target:
    """Return where a target sends packets; UNREAD for one that is not known."""
    if name in _PASSING:
        return Target(Verdict.NEXT)
    if name in _LEAVING:
        return Target(Verdict.STOP)
    if name not in {"REDIRECT", "DNAT"}:
        return Target(Verdict.UNREAD)
    is_short = revision == 0 and not is_ipv6
    layout = _MULTI_RANGE if is_short else _RANGE
    if len(info) < layout.size:
        return Target(Verdict.UNREAD)
    flags, first_address, last_address, first, last = layout.unpack_from(info)[1 if is_short else 0 :]
    address = None
    if flags & _MAP_IPS:
        size = 16 if is_ipv6 else 4
        address = address_range(first_address[:size], last_address[:size])
    ports = None
    if flags & _PROTO_SPECIFIED:
        ports = parse_range(int.from_bytes(first, "big"), int.from_bytes(last, "big"))
        if ports is None:
            return Target(Verdict.UNREAD)
    return Target(Verdict.REDIRECT if name == "REDIRECT" else Verdict.DNAT, address, ports)


def address_range(first: bytes, last: bytes) -> str:
    """Return ``10.0.0.2``, or ``10.0.0.2-10.0.0.9``; each of 4 or 16 bytes."""
    texts = [
        socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)  # noqa: PLR2004 - IPv4
        for raw in (first, last)
    ]
    return texts[0] if texts[0] == texts[1] else "-".join(texts)


def network_text(raw: bytes, mask: bytes) -> str | None:
    """Return ``192.0.2.1``, or ``192.0.2.0/24`` for a shorter mask; None where the mask is no prefix."""
    bits = int.from_bytes(mask, "big")
    size = 8 * len(mask)
    prefix = bits.bit_count()
    if bits != ((1 << prefix) - 1) << (size - prefix):
        return None
    text = address_range(raw, raw)
    return text if prefix == size else f"{text}/{prefix}"
