"""What ss, netstat and lsof print of real listeners is read as we see them ourselves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("printed_in_namespace.py")


def look_with(command: str) -> tuple[list[Any], list[Any]]:
    """Return what we see and what we read, in a namespace of its own."""
    for tool in ("unshare", "ip", command.split(maxsplit=1)[0]):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    refusal = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if refusal.returncode:
        pytest.skip(f"no network namespace may be made here: {refusal.stderr.strip()}")
    run = [*unshare, sys.executable, "-W", "ignore", str(PROGRAM), command]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    told = json.loads(done.stdout)
    assert told[f"{command}: complete"] == [[True]]
    assert len(told["ours"]) == 8
    return told["ours"], told[command]


def without(rows: list[Any], *columns: int) -> list[Any]:
    return sorted(([value for at, value in enumerate(row) if at not in columns] for row in rows), key=str)


FAMILY, INTERFACE, HOLDERS = 3, 4, 6


@pytest.mark.needs("unshare")
@pytest.mark.needs("ss")
@pytest.mark.skipif(sys.platform != "linux", reason="ss is a tool of Linux")
@pytest.mark.parametrize("command", ["ss -H -ltnup", "ss -ltnupe", "ss -anup -t", "ss -tulpnOmio"])
def test_ss_tells_all_that_we_see(command: str) -> None:
    ours, theirs = look_with(command)
    assert theirs == ours


@pytest.mark.needs("unshare")
@pytest.mark.needs("lsof")
@pytest.mark.skipif(sys.platform != "linux", reason="the test makes a namespace")
@pytest.mark.parametrize("command", ["lsof -nP -i +c 0", "lsof -nP -i -F"])
def test_lsof_tells_all_but_the_interface_and_v6only(command: str) -> None:
    ours, theirs = look_with(command)
    assert without(theirs, FAMILY, INTERFACE) == without(ours, FAMILY, INTERFACE)


@pytest.mark.needs("unshare")
@pytest.mark.needs("netstat")
@pytest.mark.skipif(sys.platform != "linux", reason="net-tools is of Linux")
def test_netstat_tells_one_holder_and_neither_interface_nor_v6only() -> None:
    ours, theirs = look_with("netstat -ltnup")
    assert without(theirs, FAMILY, INTERFACE, HOLDERS) == without(ours, FAMILY, INTERFACE, HOLDERS)
    assert all(
        held and held[0] in row[HOLDERS] for row, held in zip(ours, (row[HOLDERS] for row in theirs), strict=True)
    )


@pytest.mark.needs("unshare")
@pytest.mark.needs("busybox")
@pytest.mark.skipif(sys.platform != "linux", reason="busybox is of Linux")
def test_netstat_of_busybox_tells_no_holder() -> None:
    ours, theirs = look_with("busybox netstat -ltun")
    assert without(theirs, FAMILY, INTERFACE, HOLDERS) == without(ours, FAMILY, INTERFACE, HOLDERS)
