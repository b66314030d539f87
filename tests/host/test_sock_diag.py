"""The kernel's answers as bytes: nothing is opened here."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.sock_diag import AF_INET, AF_INET6, Dump
from quietport.host.socket_entry import SocketEntry
from quietport.host.socket_run import SocketRun, collect_runs
from quietport.model.listener import Family
from quietport.model.port import Transport

LISTEN = 10
MULTI, INTERRUPTED = 0x2, 0x12
SOCK_DIAG, ERROR, DONE = 20, 2, 3


def message(kind: int, body: bytes, flags: int = MULTI) -> bytes:
    padding = bytes(-len(body) % 4)
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 0, 4711) + body + padding


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def socket_body(family: int, address: str, port: int, interface: int = 0, attributes: bytes = b"") -> bytes:
    raw = socket.inet_pton(socket.AF_INET if family == AF_INET else socket.AF_INET6, address).ljust(16, b"\0")
    ports = struct.pack(">HH", port, 0)
    return (
        struct.pack("=BBBB", family, LISTEN, 0, 0)
        + ports
        + raw
        + bytes(16)
        + struct.pack("=III", interface, 1, 0)
        + struct.pack("=IIIII", 0, 0, 128, 1000, 41)
        + attributes
    )


def parse(*datagrams: bytes) -> Dump:
    dump = Dump(Transport.TCP)
    for datagram in datagrams:
        dump.parse(datagram)
    return dump


def test_a_listener_of_each_family() -> None:
    dump = parse(
        message(SOCK_DIAG, socket_body(AF_INET, "127.0.0.1", 631))
        + message(SOCK_DIAG, socket_body(AF_INET6, "fe80::1", 546, interface=2)),
        message(DONE, struct.pack("=i", 0)),
    )
    assert dump.sockets == [
        SocketEntry(Transport.TCP, False, 10, "127.0.0.1", 631, "0.0.0.0", 0, 0, 1000, 41, None),
        SocketEntry(Transport.TCP, True, 10, "fe80::1", 546, "::", 0, 2, 1000, 41, None),
    ]
    assert (dump.done, dump.interrupted, dump.damaged, dump.error) == (True, False, 0, 0)


@pytest.mark.parametrize(
    ("attributes", "family"),
    [
        (attribute(8, b"\0") + attribute(11, b"\1"), Family.IPV6),
        (attribute(8, b"\0") + attribute(11, b"\0"), Family.DUAL),
        (attribute(8, b"\0"), Family.IPV6_MAYBE_DUAL),
        (b"\xff\xff\x0b\x00\x01\x00\x00\x00", Family.IPV6_MAYBE_DUAL),
        (b"\x00\x00\x00\x00\x00\x00\x00\x00", Family.IPV6_MAYBE_DUAL),
    ],
    ids=["v6only", "dual", "not told", "attribute too long", "attribute of no length"],
)
def test_the_unspecified_ipv6_address_takes_ipv4_unless_told_otherwise(attributes: bytes, family: Family) -> None:
    (entry,) = parse(message(SOCK_DIAG, socket_body(AF_INET6, "::", 80, attributes=attributes))).sockets
    assert entry.family is family


def test_a_table_that_changed_meanwhile_says_so() -> None:
    assert parse(message(DONE, struct.pack("=i", 0), INTERRUPTED)).interrupted


def test_an_error_ends_the_dump_with_its_errno() -> None:
    dump = parse(message(ERROR, struct.pack("=i", -2) + bytes(16)))
    assert (dump.done, dump.error, dump.damaged) == (True, 2, 0)


def test_an_error_without_a_number_is_damage() -> None:
    dump = parse(message(ERROR, b""))
    assert (dump.done, dump.error, dump.damaged) == (True, 0, 1)


def test_everything_before_a_cut_is_kept_and_the_cut_counted() -> None:
    whole = message(SOCK_DIAG, socket_body(AF_INET, "127.0.0.1", 631))
    assert [(len(dump.sockets), dump.damaged) for dump in (parse(whole + whole[:-1]), parse(whole + whole[:9]))] == [
        (1, 1),
        (1, 1),
    ]


def test_a_socket_message_that_is_too_short_and_one_of_another_kind_are_counted() -> None:
    dump = parse(message(SOCK_DIAG, bytes(71)) + message(99, b"") + message(DONE, b""))
    assert (dump.sockets, dump.damaged, dump.done) == ([], 2, True)


@given(st.binary(max_size=400))
def test_any_bytes_are_entries_or_damage(datagram: bytes) -> None:
    dump = parse(datagram)
    assert dump.sockets or dump.damaged or dump.done or not datagram


@given(st.binary(max_size=80), st.integers(0, 255), st.integers(0, 0xFFFF), st.binary(min_size=72, max_size=72))
def test_any_socket_body_is_an_entry(attributes: bytes, family: int, flags: int, body: bytes) -> None:
    dump = parse(message(SOCK_DIAG, bytes([family]) + body[1:] + attributes, flags))
    (entry,) = dump.sockets
    assert 0 <= entry.local_port <= 65535
    assert entry.is_ipv6 == (family == AF_INET6)


def told(runs: list[SocketRun]) -> list[tuple[object, ...]]:
    """Return what runs tell of every socket, in an order that does not depend on how they were cut."""
    return sorted(
        ((*run[:7], port, inode) for run in runs for port, inode in zip(run.ports, run.inodes, strict=True)), key=repr
    )


ADDRESSES = {AF_INET: ["0.0.0.0", "127.0.0.1"], AF_INET6: ["::", "::1"]}


@st.composite
def datagrams(draw: st.DrawFn) -> bytes:
    """A datagram of sockets, mostly alike: of one family, and with few addresses, users, flags and attributes."""
    family = draw(st.sampled_from([AF_INET, AF_INET6]))
    told = draw(st.sampled_from([b"", attribute(11, b"\0"), attribute(11, b"\1")]))
    messages = []
    for _ in range(draw(st.integers(1, 6))):
        address = draw(st.sampled_from(ADDRESSES[family][: draw(st.integers(1, 2))]))
        odd = attribute(11, draw(st.sampled_from([b"\0", b"\1"]))) if draw(st.integers(0, 9)) == 9 and told else told
        body = bytearray(socket_body(family, address, draw(st.integers(0, 65535)), attributes=odd))
        body[6:8] = draw(st.sampled_from([b"\0\0", b"\0\0", b"\0\0", b"\1\2"]))
        body[64:72] = struct.pack("=II", draw(st.sampled_from([0, 0, 1000])), draw(st.integers(0, 2**32 - 1)))
        flags = draw(st.sampled_from([MULTI, MULTI, MULTI, INTERRUPTED]))
        messages.append(message(draw(st.sampled_from([SOCK_DIAG, SOCK_DIAG, 99])), bytes(body), flags))
    return b"".join(messages)


@given(st.lists(datagrams(), max_size=3))
def test_runs_tell_what_entries_tell(sent: list[bytes]) -> None:
    each, together = Dump(Transport.TCP), Dump(Transport.TCP, in_runs=True)
    for datagram in sent:
        each.parse(datagram)
        together.parse(datagram)
    assert told(together.runs()) == told(list(collect_runs(each.sockets)))
    assert (together.interrupted, together.damaged) == (each.interrupted, each.damaged)


def test_sockets_that_are_alike_are_one_run_and_are_not_looked_at_one_by_one() -> None:
    dump = Dump(Transport.TCP, in_runs=True)
    dump.parse(b"".join(message(SOCK_DIAG, socket_body(AF_INET, "127.0.0.1", port)) for port in (631, 443, 80)))
    dump.parse(message(SOCK_DIAG, socket_body(AF_INET, "127.0.0.1", 22)))
    assert dump.runs() == [
        SocketRun(Transport.TCP, False, 10, "127.0.0.1", 0, 1000, None, [631, 443, 80, 22], [41, 41, 41, 41])
    ]
    assert dump.sockets == []
