"""``netstat``: rows that are damaged, in other languages, or of another system."""

from __future__ import annotations

from typing import Any

import pytest

from quietport.host.printed.netstat_bsd import BsdNetstatBlock
from quietport.host.printed.netstat_linux import LinuxNetstatBlock
from quietport.host.printed.netstat_windows import WindowsNetstatBlock


def linux(line: str) -> Any:
    block = LinuxNetstatBlock(lambda *_: None)
    assert block.take(line)
    return block.finish()


@pytest.mark.parametrize(
    ("rest", "program"),
    [
        ("900/nginx: master pr", "nginx"),
        ("900/sshd: /usr/sb", "sshd"),
        ("900/a b", "a b"),
        ("900/a/b", "a/b"),
        ("900/x off (0.00/0/0)", "x"),
        ("900/x         keepalive (7.12/0/0)", "x"),
        ("900/x (y)", "x (y)"),
        ("root 4711 900/x", "x"),
        ("1000       4711       900/x", "x"),
        ("900/", ""),
    ],
)
def test_the_program_as_it_stands_in_its_column(rest: str, program: str) -> None:
    (socket,) = linux(f"tcp 0 0 127.0.0.1:80 0.0.0.0:* LISTEN {rest}").sockets
    assert [(holder.pid, holder.program) for holder in socket.holders] == [(900, program)]


@pytest.mark.parametrize("rest", ["", "-", "- off (0.00/0/0)", "root 4711 -", "0/x", "x/900"])
def test_no_program(rest: str) -> None:
    assert linux(f"tcp 0 0 127.0.0.1:80 0.0.0.0:* LISTEN {rest}").sockets[0].holders == ()


def test_user_and_inode_of_the_extended_form() -> None:
    socket = linux("udp 0 0 127.0.0.1:53 0.0.0.0:* 101 4711 900/dnsmasq").sockets[0]
    assert (socket.uid, socket.inode) == (101, 4711)


@pytest.mark.parametrize("state", ["LISTEN", "HÖRT", "ПРОСЛУШИВАЕТСЯ"])
def test_who_has_no_foreign_end_listens_in_every_language(state: str) -> None:
    assert len(linux(f"tcp 0 0 127.0.0.1:80 0.0.0.0:* {state}").sockets) == 1


def test_a_connection_in_a_state_that_is_no_known_word_is_counted() -> None:
    found = linux("tcp 0 0 127.0.0.1:80 10.0.0.1:5000 OPGEZET")
    assert (found.sockets, found.states_unread) == ([], 1)
    assert linux("tcp 0 0 127.0.0.1:80 10.0.0.1:5000 TIME_WAIT").states_unread == 0


@pytest.mark.parametrize(
    "line", ["raw 0 0 0.0.0.0:1 0.0.0.0:* 7", "unix  2 [ ACC ] STREAM LISTENING 1 /x", "Active UNIX domain sockets"]
)
def test_sockets_without_a_port_are_passed_over(line: str) -> None:
    assert linux(line).sockets == []


def test_a_name_that_fills_its_column_may_go_on() -> None:
    assert linux("tcp 0 0 127.0.0.1:80 0.0.0.0:* LISTEN 12345/systemd-resol").programs_cut == 1
    assert linux("tcp 0 0 127.0.0.1:80 0.0.0.0:* LISTEN 12345/nginx: master").programs_cut == 0


@pytest.mark.parametrize(
    "line", ["tcp 0 0 127.0.0.1:80", "tcp a b 127.0.0.1:80 0.0.0.0:* LISTEN", "tcp4 0 0 *.22 *.* LISTEN"]
)
def test_linux_does_not_take_what_is_no_row_of_its_own(line: str) -> None:
    assert not LinuxNetstatBlock(lambda *_: None).take(line)


@pytest.mark.parametrize(
    "line",
    ["tcp4 0 0 *.22 *.* HEARING", "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN", "tcp4 0 0 *.22", "icmp4 0 0 *.* *.*"],
)
def test_bsd_does_not_take_what_is_no_row_of_its_own(line: str) -> None:
    assert not BsdNetstatBlock(lambda *_: None).take(line)


def test_bsd_with_the_address_of_the_control_block_first() -> None:
    block = BsdNetstatBlock(lambda *_: None)
    assert block.take("fffff80003a4c000 tcp4 0 0 *.22 *.* LISTEN")
    assert [(line.local_address, line.local_port) for line in block.finish().sockets] == [("0.0.0.0", 22)]


def test_bsd_passes_over_everything_under_another_title_until_the_next() -> None:
    block = BsdNetstatBlock(lambda *_: None)
    for line in ("Active LOCAL (UNIX) domain sockets", "c0ffee stream 0 0 0 0 0 0 /x", "tcp4 0 0 *.22 *.* LISTEN"):
        assert block.take(line)
    assert not block.take("c0ffee stream 0 0 0 0 0 0 /x")
    assert len(block.finish().sockets) == 1


def test_windows_takes_no_more_than_two_lines_below_a_row() -> None:
    block = WindowsNetstatBlock(lambda *_: None)
    row = "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1044"
    assert [block.take(line) for line in (row, "  RpcSs", " [svchost.exe]", "  stray")] == [True, True, True, False]
    assert [block.take(line) for line in (row, "stray")] == [True, False]
    assert [socket.holders[0].program for socket in block.finish().sockets] == ["svchost.exe", ""]
