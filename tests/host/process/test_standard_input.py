from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from quietport.host.process.standard_input import is_in_tables, read_protocol, read_stdin_socket
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0
torn
"""


def of_child(stdin: int) -> bool | Unknown:
    with subprocess.Popen(["sleep", "60"], stdin=stdin) as child:
        try:
            return read_stdin_socket("/proc", child.pid)
        finally:
            child.kill()


@pytest.mark.parametrize(
    ("family", "kind", "answer", "protocol"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, True, "TCP"),
        (socket.AF_INET6, socket.SOCK_STREAM, True, "TCPv6"),
        (socket.AF_INET, socket.SOCK_DGRAM, True, "UDP"),
        (socket.AF_INET6, socket.SOCK_DGRAM, True, "UDPv6"),
        (socket.AF_UNIX, socket.SOCK_STREAM, False, "UNIX-STREAM"),
        (socket.AF_UNIX, socket.SOCK_DGRAM, False, "UNIX"),
    ],
)
def test_a_socket_as_standard_input(family: int, kind: int, answer: bool, protocol: str) -> None:
    with socket.socket(family, kind) as opened:
        assert read_protocol(f"/proc/self/fd/{opened.fileno()}") == protocol
        assert of_child(opened.fileno()) is answer


def test_standard_input_that_is_no_socket() -> None:
    assert of_child(subprocess.DEVNULL) is False
    assert of_child(subprocess.PIPE) is False


def test_where_the_kernel_names_no_protocol_the_tables_of_the_process_tell(proc: FakeProc) -> None:
    for pid, inode in ((30, 41), (31, 42)):
        proc.add(pid, f"socket:[{inode}]")
        (proc.root / str(pid) / "net").mkdir()
        (proc.root / str(pid) / "net" / "tcp6").write_text(TABLE)
    proc.add(32, "socket:[41]")
    assert [read_stdin_socket(str(proc), pid) for pid in (30, 31, 32)] == [True, False, False]


def test_a_number_elsewhere_in_a_line_is_no_inode(tmp_path: Path) -> None:
    (tmp_path / "tcp").write_text(TABLE)
    assert [is_in_tables(str(tmp_path), inode) for inode in (b"41", b"4", b"100", b"", b"0277")] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_a_process_without_standard_input(proc: FakeProc) -> None:
    proc.add(30)
    assert read_stdin_socket(str(proc), 30) is False
    assert read_stdin_socket(str(proc), 31) is False


def test_standard_input_that_may_not_be_seen(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> str:
        raise PermissionError(13, "Permission denied", path)

    proc.add(30, "socket:[41]")
    monkeypatch.setattr(os, "readlink", refuse)
    assert read_stdin_socket(str(proc), 30) == Unknown(Reason.PERMISSION, "standard input of process 30")
