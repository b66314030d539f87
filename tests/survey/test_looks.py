"""Looks at real processes that come, go, and are restarted, in a network namespace of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.needs("unshare")
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"),
    reason="makes a network namespace of its own, which root may",
)
def test_what_looks_tell_of_real_processes(tmp_path: Path) -> None:
    script = Path(__file__).with_name("looks_in_namespace.py")
    inside = 'ip link set lo up && exec "$@"'
    ran = subprocess.run(
        ["unshare", "-n", "sh", "-c", inside, "sh", sys.executable, str(script), str(tmp_path)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == {
        "first look": [],
        "nothing happened": [],
        "restarted": [],
        "another door": [["9090", "one", "new"]],
        "another program": [["8080", "other", "changed"]],
        "one ended": [["9090", "one", "gone"]],
        "a port that the kernel chose": [["*", "other", "new"]],
        "another that it chose": [],
    }
