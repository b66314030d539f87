from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("activation_in_namespace.py")


@pytest.mark.needs("inetd")
@pytest.mark.needs("systemd-socket-activate")
@pytest.mark.skipif(sys.platform != "linux", reason="inetd and systemd of Linux")
def test_who_hands_over_sockets_in_earnest(tmp_path: Path) -> None:
    for tool in ("unshare", "ip", "inetd", "systemd-socket-activate"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if os.geteuid():
        pytest.skip("inetd wants root")
    command = ["unshare", "-n", sys.executable, "-W", "ignore", str(PROGRAM), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == {
        "inetd, one for each connection": ["cat", True, "inetd", "inetd"],
        "inetd, one for all": ["sleep", True, "inetd", "inetd"],
        "systemd-socket-activate": ["sleep", False, "systemd", None],
        "systemd-socket-activate --inetd": ["cat", True, "inetd", "systemd-socket-"],
        "a shell that was sent out": ["sleep", True, "none", None],
        "a program without a socket": ["sleep", False, "none", None],
    }
