"""No text makes a parser raise, and what was printed of a listener is read as it was."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.printed.formats import FORMATS
from quietport.host.printed.interface import Format
from quietport.host.printed.printed_host import read_printed
from quietport.host.printed.recognise import read_blocks
from quietport.model.errors import SurveyError

WORDS = """
tcp tcp6 udp udp4 tcp46 TCP UDP LISTEN UNCONN ESTAB ESTABLISHED LISTENING 0 1 128 * *:* *.* [::]:0 0.0.0.0:22
127.0.0.1.22 :::80 [::1]:65536 fe80::1%lo0.5 17/nginx users:(("a",pid=1,fd=2)) ino:5 cgroup:/a v6only:1 IPv4 IPv6
3u TCP (LISTEN) p17 f3 tIPv4 PTCP n*:22 TST=LISTEN LocalAddress LocalPort State : , " ; ------------ COMMAND PID USER
Proto Recv-Q Send-Q (state) process:pid pid \\xff ² １２ -> [x.exe] #TYPE Local Address:Port Address Foreign { } [ ]
"""
PIECES = st.sampled_from(WORDS.split())
LINES = st.lists(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map(" ".join), max_size=12)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(lines=LINES)
def test_no_parser_raises(form: Format, lines: list[str]) -> None:
    block = form.open(lambda *_: 7)
    for line in lines:
        form.begins(line)
        block.take(line)
    for socket in block.finish().sockets:
        assert 0 < socket.local_port < 65536


@given(LINES)
def test_every_line_is_taken_or_counted(lines: list[str]) -> None:
    found, unread = read_blocks(lines, lambda *_: None)
    assert unread.count + len(found) <= len(lines)
    assert len(unread.first) == min(unread.count, 3)
    if not found:
        assert unread.count == sum(bool(line.strip()) for line in lines)


@given(st.one_of(LINES.map(lambda lines: "\n".join(lines).encode("utf-8", "replace")), st.binary(max_size=400)))
def test_any_bytes_are_a_host_or_refused(data: bytes) -> None:
    with suppress(SurveyError):
        found = read_printed(data, lambda _: True, lambda *_: 7)
        assert all(seen.scope for seen in found.view.listeners)
        assert all(seen.local.scope for seen in found.view.connections)


IPV4 = st.integers(0, 2**32 - 1).map(lambda number: str(IPv4Address(number)))
IPV6 = st.integers(0, 2**128 - 1).map(lambda number: str(IPv6Address(number)))
PORTS = st.integers(1, 65535)
PIDS = st.integers(1, 2**22)
NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,7}", fullmatch=True)


def spell(form: str, address: str, port: int, pid: int, name: str) -> str:
    """Return a row of a form."""
    six = ":" in address
    bracketed = f"[{address}]" if six else address
    return {
        "ss": f'tcp LISTEN 0 128 {bracketed}:{port} *:* users:(("{name}",pid={pid},fd=3))',
        "netstat": f"tcp{'6' if six else ''} 0 0 {address}:{port} {':::*' if six else '0.0.0.0:*'} LISTEN {pid}/{name}",
        "macos": f"tcp{'6' if six else '4'} 0 0 {address}.{port} *.* LISTEN",
        "windows": f"  TCP {bracketed}:{port} {'[::]:0' if six else '0.0.0.0:0'} LISTENING {pid}",
        "lsof": f"{name} {pid} root 3u IPv{'6' if six else '4'} 7 0t0 TCP {bracketed}:{port} (LISTEN)",
        "sockstat": f"root {name} {pid} 3 tcp{'6' if six else '4'} {address}:{port} *:*",
    }[form]


@pytest.mark.parametrize("form", ["ss", "netstat", "macos", "windows", "lsof", "sockstat"])
@given(address=st.one_of(IPV4, IPV6), port=PORTS, pid=PIDS, name=NAMES)
def test_a_row_is_read_as_it_was_printed(form: str, address: str, port: int, pid: int, name: str) -> None:
    found: Any = read_printed(spell(form, address, port, pid, name).encode(), None, lambda *_: None)
    (seen,) = found.view.listeners
    kind = IPv6Address if ":" in address else IPv4Address
    assert (kind(seen.endpoint.address), seen.port.number, str(seen.port.transport)) == (kind(address), port, "tcp")
    if form == "macos":
        return
    (owner,) = seen.owners
    told = {"windows": "System" if pid == 4 else ""}.get(form, name)
    assert (owner.pid, owner.program) == (pid, told)
