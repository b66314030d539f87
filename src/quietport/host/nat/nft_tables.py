"""The NAT tables of nftables, asked over netlink (linux/netfilter/nf_tables.h); CAP_NET_ADMIN is needed to ask.

First the chains: where none is of type nat that is all. Else the rules of the tables that such chains stand in,
and the sets that those rules look into.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from quietport.host.nat.nat_rule import NatTable, Step
from quietport.host.nat.nft_rules import Rule, parse_expressions, read_rule
from quietport.host.nat.nft_sets import NFGENMSG_BYTES, Element, parse_elements
from quietport.host.netlink import NETLINK_NETFILTER, Channel, attribute, number_of, parse_attributes, text_of

NFNL_SUBSYS_NFTABLES = 10 << 8  # linux/netfilter/nfnetlink.h
GETCHAIN, GETRULE, GETSET, GETSETELEM = (NFNL_SUBSYS_NFTABLES | number for number in (4, 7, 10, 13))
CHAIN_TABLE, CHAIN_NAME, CHAIN_HOOK, CHAIN_TYPE, HOOK_NUMBER = 1, 3, 4, 7, 1
RULE_TABLE, RULE_CHAIN, RULE_EXPRESSIONS = 1, 2, 4
SET_TABLE, SET_NAME, SET_FLAGS, SET_HAS_INTERVALS = 1, 2, 3, 4
ELEMENTS_TABLE, ELEMENTS_SET = 1, 2
PREROUTING, OUTPUT = 0, 3  # NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT
FAMILIES = {1: "inet", 2: "ip", 10: "ip6"}
"""Families that do NAT, by their number (NFPROTO_*)."""
IPV6 = 10
MAX_RULES = 20_000
"""Rules of one table that are looked at, about a second; the rest is counted as not read."""

_HEADER = struct.Struct("=BBH")  # struct nfgenmsg: family, version, resource


class Chain(NamedTuple):
    """One chain that packets enter from outside the table."""

    family: int
    """NFPROTO_* of its table."""
    table: str
    """Its table; hostile text."""
    name: str
    """Its name; hostile text."""
    hook: int | None
    """Where packets enter it, or None."""
    kind: str
    """``nat``, ``filter``, ``route``; empty for one that is only jumped to."""


def parse_chain(body: bytes) -> Chain:
    """Return the chain that the body of a message tells of."""
    told = dict(parse_attributes(body, NFGENMSG_BYTES))
    hook = dict(parse_attributes(told.get(CHAIN_HOOK, b"")))
    return Chain(
        family=body[0] if body else 0,
        table=text_of(told.get(CHAIN_TABLE)),
        name=text_of(told.get(CHAIN_NAME)),
        hook=number_of(hook.get(HOOK_NUMBER)),
        kind=text_of(told.get(CHAIN_TYPE)),
    )


def parse_rule(body: bytes) -> Rule:
    """Return the rule that the body of a message tells of."""
    told = dict(parse_attributes(body, NFGENMSG_BYTES))
    return Rule(text_of(told.get(RULE_CHAIN)), parse_expressions(told.get(RULE_EXPRESSIONS, b"")))


def read_nat_tables() -> list[NatTable]:
    """Return the tables of this network namespace in which a chain does NAT before a packet's way is chosen.

    Raises OSError: EPERM where this user may not ask, another where the kernel has no nftables.
    """
    with Channel(NETLINK_NETFILTER) as channel:
        answer = channel.dump(GETCHAIN, _HEADER.pack(0, 0, 0))
        wanted: dict[tuple[int, str], list[Chain]] = {}
        for _, body in answer.messages:
            chain = parse_chain(body)
            if chain.kind == "nat" and chain.hook in {PREROUTING, OUTPUT} and chain.family in FAMILIES:
                wanted.setdefault((chain.family, chain.table), []).append(chain)
        return [_read_table(channel, family, name, chains) for (family, name), chains in wanted.items()]


def _read_table(channel: Channel, family: int, name: str, entries: list[Chain]) -> NatTable:
    sets = _Sets(channel, family, name)
    steps: dict[str, list[Step]] = {}
    rules = channel.dump(GETRULE, _HEADER.pack(family, 0, 0) + attribute(RULE_TABLE, _name(name))).messages
    for _, body in rules[:MAX_RULES]:
        rule = parse_rule(body)
        steps.setdefault(rule.chain, []).extend(read_rule(rule, sets.elements, is_ipv6=family == IPV6))
    return NatTable(
        name=f"{FAMILIES[family]} {name}",
        chains=steps,
        entries=[chain.name for chain in entries if chain.hook == PREROUTING],
        local_entries=[chain.name for chain in entries if chain.hook == OUTPUT],
        unread=max(0, len(rules) - MAX_RULES),
    )


class _Sets:
    """The sets of one table, each read when a rule looks into it."""

    def __init__(self, channel: Channel, family: int, table: str) -> None:
        self._channel = channel
        self._header = _HEADER.pack(family, 0, 0)
        self._table = _name(table)
        self._flags: dict[str, int] | None = None
        self._read: dict[str, list[Element] | None] = {}

    def elements(self, name: str) -> list[Element] | None:
        if name not in self._read:
            try:
                self._read[name] = self._ask(name)
            except OSError:
                self._read[name] = None
        return self._read[name]

    def _ask(self, name: str) -> list[Element] | None:
        if self._flags is None:
            self._flags = self._ask_flags()
        if name not in self._flags:
            return None
        question = attribute(ELEMENTS_TABLE, self._table) + attribute(ELEMENTS_SET, _name(name))
        messages = self._channel.dump(GETSETELEM, self._header + question).messages
        return parse_elements(messages, has_intervals=bool(self._flags[name] & SET_HAS_INTERVALS))

    def _ask_flags(self) -> dict[str, int]:
        flags: dict[str, int] = {}
        for _, body in self._channel.dump(GETSET, self._header + attribute(SET_TABLE, self._table)).messages:
            told = dict(parse_attributes(body, NFGENMSG_BYTES))
            flags[text_of(told.get(SET_NAME))] = number_of(told.get(SET_FLAGS)) or 0
        return flags


def _name(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape") + b"\0"
