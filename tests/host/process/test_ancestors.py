from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from quietport.host.process.ancestors import MAX_ANCESTORS, ProcessTree
from quietport.model.owner import Ancestor
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /proc")
INIT = Ancestor(1, "init")


def test_every_process_above_nearest_first(proc: FakeProc) -> None:
    proc.add(20, comm="sshd")
    proc.add(30, comm="bash", ppid=20)
    proc.add(40, comm="nc", ppid=30)
    tree = ProcessTree(str(proc))
    assert tree.find_ancestors(40) == (Ancestor(30, "bash"), Ancestor(20, "sshd"), INIT)
    assert tree.find_ancestors(1) == ()


def test_each_process_is_read_once(proc: FakeProc) -> None:
    proc.add(30, comm="nginx")
    proc.add(31, comm="nginx", ppid=30)
    tree = ProcessTree(str(proc))
    first = tree.find_ancestors(31)
    (proc.root / "30" / "stat").unlink()
    (proc.root / "1" / "stat").unlink()
    assert tree.find_ancestors(31) is first


def test_a_loop_ends(proc: FakeProc) -> None:
    proc.add(30, comm="a", ppid=31)
    proc.add(31, comm="b", ppid=30)
    assert ProcessTree(str(proc)).find_ancestors(30) == (Ancestor(31, "b"), Ancestor(30, "a"))


def test_a_long_chain_is_cut(proc: FakeProc) -> None:
    for pid in range(100, 140):
        proc.add(pid, ppid=pid - 1)
    chain = ProcessTree(str(proc)).find_ancestors(139)
    assert isinstance(chain, tuple)
    assert [ancestor.pid for ancestor in chain] == list(range(138, 138 - MAX_ANCESTORS, -1))


def test_a_chain_is_cut_where_the_next_cannot_be_read(proc: FakeProc) -> None:
    proc.add(30, comm="bash", ppid=20)
    proc.add(40, comm="nc", ppid=30)
    assert ProcessTree(str(proc)).find_ancestors(40) == (Ancestor(30, "bash"),)


def test_a_parent_that_has_ended_or_is_hidden(proc: FakeProc) -> None:
    proc.add(40, ppid=20)
    what = "ancestors of process 40"
    assert ProcessTree(str(proc)).find_ancestors(40) == Unknown(Reason.EXITED, what)
    (proc.root / "1").rename(proc.root / "one")
    assert ProcessTree(str(proc)).find_ancestors(40) == Unknown(Reason.PERMISSION, what)


def test_a_process_that_has_ended(proc: FakeProc) -> None:
    assert ProcessTree(str(proc)).find_ancestors(40) == Unknown(Reason.EXITED, "ancestors of process 40")


def test_names_above_are_hostile_too(proc: FakeProc) -> None:
    proc.add(30)
    (proc.root / "30" / "stat").write_bytes(b"30 (a) S\x1b[2J\xff) S 1 30 30 0 -1 0 " + b"0 " * 12 + b"1 0 0\n")
    proc.add(40, ppid=30)
    assert ProcessTree(str(proc)).find_ancestors(40) == (Ancestor(30, "a) S\x1b[2J\\xff"), INIT)
