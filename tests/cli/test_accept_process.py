"""``accept`` as a process of root's, with a listener of its own and an ``/etc`` of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="root puts its own /etc and network in place with unshare",
)

LISTEN_AND_ACCEPT = """
import json, socket, subprocess, sys
door = socket.create_server(("127.0.0.1", 58080))
quietport = [sys.executable, "-m", "quietport", "accept"]
said = []
for command in json.loads(sys.argv[1]):
    ran = subprocess.run([*quietport, *command], capture_output=True, text=True)
    said.append([ran.returncode, ran.stdout, ran.stderr])
print(json.dumps(said))
"""


def accept(etc: Path, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Run commands where ``/etc`` is a folder of the test's; return what they said."""
    script = 'mount --bind "$1" /etc && exec "$2" -c "$3" "$4"'
    arguments = [str(etc), sys.executable, LISTEN_AND_ACCEPT, json.dumps(commands)]
    environ = {**os.environ, "HOME": "/nonexistent", "LANG": "C.UTF-8", "SUDO_USER": "kim"}
    environ.pop("XDG_CONFIG_HOME", None)
    ran = subprocess.run(
        ["unshare", "-mn", "sh", "-c", script, "sh", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
        timeout=60,
        umask=0o022,
    )
    return [tuple(one) for one in json.loads(ran.stdout)]


def test_root_writes_the_systems_file_with_what_listens_here(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    said = accept(
        tmp_path,
        ("58080/tcp", "--because", "team x", "--json"),
        ("--list", "--json"),
        ("--undo", "58080/tcp", "--program", "nginx", "--plain"),
    )
    assert [(code, err) for code, _, err in said] == [(0, ""), (0, ""), (1, "")]
    added, listed = json.loads(said[0][1]), json.loads(said[1][1])
    assert (added["recorded"][0], added["doors"], added["fitting"]) == ("scope", 1, 1)
    (entry,) = listed["entries"]
    assert listed["policy_files"] == ["/etc/quietport/quietport.toml"]
    assert (entry["first"], entry["scope"], entry["author"]) == (58080, "loopback", "kim")
    assert entry["program"] is not None
    made = tmp_path / "quietport"
    assert [path.name for path in made.iterdir()] == ["quietport.toml"]
    assert ((made / "quietport.toml").stat().st_mode & 0o777, made.stat().st_mode & 0o777) == (0o644, 0o755)


def test_root_neither_obeys_nor_writes_what_others_can_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    made = tmp_path / "quietport"
    made.mkdir()
    policy = made / "quietport.toml"
    policy.write_text('[[accept]]\nport = "58080/tcp"\nbecause = "let me in"\n')
    policy.chmod(0o664)
    why = "/etc/quietport/quietport.toml can be written by others (mode 0664)"
    listed, written = accept(tmp_path, ("--list", "--json"), ("58080/tcp", "--because", "x"))
    document = json.loads(listed[1])
    assert (document["entries"], document["policy_files"]) == ([], [])
    assert [unseen["id"] for unseen in document["coverage"]["unseen"]] == ["unseen.policy-refused"]
    assert document["coverage"]["unseen"][0]["detail"] == why
    assert written == (
        4,
        "",
        f"quietport: /etc/quietport/quietport.toml: would not be obeyed, and is not written: {why}\n",
    )
    assert "let me in" in policy.read_text()
