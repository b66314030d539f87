"""Interfaces and addresses: the kernel's answers as bytes."""

from __future__ import annotations

import json
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.links import Link, parse_addresses, parse_links
from quietport.host.netlink import Answer, attribute


def answer(kind: int, *bodies: bytes) -> Answer:
    made = Answer()
    made.messages = [(kind, body) for body in bodies]
    return made


def link(index: int, *attributes: bytes) -> bytes:
    return struct.pack("=BxHiII", 0, 1, index, 0, 0) + b"".join(attributes)


def named(name: bytes) -> bytes:
    return attribute(3, name + b"\0")


def kind(name: bytes, *data: bytes) -> bytes:
    return attribute(18, attribute(1, name + b"\0") + attribute(2, b"".join(data)))


def port(number: int, value: int) -> bytes:
    return attribute(number, struct.pack(">H", value))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (link(1, named(b"lo")), Link(1, "lo", None, None, False, False)),
        (link(2, named(b"vx0"), kind(b"vxlan", port(15, 4789))), Link(2, "vx0", "vxlan", 4789, False, False)),
        (link(3, named(b"gnv"), kind(b"geneve", port(5, 6081))), Link(3, "gnv", "geneve", 6081, False, False)),
        (link(4, named(b"bu"), kind(b"bareudp", port(1, 6635))), Link(4, "bu", "bareudp", 6635, False, False)),
        (link(5, named(b"wg0"), kind(b"wireguard")), Link(5, "wg0", "wireguard", None, False, False)),
        (link(6, named(b"veth"), kind(b"veth", port(15, 4789))), Link(6, "veth", "veth", None, False, False)),
        (
            link(7, named(b"vx1"), kind(b"vxlan", port(15, 8472)), attribute(37, struct.pack("=i", 0))),
            Link(7, "vx1", "vxlan", 8472, True, False),
        ),
        (link(8, named(b"e0"), attribute(43, attribute(2, b"\2"))), Link(8, "e0", None, None, False, True)),
        (link(9, named(b"e1"), attribute(43, attribute(2, b"\0"))), Link(9, "e1", None, None, False, False)),
    ],
    ids=["loopback", "vxlan", "geneve", "bareudp", "wireguard", "no tunnel", "moved", "xdp", "no xdp"],
)
def test_what_a_link_tells(body: bytes, expected: Link) -> None:
    assert parse_links(answer(16, body)) == [expected]


def test_messages_of_another_kind_and_short_ones_are_left_out() -> None:
    assert parse_links(answer(17, link(1))) == parse_links(answer(16, b"short")) == []


def test_addresses_prefer_the_local_end_of_a_link() -> None:
    header = struct.pack("=BBBBI", 2, 24, 0, 0, 1)
    bodies = [
        header + attribute(1, bytes([10, 0, 0, 9])) + attribute(2, bytes([10, 0, 0, 1])),
        header + attribute(1, bytes(15) + b"\1"),
        header + attribute(1, b"odd"),
        b"",
    ]
    assert parse_addresses(answer(20, *bodies)) == ["10.0.0.1", "::1"]


@given(st.binary(max_size=120))
def test_any_body_is_a_link_or_nothing(body: bytes) -> None:
    for found in parse_links(answer(16, body)):
        assert found.port is None or 0 < found.port < 65536
    assert len(parse_addresses(answer(20, body))) <= 1


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64" or os.geteuid() != 0, reason="a system call of root's"
)
@pytest.mark.needs("unshare")
def test_a_real_program_on_xdp_is_seen() -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    program = Path(__file__).with_name("xdp_in_namespace.py")
    command = ["unshare", "-n", sys.executable, "-W", "ignore", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.stderr.startswith("bpf:"):
        pytest.skip(f"no program may be loaded here: {done.stderr}")
    assert json.loads(done.stdout) == [[False], [True]]
