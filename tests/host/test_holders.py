from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from quietport.host.holders import Holders, HolderWalk
from quietport.host.shared_walk import Found
from quietport.host.socket_run import SocketRun
from quietport.model.port import Transport

if TYPE_CHECKING:
    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /proc")


def forbid(monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    """Make the kernel refuse these paths: a test as root would be refused nothing."""
    real = os.open

    def refusing(path: str, *args: Any, **kwargs: Any) -> int:
        if path in paths:
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refusing)


def seen(proc: FakeProc | str, *inodes: int) -> dict[int, tuple[int, ...]]:
    """Return who is seen to hold each of these sockets."""
    holders = HolderWalk(str(proc), share=False).finish()
    return {inode: holders.find(inode) for inode in inodes}


def test_every_holder_of_a_socket_lowest_pid_first(proc: FakeProc) -> None:
    proc.add(30, "/dev/null", "socket:[41]", "socket:[99]")
    proc.add(4, "socket:[41]", "socket:[41]", "pipe:[42]", "anon_inode:[eventpoll]")
    proc.add(100, "socket:[42]")
    assert seen(proc, 41, 42, 43) == {41: (4, 30), 42: (100,), 43: ()}


def test_runs_are_split_by_who_holds_them(proc: FakeProc) -> None:
    proc.add(30, "socket:[41]", "socket:[42]")
    proc.add(31, "socket:[42]", "socket:[44]")
    run = SocketRun(Transport.TCP, False, 10, "127.0.0.1", 0, 0, None, [81, 82, 83, 84, 85], [41, 42, 43, 44, 0])
    holders = HolderWalk(str(proc), share=False).finish()
    assert [(held.pids, held.run.ports, held.run.inodes) for held in holders.split([run])] == [
        ((30,), [81], [41]),
        ((30, 31), [82], [42]),
        ((), [83, 85], [43, 0]),
        ((31,), [84], [44]),
    ]


def test_inode_0_is_nobodys_and_nothing_is_walked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    holders = Holders("/nowhere", Found([], 0), hidden=False)
    monkeypatch.setattr("quietport.host.holders._walk", None)
    assert holders.find(0) == ()


def test_a_process_that_is_gone_is_passed_over(proc: FakeProc) -> None:
    (proc.root / "77").mkdir()
    holders = HolderWalk(str(proc), share=False).finish()
    assert (holders.find(41), holders.unreadable, holders.everything_read) == ((), 0, True)


def test_unreadable_processes_are_counted_and_kernel_threads_are_not(
    proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc.add(2, comm="kthreadd", executable=None, flags=0x0020_8040)
    proc.add(30, "socket:[41]")
    proc.add(31, "socket:[41]")
    forbid(monkeypatch, f"{proc}/1/fd", f"{proc}/2/fd", f"{proc}/30/fd")
    holders = HolderWalk(str(proc), share=False).finish()
    assert (holders.find(41), holders.unreadable, holders.hidden) == ((31,), 2, False)
    assert not holders.everything_read


def test_hidepid_shows_in_the_absence_of_process_1(proc: FakeProc) -> None:
    (proc.root / "1").rename(proc.root / "self")
    proc.add(30, "socket:[41]")
    holders = HolderWalk(str(proc), share=False).finish()
    assert (holders.find(41), holders.unreadable, holders.hidden) == ((30,), 0, True)


def test_what_came_after_the_walk_is_looked_at_too(proc: FakeProc) -> None:
    proc.add(30, "socket:[41]")
    holders = HolderWalk(str(proc), share=False).finish()
    proc.add(31, "socket:[42]")
    (proc.root / "30" / "fd" / "9").symlink_to("socket:[43]")
    run = SocketRun(Transport.TCP, False, 10, "127.0.0.1", 0, 0, None, [81, 82, 83], [41, 42, 43])
    assert [(held.pids, held.run.ports) for held in holders.split([run])] == [((30,), [81, 83]), ((31,), [82])]
    assert holders.find(43) == (30,)
