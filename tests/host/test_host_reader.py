from __future__ import annotations

import subprocess
import sys

import pytest

from quietport.host.host_reader import read_host

HEAVY = ("asyncio", "pathlib", "psutil", "subprocess", "threading", "pwd", "logging")


@pytest.mark.skipif(sys.platform != "linux", reason="the readers of Linux")
def test_linux_needs_neither_psutil_nor_anything_heavy() -> None:
    program = "import sys; had = set(sys.modules); import quietport.host.linux; print(*set(sys.modules) - had)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())


def test_another_system_is_asked_through_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def net_connections(kind: str) -> list[object]:
        asked.append(kind)
        return []

    monkeypatch.setattr("psutil.net_connections", net_connections)
    view = read_host(system="freebsd14")
    assert (view.method, view.listeners, asked) == ("psutil", (), ["inet"])
