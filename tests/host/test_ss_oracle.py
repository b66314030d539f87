"""The same listeners as ``ss`` sees, in a network namespace that the test makes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("listeners_in_namespace.py")


def run_in_namespace() -> dict[str, list[list[object]]]:
    for tool in ("unshare", "ss", "ip"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    refusal = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if refusal.returncode:
        pytest.skip(f"no network namespace may be made here: {refusal.stderr.strip()}")
    command = [*unshare, sys.executable, "-W", "ignore", str(PROGRAM)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    answer: dict[str, list[list[object]]] = json.loads(done.stdout)
    return answer


@pytest.mark.needs("unshare")
@pytest.mark.needs("ss")
@pytest.mark.skipif(sys.platform != "linux", reason="ss is a tool of Linux")
def test_the_same_listeners_as_ss_with_the_same_processes() -> None:
    seen = run_in_namespace()
    assert seen["ours"] == seen["ss"]
    first, second = seen["pids"]
    assert seen["ours"] == [
        ["tcp", address, port, interface, pid]
        for address, port, interface in (
            ("0.0.0.0", 1005, None),
            ("0.0.0.0", 1006, "lo"),
            ("127.0.0.1", 1001, None),
            ("::", 1002, None),
            ("::", 1003, None),
        )
        for pid in sorted([first, second], key=str)
    ] + [
        ["udp", address, port, None, pid]
        for address, port in (("0.0.0.0", 1004), ("::", 1007), ("::1", 1004))
        for pid in sorted([first, second], key=str)
    ]
    assert seen["kinds"] == [
        [1001, "ipv4", 1],
        [1002, "ipv6", 1],
        [1003, "dual", 1],
        [1004, "ipv4", 1],
        [1004, "ipv6", 1],
        [1005, "ipv4", 2],
        [1006, "ipv4", 1],
        [1007, "dual", 1],
    ]
