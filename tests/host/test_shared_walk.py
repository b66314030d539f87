from __future__ import annotations

import json
import subprocess
import sys

import pytest

from quietport.host import shared_walk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no fork on Windows")

WALK = """
import json, os
from quietport.host import shared_walk
parent = os.getpid()
def walk(pids):
    if {fails} and os.getpid() != parent:
        os.close(1)
        os.kill(os.getpid(), 9)
    return shared_walk.Found([(pid, ["socket:[%d]" % pid, "socket:[7]"]) for pid in pids], len(pids))
started = shared_walk.SharedWalk(walk, [1, 2, 3, 4, 5], share=True)
held, unreadable = started.finish()
print(json.dumps([sorted(held), unreadable]))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("no child left")
"""


@pytest.mark.parametrize("fails", [False, True], ids=["child answers", "child is killed"])
def test_the_parts_are_joined_and_no_child_is_left(fails: bool) -> None:
    """In a process of its own, since the workers that run tests have threads."""
    done = subprocess.run(
        [sys.executable, "-c", WALK.format(fails=fails)], capture_output=True, text=True, check=True, timeout=30
    )
    answer, rest = done.stdout.splitlines()
    assert json.loads(answer) == [[[pid, [f"socket:[{pid}]", "socket:[7]"]] for pid in range(1, 6)], 5]
    assert (rest, done.stderr) == ("no child left", "")


def test_a_process_with_threads_does_not_fork() -> None:
    program = "import threading; from quietport.host.shared_walk import may_share; e = threading.Event()\n"
    program += "t = threading.Thread(target=e.wait); t.start(); print(may_share()); e.set(); t.join()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "False\n"


def test_alone_where_there_is_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_walk.os, "cpu_count", lambda: 1)
    assert not shared_walk.may_share()
