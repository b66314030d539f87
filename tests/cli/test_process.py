"""The command line as a process: pipes, ``python -m``, and a host of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

QUIETPORT = [sys.executable, "-m", "quietport"]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a network namespace is a thing of Linux")

OPEN_AND_LOOK = """
import json, socket, subprocess, sys
def door(family, kind, address, port, v6only=None):
    opened = socket.socket(family, kind)
    if v6only is not None:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    opened.bind((address, port))
    if kind == socket.SOCK_STREAM:
        opened.listen()
    return opened
doors = [
    door(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", 58001),
    door(socket.AF_INET, socket.SOCK_DGRAM, "0.0.0.0", 58002),
    door(socket.AF_INET6, socket.SOCK_STREAM, "::", 58003, 1),
    door(socket.AF_INET6, socket.SOCK_STREAM, "::", 58004, 0),
]
for command in (["ss", "-H", "-ltnup"], [sys.executable, "-m", "quietport", "check", "--json"]):
    print(json.dumps(subprocess.run(command, capture_output=True, text=True).stdout))
"""


def quietport(*argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment}
    return subprocess.run(
        [*QUIETPORT, *argv],
        capture_output=True,
        text=True,
        check=False,
        env=environ,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def unshared() -> list[str]:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    refusal = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if refusal.returncode:
        pytest.skip(f"no network namespace may be made here: {refusal.stderr.strip()}")
    return unshare


def test_python_m_is_the_same_command() -> None:
    done = quietport("explain", "851", "--no-host")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "Port 851\n  Port 851 is unassigned: IANA's registry gives it to no service over tcp and\n  udp. [1]\n"
    )


def test_messages_go_to_standard_error() -> None:
    done = quietport("65536")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "quietport: '65536' is no port: ports are 0 to 65535, as in 851, 851/udp, 6000-6063\n"


@pytest.mark.parametrize("form", ["--json", "--plain", "--no-color"])
def test_who_reads_only_one_line_hears_no_complaint(form: str) -> None:
    command = [*QUIETPORT, "search", "a", "--limit", "100000", form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_an_ascii_terminal_gets_an_answer() -> None:
    done = quietport("explain", "851", "--no-host", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")


def test_bytes_that_are_no_text_are_met_with_an_answer() -> None:
    command = [*(part.encode() for part in QUIETPORT), b"explain", b"\xff\xfe"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"quietport: nothing goes by the name '\\xff\\xfe'; ")


@LINUX
@pytest.mark.needs("unshare")
def test_a_namespace_without_listeners_is_quiet() -> None:
    done = subprocess.run(
        [*unshared(), "-pf", "--mount-proc", *QUIETPORT, "check", "851", "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert " ".join(done.stdout.split()).startswith(
        "Nothing is listening on 851, which is what you would expect of an unassigned port."
    )


@LINUX
@pytest.mark.needs("unshare")
@pytest.mark.needs("ss")
def test_check_sees_what_ss_sees(tmp_path: Path) -> None:
    if shutil.which("ss") is None:
        pytest.skip("ss is not installed")
    program = tmp_path / "doors.py"
    program.write_text(OPEN_AND_LOOK)
    done = subprocess.run(
        [*unshared(), sys.executable, "-W", "ignore", program], capture_output=True, text=True, check=True
    )
    ss, ours = map(json.loads, done.stdout.splitlines())
    theirs = []
    for line in ss.splitlines():
        transport, _, _, _, local, *_ = line.split()
        address, _, port = local.rpartition(":")
        pids = sorted({int(pid) for pid in re.findall(r"pid=([0-9]+)", line)})
        theirs.append((transport, {"*": "::"}.get(address, address.strip("[]")), int(port), pids))
    document = json.loads(ours)
    here = [shown for shown in document["listeners"] if shown["namespace"] == document["namespace"]]
    seen = [
        (
            shown["transport"],
            shown["address"],
            shown["port"],
            [owner["pid"] for owner in (shown["owner"], *shown["other_owners"])],
        )
        for shown in here
    ]
    assert seen == sorted(theirs, key=lambda door: door[2])
    assert [(shown["port"], shown["family"]) for shown in here] == [
        (58001, "ipv4"),
        (58002, "ipv4"),
        (58003, "ipv6"),
        (58004, "dual"),
    ]
