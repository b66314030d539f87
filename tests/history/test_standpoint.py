"""Which host this is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quietport.history.standpoint import read_standpoint

ID = "0123456789abcdef0123456789abcdef"


def make_host(root: Path, machine_id: str | None, own: str, first: str | None) -> tuple[str, str]:
    (root / "etc").mkdir(parents=True)
    if machine_id is not None:
        (root / "etc" / "machine-id").write_text(machine_id)
    for pid, namespace in (("self", own), ("1", first)):
        (root / "proc" / pid / "ns").mkdir(parents=True)
        if namespace is not None:
            (root / "proc" / pid / "ns" / "net").symlink_to(namespace)
    return str(root / "etc"), str(root / "proc")


@pytest.mark.parametrize(
    ("machine_id", "own", "first", "standpoint"),
    [
        (f"{ID}\n", "net:[1]", "net:[1]", ID),
        (f"{ID}\n", "net:[1]", None, ID),
        (f"{ID}\n", "net:[2]", "net:[1]", f"{ID}/net:[2]"),
        (None, "net:[1]", "net:[1]", "name"),
        ("uninitialized\n", "net:[1]", "net:[1]", "name"),
        ("", "net:[2]", "net:[1]", "name/net:[2]"),
        ("\u00e9" * 32, "net:[1]", "net:[1]", "name"),
    ],
)
def test_a_host_goes_by_its_machine_id_and_the_namespace_where_it_is_not_its_own(
    tmp_path: Path, machine_id: str | None, own: str, first: str | None, standpoint: str
) -> None:
    assert read_standpoint("name", *make_host(tmp_path, machine_id, own, first)) == standpoint


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="makes a network namespace, which root may")
def test_from_inside_another_network_namespace_it_is_another_host() -> None:
    code = "from quietport.history.standpoint import read_standpoint; print(read_standpoint('name'))"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    here, inside = (
        subprocess.run([*way, sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
        for way in ([], ["unshare", "-n"])
    )
    assert inside.stdout.startswith(here.stdout.strip() + "/net:[")
