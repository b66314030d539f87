"""Expressions of nftables as bytes: what a rule takes, where it sends, and what cannot be followed."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.nat.nat_rule import EVERYTHING, Match, Step, Verdict
from quietport.host.nat.nft_rules import MAX_BRANCHES, Rule, parse_expressions, read_rule
from quietport.host.nat.nft_sets import Element, NftVerdict, parse_data, parse_elements
from quietport.host.netlink import attribute
from quietport.model.port import PortRange, Transport

NONE: dict[str, list[Element] | None] = {}


def number(value: int) -> bytes:
    return struct.pack(">I", value)


def value(raw: bytes) -> bytes:
    return attribute(1, raw)


TCP = [("meta", {1: number(1), 2: number(16)}), ("cmp", {1: number(1), 2: number(0), 3: value(b"\6")})]
DPORT = ("payload", {1: number(1), 2: number(2), 3: number(2), 4: number(2)})


def port_is(port: int, operator: int = 0) -> tuple[str, dict[int, bytes]]:
    return "cmp", {1: number(1), 2: number(operator), 3: value(struct.pack(">H", port))}


def redirect(port: int) -> list[tuple[str, dict[int, bytes]]]:
    return [("immediate", {1: number(1), 2: value(struct.pack(">H", port))}), ("redir", {1: number(1)})]


def steps(*expressions: tuple[str, dict[int, bytes]], sets: dict[str, list[Element] | None] = NONE) -> list[Step]:
    return read_rule(Rule("pre", list(expressions)), sets.get, is_ipv6=False)


def lookup(name: str, *, to: int | None = None, inverted: bool = False) -> tuple[str, dict[int, bytes]]:
    told = {1: name.encode() + b"\0", 2: number(1), 5: number(int(inverted))}
    return "lookup", told if to is None else {**told, 3: number(to)}


def tcp(first: int, last: int | None = None) -> Match:
    return Match(Transport.TCP, PortRange(first, first if last is None else last))


def to_port(match: Match, port: int) -> Step:
    return Step(match, Verdict.REDIRECT, to_ports=PortRange(port, port))


def test_a_port_is_redirected() -> None:
    assert steps(*TCP, DPORT, port_is(80), *redirect(8080)) == [to_port(tcp(80), 8080)]


def test_two_bounds_make_a_range_and_all_but_one_makes_two() -> None:
    assert steps(*TCP, DPORT, port_is(10, 5), port_is(20, 3), *redirect(1)) == [to_port(tcp(10, 20), 1)]
    assert steps(*TCP, DPORT, port_is(10, 1), *redirect(1)) == [to_port(tcp(0, 9), 1), to_port(tcp(11, 65535), 1)]


def test_bounds_that_leave_nothing_make_no_step() -> None:
    assert steps(*TCP, DPORT, port_is(10, 2), port_is(20, 4), *redirect(1)) == []


def test_a_rule_for_packets_without_ports_takes_none() -> None:
    icmp = [TCP[0], ("cmp", {1: number(1), 2: number(0), 3: value(b"\1")})]
    assert steps(*icmp, *redirect(1)) == []


def test_a_set_that_cannot_be_read_leaves_the_rule_unread_and_never_out() -> None:
    (step,) = steps(*TCP, DPORT, lookup("gone"), *redirect(1))
    assert step == Step(Match(Transport.TCP), Verdict.UNREAD)
    assert steps(*TCP, DPORT, lookup("gone", to=0)) == [Step(Match(Transport.TCP), Verdict.UNREAD)]


def test_an_inverted_set_takes_all_but_its_ports() -> None:
    sets: dict[str, list[Element] | None] = {"s": [Element(b"\0\0", b"\0\x09", None), Element(b"\0\x0b", None, None)]}
    assert steps(*TCP, DPORT, lookup("s", inverted=True), *redirect(1), sets=sets) == [
        to_port(tcp(10), 1),
        to_port(tcp(12, 65535), 1),
    ]


def test_a_verdict_map_jumps_for_each_of_its_ports() -> None:
    sets: dict[str, list[Element] | None] = {
        "m": [Element(b"\0\x50", None, NftVerdict(-3, "web")), Element(None, None, NftVerdict(1, ""))]
    }
    assert steps(*TCP, DPORT, lookup("m", to=0), sets=sets) == [
        Step(tcp(80), Verdict.JUMP, "web"),
        Step(Match(Transport.TCP), Verdict.STOP),
    ]


def test_a_port_from_a_source_that_is_not_known_is_unread() -> None:
    assert steps(*TCP, ("hash", {2: number(1)}), ("redir", {1: number(1)})) == [
        Step(Match(Transport.TCP, is_narrowed=True), Verdict.UNREAD)
    ]


def test_too_many_ways_through_one_rule_are_unread() -> None:
    elements = [Element(struct.pack(">H", port), None, None) for port in range(1, 400)]
    sets: dict[str, list[Element] | None] = {"s": elements}
    marked = ("meta", {1: number(1), 2: number(3)})
    rule = [*TCP, marked, lookup("s"), marked, lookup("s"), *redirect(1)]
    assert len(elements) ** 2 > MAX_BRANCHES
    assert steps(*rule, sets=sets) == [Step(EVERYTHING, Verdict.UNREAD)]


def test_counting_and_logging_send_nothing_anywhere() -> None:
    assert steps(*TCP, ("counter", {}), ("log", {})) == []


def test_intervals_pair_each_beginning_with_the_next_end() -> None:
    def element(key: int, flags: int = 0) -> bytes:
        told = attribute(1, value(struct.pack(">H", key))) + (attribute(3, number(flags)) if flags else b"")
        return attribute(1, told)

    body = bytes(4) + attribute(
        3, element(0, 1) + element(300) + element(301, 1) + element(100) + element(201, 1) + element(60000)
    )
    assert parse_elements([(0, body)], has_intervals=True) == [
        Element(b"\x00\x64", b"\x00\xc8", None),
        Element(b"\x01\x2c", b"\x01\x2c", None),
        Element(b"\xea\x60", b"\xff\xff", None),
    ]


EXPRESSIONS = st.sampled_from(
    ["meta", "cmp", "payload", "immediate", "lookup", "range", "bitwise", "redir", "nat", "match", "target", "fib", "x"]
)
VALUES = st.one_of(
    st.integers(0, 20).map(number),
    st.binary(max_size=20),
    st.binary(max_size=20).map(value),
    st.sampled_from([b"s\0", b"DNAT\0", b"REDIRECT\0", b"tcp\0", b"multiport\0"]),
)
ELEMENTS = st.builds(
    Element,
    st.none() | st.binary(max_size=8),
    st.none() | st.binary(max_size=8),
    st.none() | st.binary(max_size=8) | st.builds(NftVerdict, st.integers(-6, 2), st.text(max_size=3)),
)


@given(
    st.lists(st.tuples(EXPRESSIONS, st.dictionaries(st.integers(1, 6), VALUES, max_size=6)), max_size=8),
    st.none() | st.lists(ELEMENTS, max_size=4),
    st.booleans(),
)
def test_any_expressions_are_steps(
    expressions: list[tuple[str, dict[int, bytes]]], elements: list[Element] | None, is_ipv6: bool
) -> None:
    for step in read_rule(Rule("c", expressions), lambda _: elements, is_ipv6=is_ipv6):
        assert step.verdict in Verdict
        assert step.to_ports is None or step.verdict in {Verdict.REDIRECT, Verdict.DNAT}


@given(st.binary(max_size=200))
def test_any_bytes_are_expressions_data_and_elements(raw: bytes) -> None:
    parse_expressions(raw)
    parse_data(raw)
    for has_intervals in (False, True):
        parse_elements([(0, raw)], has_intervals=has_intervals)
