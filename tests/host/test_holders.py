from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from quietport.host.holders import Holders, HolderWalk, find_holders
from quietport.host.shared_walk import Found, Walk

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


def test_every_holder_of_a_socket_lowest_pid_first(proc: FakeProc) -> None:
    proc.add(30, "/dev/null", "socket:[41]", "socket:[99]")
    proc.add(4, "socket:[41]", "socket:[41]", "pipe:[42]", "anon_inode:[eventpoll]")
    proc.add(100, "socket:[42]")
    assert find_holders(str(proc), [41, 42, 43]) == Holders({41: [4, 30], 42: [100]}, unreadable=0, hidden=False)


def test_inode_0_is_nobodys_and_nothing_is_walked_for_it() -> None:
    assert find_holders("/nowhere", [0]) == Holders({}, unreadable=0, hidden=False)


def test_a_process_that_is_gone_is_passed_over(proc: FakeProc) -> None:
    (proc.root / "77").mkdir()
    assert find_holders(str(proc), [41]) == Holders({}, unreadable=0, hidden=False)


def test_unreadable_processes_are_counted_and_kernel_threads_are_not(
    proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc.add(2, comm="kthreadd", executable=None, flags=0x0020_8040)
    proc.add(30, "socket:[41]")
    proc.add(31, "socket:[41]")
    forbid(monkeypatch, f"{proc}/1/fd", f"{proc}/2/fd", f"{proc}/30/fd")
    holders = find_holders(str(proc), [41])
    assert holders == Holders({41: [31]}, unreadable=2, hidden=False)
    assert not holders.everything_read


def test_hidepid_shows_in_the_absence_of_process_1(proc: FakeProc) -> None:
    (proc.root / "1").rename(proc.root / "self")
    proc.add(30, "socket:[41]")
    assert find_holders(str(proc), [41]) == Holders({41: [30]}, unreadable=0, hidden=True)


class EarlyWalk:
    """A walk that was over before anything else happened, as a quick child's may be."""

    def __init__(self, walk: Walk, pids: list[int], *, share: bool) -> None:
        del share
        self.found = walk(pids)

    def finish(self) -> Found:
        return self.found


def test_what_came_after_the_walk_is_looked_at_too(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quietport.host.holders.SharedWalk", EarlyWalk)
    proc.add(30, "socket:[41]")
    walk = HolderWalk(str(proc), share=False)
    proc.add(31, "socket:[42]")
    (proc.root / "30" / "fd" / "9").symlink_to("socket:[43]")
    assert walk.finish([41, 42, 43]) == Holders({41: [30], 42: [31], 43: [30]}, unreadable=0, hidden=False)
