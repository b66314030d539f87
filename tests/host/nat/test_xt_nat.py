"""The C structures of iptables, as bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.nat.legacy_nat import parse_table
from quietport.host.nat.nat_rule import Match, Verdict
from quietport.host.nat.xt_nat import Target, complement, network_text, parse_match, parse_target
from quietport.model.port import PortRange, Transport


def tcp(source: tuple[int, int], ports: tuple[int, int], inverted: int = 0) -> bytes:
    return struct.pack("=4H4B", *source, *ports, 0, 0, 0, inverted)


ANY = (0, 65535)


@pytest.mark.parametrize(
    ("info", "matches"),
    [
        (tcp(ANY, (80, 90)), [Match(Transport.TCP, PortRange(80, 90))]),
        (tcp((5, 5), (80, 80)), [Match(Transport.TCP, PortRange(80, 80), is_narrowed=True)]),
        (
            tcp(ANY, (80, 90), inverted=2),
            [Match(Transport.TCP, PortRange(0, 79)), Match(Transport.TCP, PortRange(91, 65535))],
        ),
        (tcp(ANY, (9, 3)), None),
        (b"short", None),
    ],
    ids=["range", "source", "inverted", "backwards", "short"],
)
def test_the_match_of_tcp(info: bytes, matches: list[Match] | None) -> None:
    assert parse_match("tcp", 0, info) == matches


def multiport(flags: int, ports: list[int], joined: list[int], inverted: int = 0) -> bytes:
    padded = ports + [0] * (15 - len(ports))
    return struct.pack("=BB15H15BB", flags, len(ports), *padded, *joined, *[0] * (15 - len(joined)), inverted)


def test_the_match_of_several_ports() -> None:
    info = multiport(1, [90, 95, 97], [0, 1, 0])
    assert parse_match("multiport", 1, info) == [Match(ports=PortRange(90, 90)), Match(ports=PortRange(95, 97))]
    assert parse_match("multiport", 1, multiport(0, [90], [0])) == [Match(is_narrowed=True)]
    assert parse_match("multiport", 1, multiport(1, [0, 65534], [1, 0], inverted=1)) == [
        Match(ports=PortRange(65535, 65535))
    ]
    assert parse_match("multiport", 0, info) is None


def test_matches_of_other_things_only_narrow() -> None:
    assert parse_match("comment", 0, b"") == [Match()]
    assert parse_match("statistic", 0, b"") == [Match(is_narrowed=True)]
    assert parse_match("sctp", 0, b"") is None, "it is about ports"


def test_targets() -> None:
    short = struct.pack("=II4s4s2s2s", 1, 3, b"\x0a\0\0\2", b"\x0a\0\0\2", b"\x1f\x90", b"\x1f\x90")
    assert parse_target("DNAT", 0, short, is_ipv6=False) == Target(Verdict.DNAT, "10.0.0.2", PortRange(8080, 8080))
    long = struct.pack("=I16s16s2s2s", 1, bytes(15) + b"\1", bytes(15) + b"\2", b"\0\0", b"\0\0")
    assert parse_target("DNAT", 2, long, is_ipv6=True) == Target(Verdict.DNAT, "::1-::2", None)
    assert parse_target("REDIRECT", 0, short[:-3], is_ipv6=False) == Target(Verdict.UNREAD)
    assert parse_target("LOG", 0, b"", is_ipv6=False) == Target(Verdict.NEXT)
    assert parse_target("MASQUERADE", 0, b"", is_ipv6=False) == Target(Verdict.STOP)
    assert parse_target("NETMAP", 0, b"", is_ipv6=False) == Target(Verdict.UNREAD)


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), max_size=4), st.integers(0, 65535))
def test_a_port_is_in_the_runs_or_in_their_complement(pairs: list[tuple[int, int]], number: int) -> None:
    runs = [PortRange(min(pair), max(pair)) for pair in pairs]
    assert any(number in run for run in runs) != any(number in run for run in complement(runs))


def test_masks_that_are_prefixes_are_networks() -> None:
    assert network_text(b"\xc0\0\2\0", b"\xff\xff\xff\0") == "192.0.2.0/24"
    assert network_text(b"\xc0\0\2\1", b"\xff\xff\xff\xff") == "192.0.2.1"
    assert network_text(b"\xc0\0\2\1", b"\xff\0\xff\xff") is None


@given(st.sampled_from(["tcp", "udp", "multiport", "comment", "x"]), st.integers(0, 3), st.binary(max_size=60))
def test_any_bytes_are_a_match_or_none(name: str, revision: int, info: bytes) -> None:
    matches = parse_match(name, revision, info)
    assert matches is None or all(isinstance(match, Match) for match in matches)


@given(st.sampled_from(["DNAT", "REDIRECT", "X"]), st.integers(0, 2), st.binary(max_size=60), st.booleans())
def test_any_bytes_are_a_target(name: str, revision: int, info: bytes, is_ipv6: bool) -> None:
    assert parse_target(name, revision, info, is_ipv6=is_ipv6).verdict in Verdict


@given(st.binary(max_size=400), st.integers(0, 300), st.booleans())
def test_any_block_is_a_table_and_one_that_is_cut_has_a_rule_unread(raw: bytes, start: int, is_ipv6: bool) -> None:
    table = parse_table(raw, {0: start}, is_ipv6=is_ipv6)
    assert table.name == ("ip6 nat" if is_ipv6 else "ip nat")
    if raw and len(raw) < 112:
        assert [step.verdict for steps in table.chains.values() for step in steps] == [Verdict.UNREAD]
