"""Files that a ring holds: recorded lists of three kernels, and a real ring."""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.holders import HolderWalk
from quietport.host.io_uring import RingFiles, RingHolders, find_ring_holders, parse_fdinfo

if TYPE_CHECKING:
    from pathlib import Path

LINUX_6_18 = """\
pos:	0
flags:	02000002
SqThread:	-1
UserFiles:	4
    0: socket:[227194]
    2: /dev/null
    3: socket:[99]
UserBufs:	0
PollList:
  op=6, task_works=0
CqOverflowList:
"""
LINUX_5_15 = """\
SqThread:	-1
UserFiles:	3
    0: TCP
    1: <none>
    2: notes.txt
UserBufs:	0
PollList:
"""
BUSY_5_15 = "SqThread:	-1\nUserFiles:	3\nUserBufs:	1\n"
IO_URING_SETUP, IO_URING_REGISTER, REGISTER_FILES = 425, 427, 2


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (LINUX_6_18, RingFiles([227194, 99], 0, is_whole=True)),
        (LINUX_5_15, RingFiles([], 1, is_whole=True)),
        (BUSY_5_15, RingFiles([], 0, is_whole=False)),
        ("", RingFiles([], 0, is_whole=False)),
        ("PollList:\n 0: socket:[7]\n", RingFiles([], 0, is_whole=True)),
        ("UserFiles:\t1\n 0: socket:[x]\nPollList:\n", RingFiles([], 0, is_whole=True)),
    ],
    ids=["6.18", "5.15", "busy", "nothing", "outside the list", "no number"],
)
def test_the_sockets_of_a_list(text: str, files: RingFiles) -> None:
    assert parse_fdinfo(text) == files


@given(st.text(alphabet="UserFiles:PollList 0123456789socket[]\n\t", max_size=200))
def test_any_text_is_sockets_or_none(text: str) -> None:
    files = parse_fdinfo(text)
    assert len(files.inodes) + files.unnamed <= text.count("\n") + 1


def test_holders_are_told_once_and_rings_that_do_not_tell_are_counted(tmp_path: Path) -> None:
    for pid, texts in ((9, [LINUX_6_18, LINUX_6_18]), (4, [LINUX_6_18, BUSY_5_15]), (5, [LINUX_5_15])):
        (tmp_path / str(pid) / "fd").mkdir(parents=True)
        (tmp_path / str(pid) / "fdinfo").mkdir()
        for number, text in enumerate(texts):
            (tmp_path / str(pid) / "fd" / str(number)).symlink_to("anon_inode:[io_uring]")
            (tmp_path / str(pid) / "fdinfo" / str(number)).write_text(text)
    (tmp_path / "9" / "fd" / "7").symlink_to("/dev/null")
    rings = [(4, "0"), (4, "1"), (5, "0"), (9, "0"), (9, "1"), (9, "8")]
    assert find_ring_holders(str(tmp_path), rings) == RingHolders({227194: [4, 9], 99: [4, 9]}, 2)
    holders = HolderWalk(str(tmp_path), share=False).finish()
    assert (holders.find(227194), holders.find(99), holders.find(1), holders.silent_rings) == ((4, 9), (4, 9), (), 2)


@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="numbers of system calls")
def test_a_listener_whose_only_file_is_in_a_ring_has_its_holder() -> None:
    system_call = ctypes.CDLL(None, use_errno=True).syscall
    ring = system_call(IO_URING_SETUP, 4, ctypes.create_string_buffer(120))
    if ring < 0:
        pytest.skip(f"io_uring: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as listener:
        inode = os.fstat(listener.fileno()).st_ino
        files = ctypes.create_string_buffer(struct.pack("=2i", listener.fileno(), -1))
        assert system_call(IO_URING_REGISTER, ring, REGISTER_FILES, files, 2) == 0
    holders = find_ring_holders("/proc", [(os.getpid(), str(ring))])
    found = HolderWalk("/proc", share=False).finish().find(inode)
    os.close(ring)
    if inode not in holders.pids:
        assert holders.unnamed == 1, "a kernel that does not name it must be counted"
    else:
        assert holders == RingHolders({inode: [os.getpid()]}, 0)
        assert found == (os.getpid(),)
