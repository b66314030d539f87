"""The NAT table of the older iptables, as one block of C structures (linux/netfilter_ipv4/ip_tables.h).

It is asked for only where the kernel lists the table already: asking would make it. A chain begins where a hook
enters it, or behind an entry whose target is named ERROR, which holds the name of the chain.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import NamedTuple

from quietport.host.nat.nat_rule import EVERYTHING, TRANSPORT_NUMBERS, Match, NatTable, Step, Verdict
from quietport.host.nat.xt_nat import network_text, parse_match, parse_target
from quietport.host.netlink import text_of

GET_INFO, GET_ENTRIES = 64, 65  # IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES; the same for IPv6
PREROUTING, OUTPUT = 0, 3  # NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT
_HOOK_NAMES = {PREROUTING: "PREROUTING", OUTPUT: "OUTPUT"}
RETURN_OR_LEAVE = -1
"""Verdicts below zero leave the chain; others are where a jump leads to."""
INVERTED_DESTINATION, INVERTED_PROTOCOL = 0x10, 0x40  # IPT_INV_DSTIP, XT_INV_PROTO
MAX_BYTES = 64 << 20

_INFO = struct.Struct("=32s I 5I 5I I I")  # struct ipt_getinfo
_ENTRIES = struct.Struct("=32s I 4x")  # struct ipt_get_entries, up to its table
_PIECE = struct.Struct("=H29sB")  # struct xt_entry_match, xt_entry_target
_VERDICT = struct.Struct("=i")


class Layout(NamedTuple):
    """Where the fields of an entry are."""

    fields: struct.Struct
    """Source and destination with masks, interfaces, protocol, inverted conditions, offsets of target and next."""
    size: int
    """Of an entry without its matches and target."""


_IPV4 = Layout(struct.Struct("=4s4s4s4s 64s H B B 4x HH"), 112)
_IPV6 = Layout(struct.Struct("=16s16s16s16s 64s H x B B 7x HH"), 168)


class _Entry(NamedTuple):
    offset: int
    steps: list[Step]
    chain: str | None = None


def parse_table(table: bytes, hooks: dict[int, int], *, is_ipv6: bool) -> NatTable:
    """Return the NAT table that a block of entries makes.

    ``hooks`` tells at which offset packets enter, for PREROUTING and OUTPUT.
    A block that is malformed ends at its first malformed entry, and its last chain with a rule that was not read.
    """
    heads = {offset: _HOOK_NAMES[hook] for hook, offset in hooks.items()}
    entries, is_whole = _parse_entries(table, is_ipv6=is_ipv6)
    names: dict[int, str] = {}
    chains: dict[str, list[Step]] = {}
    current = "?"
    following: str | None = None
    for entry in entries:
        if entry.chain is not None:
            following = entry.chain
            continue
        if entry.offset in heads:
            current = heads[entry.offset]
        elif following is not None:
            current = following
        following = None
        names.setdefault(entry.offset, current)
        chains.setdefault(current, []).extend(entry.steps)
    if not is_whole:
        chains.setdefault(current, []).append(Step(EVERYTHING, Verdict.UNREAD))
    resolved = {name: [_resolve(step, names) for step in steps] for name, steps in chains.items()}
    own: dict[str, list[str]] = {name: [name] if name in resolved else [] for name in _HOOK_NAMES.values()}
    return NatTable("ip6 nat" if is_ipv6 else "ip nat", resolved, own["PREROUTING"], own["OUTPUT"])


def _resolve(step: Step, names: dict[int, str]) -> Step:
    """Return a jump with the name of the chain at the offset it leads to."""
    if step.verdict is not Verdict.JUMP:
        return step
    name = names.get(int(step.chain or 0))
    return step._replace(verdict=Verdict.UNREAD) if name is None else step._replace(chain=name)


def _parse_entries(table: bytes, *, is_ipv6: bool) -> tuple[list[_Entry], bool]:
    layout = _IPV6 if is_ipv6 else _IPV4
    entries: list[_Entry] = []
    offset = 0
    while len(table) - offset >= layout.size:
        fields = layout.fields.unpack_from(table, offset)
        target, following = fields[-2:]
        if not layout.size <= target <= following - _PIECE.size or following > len(table) - offset:
            return entries, False
        entries.append(_parse_entry(table[offset : offset + following], offset, fields, layout, is_ipv6=is_ipv6))
        offset += following
    return entries, offset == len(table)


def _parse_entry(raw: bytes, offset: int, fields: tuple[bytes, ...], layout: Layout, *, is_ipv6: bool) -> _Entry:
    target = int(fields[-2])
    _, name, revision = _PIECE.unpack_from(raw, target)
    info = raw[target + _PIECE.size :]
    if text_of(name) == "ERROR":
        return _Entry(offset, [], text_of(info) or "?")
    matches = _matches(raw[layout.size : target], _address_match(fields, is_ipv6=is_ipv6))
    if text_of(name):
        sent = parse_target(text_of(name), revision, info, is_ipv6=is_ipv6)
        verdict, chain, to_address, to_ports = sent.verdict, None, sent.to_address, sent.to_ports
    else:
        where = _VERDICT.unpack_from(info)[0] if len(info) >= _VERDICT.size else RETURN_OR_LEAVE
        verdict, chain = (Verdict.JUMP, str(where)) if where >= 0 else (Verdict.STOP, None)
        to_address = to_ports = None
        if where == offset + len(raw):  # no target at all leads to the next rule
            verdict, chain = Verdict.NEXT, None
    if verdict is Verdict.NEXT:
        return _Entry(offset, [])
    if matches is None:
        is_harmless = verdict is Verdict.STOP
        return _Entry(offset, [] if is_harmless else [Step(EVERYTHING, Verdict.UNREAD)])
    return _Entry(offset, [Step(match, verdict, chain, to_address, to_ports) for match in matches])


def _address_match(fields: tuple[bytes, ...], *, is_ipv6: bool) -> Match:
    """Return what the part of an entry takes that every entry has."""
    _, destination, source_mask, mask, interfaces, protocol, flags, inverted = fields[:8]
    is_any_protocol = not int(protocol) or (is_ipv6 and not int(flags) & 1)  # IP6T_F_PROTO
    is_odd = bool(int(inverted) & (INVERTED_DESTINATION | INVERTED_PROTOCOL))
    transport = None if is_any_protocol or int(inverted) & INVERTED_PROTOCOL else TRANSPORT_NUMBERS.get(int(protocol))
    address = network_text(destination, mask) if any(mask) and not int(inverted) & INVERTED_DESTINATION else None
    is_narrowed = any(source_mask) or any(interfaces[32:]) or is_odd or (any(mask) and address is None)
    is_other = not is_any_protocol and transport is None and not int(inverted) & INVERTED_PROTOCOL
    return Match(transport, address=address, is_narrowed=is_narrowed, is_other_protocol=is_other)


def _matches(raw: bytes, match: Match) -> list[Match] | None:
    """Return what an entry takes after all its matches; None where one is about ports and cannot be read."""
    taken = [match]
    offset = 0
    while len(raw) - offset >= _PIECE.size:
        size, name, revision = _PIECE.unpack_from(raw, offset)
        if not _PIECE.size <= size <= len(raw) - offset:
            return None
        matches = parse_match(text_of(name), revision, raw[offset + _PIECE.size : offset + size])
        if matches is None:
            return None
        taken = [both for one in taken for other in matches if (both := one.narrow(other)) is not None]
        offset += size
    return taken


def read_legacy_nat(*, is_ipv6: bool) -> NatTable:
    """Return the NAT table of the older kind of this network namespace; OSError where the kernel does not give it."""
    import socket  # noqa: PLC0415 - with ctypes, only where there is such a table

    family, level = (socket.AF_INET6, 41) if is_ipv6 else (socket.AF_INET, 0)
    with socket.socket(family, socket.SOCK_DGRAM) as channel:
        info = _INFO.unpack(_getsockopt(channel.fileno(), level, GET_INFO, b"nat".ljust(_INFO.size, b"\0")))
        valid, hooks, size = info[1], info[2:7], info[13]
        if size > MAX_BYTES:
            raise OSError(27, os.strerror(27))
        request = _ENTRIES.pack(b"nat".ljust(32, b"\0"), size) + bytes(size)
        table = _getsockopt(channel.fileno(), level, GET_ENTRIES, request)[_ENTRIES.size :]
    entered = {hook: hooks[hook] for hook in (PREROUTING, OUTPUT) if valid & 1 << hook}
    return parse_table(table, entered, is_ipv6=is_ipv6)


def _getsockopt(descriptor: int, level: int, option: int, question: bytes) -> bytes:
    """Return the answer of getsockopt(2) to a buffer that holds a question, which Python's own cannot send."""
    import ctypes  # noqa: PLC0415 - 2 ms, and only where there is such a table

    buffer = ctypes.create_string_buffer(question, len(question))
    length = ctypes.c_uint(len(question))
    library = ctypes.CDLL(None if sys.platform != "win32" else "msvcrt", use_errno=True)
    if library.getsockopt(descriptor, level, option, buffer, ctypes.byref(length)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return buffer.raw
