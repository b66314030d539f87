"""``ss``: names of processes that want to be something else, and lines that are none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.printed.ss import SsBlock, begins
from quietport.model.listener import Family

HEADER = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess"


def read_one(line: str) -> Any:
    block = SsBlock(lambda *_: None)
    assert block.take(line)
    (socket,) = block.finish().sockets
    return socket


def row(name: str, pid: int = 900, more: str = "") -> str:
    return f'tcp LISTEN 0 128 127.0.0.1:80 0.0.0.0:* users:(("{name}",pid={pid},fd=3)){more}'


@pytest.mark.parametrize(
    "name",
    [
        "sshd",
        "",
        'a "b" c',
        "x y",
        ")",
        "))",
        '",pid=1,fd=3)',
        '",pid=1,fd=3))',
        '",pid=1,fd=2)) ',
        '("x",pid=1,fd=3',
        "users:((",
        "uid:0 ino:5",
        "\x1b[2J\u202e",
        "\\xff" * 15,
    ],
)
def test_no_name_makes_another_process_the_holder(name: str) -> None:
    socket = read_one(row(name))
    assert [(holder.pid, holder.program) for holder in socket.holders] == [(900, name)]
    assert (socket.uid, socket.inode) == (None, 0)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=15))
def test_any_name_of_fifteen_letters_is_read_as_it_is(name: str) -> None:
    more = " ino:7 sk:1 cgroup:/system.slice/x.service <->"
    socket = read_one(row(name, more=more))
    assert [(holder.pid, holder.program) for holder in socket.holders] == [(900, name)]
    assert (socket.inode, socket.uid) == (7, 0)


def test_a_group_that_ends_like_a_list_of_processes_adds_no_holder() -> None:
    socket = read_one(row("evil", more=' ino:7 sk:1 cgroup:/user.slice/x,("sshd",pid=1,fd=3)) <->'))
    assert socket.holders == ()


@pytest.mark.parametrize(
    ("local", "address", "interface", "family"),
    [
        ("*:80", "::", None, Family.DUAL),
        ("*%eth0:80", "::", "eth0", Family.DUAL),
        ("[::]:80", "::", None, Family.IPV6),
        (":::80", "::", None, Family.IPV6_MAYBE_DUAL),
        ("0.0.0.0%eth0:80", "0.0.0.0", "eth0", Family.IPV4),
        ("[fe80::1]%eth0:80", "fe80::1", "eth0", Family.IPV6),
        ("[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", None, Family.IPV6),
        ("127.0.0.53%lo:80", "127.0.0.53", "lo", Family.IPV4),
    ],
)
def test_every_spelling_of_a_local_end(local: str, address: str, interface: str | None, family: Family) -> None:
    socket = read_one(f"tcp LISTEN 0 128 {local} *:*")
    assert (socket.local_address, socket.local_port, socket.interface, socket.family) == (
        address,
        80,
        interface,
        family,
    )


def test_the_extended_form_tells_v6only_whatever_the_spelling() -> None:
    assert read_one("tcp LISTEN 0 128 :::80 :::* ino:7 sk:1 v6only:1 <->").family is Family.IPV6
    assert read_one("tcp LISTEN 0 128 :::80 :::* ino:7 sk:1 v6only:0 <->").family is Family.DUAL


def test_a_line_that_the_terminal_broke_is_put_together() -> None:
    block = SsBlock(lambda *_: None)
    assert block.take("tcp LISTEN 0 128 127.0.0.1:80 0.0.0.0:*")
    assert block.take('    users:(("nginx",pid=900,fd=6))')
    assert block.take("\t skmem:(r0,rb1)")
    assert [holder.program for holder in block.finish().sockets[0].holders] == ["nginx"]


@pytest.mark.parametrize(
    "line",
    [
        "nl    UNCONN 0      0                                             0:0                       *",
        "u_str LISTEN 0      4096             /run/systemd/private 12345                   * 0",
        "p_raw UNCONN 0      0                                        *:eth0                 *",
        "LISTEN 0 4096 @/tmp/.X11-unix/X0 12345 * 0",
    ],
)
def test_sockets_without_a_port_are_passed_over(line: str) -> None:
    block = SsBlock(lambda *_: None)
    assert block.take(line)
    assert block.finish().sockets == []


@pytest.mark.parametrize(
    "line",
    ["", "LISTEN", "tcp LISTEN 0", "tcp LISTEN a b 1.2.3.4:5 *:*", "tcp LISTENING 0 0 1.2.3.4:5 *:*", "LISTEN 0 0 a b"],
)
def test_what_is_no_row_is_not_taken(line: str) -> None:
    assert not SsBlock(lambda *_: None).take(line)


@pytest.mark.parametrize("end", ["127.0.0.1:65536", "127.0.0.1:-1", "1.2.3:80", "host.example:80", "127.0.0.1:nfs"])
def test_an_end_that_cannot_be_read_is_counted(end: str) -> None:
    block = SsBlock(lambda *_: None)
    assert block.take(f"tcp LISTEN 0 128 {end} *:*")
    found = block.finish()
    assert (found.sockets, found.names_unread) == ([], 1)


def test_a_block_begins_with_a_header_or_a_row() -> None:
    assert begins(HEADER)
    assert begins("LISTEN 0 128 *:22 *:*")
    assert not begins("LISTEN to the sound")
