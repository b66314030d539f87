"""A policy file is written whole or not at all, by one writer at a time, and where this user meant it to be."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quietport.model.errors import PolicyError
from quietport.policy import write
from quietport.policy.policy_file import parse_policy
from quietport.policy.write import mode_of, rewrite, target_file

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
OTHER = 65534


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("asked", "umask", "file", "folder"),
    [
        (0o600, 0o022, 0o600, 0o700),
        (0o644, 0o077, 0o644, 0o755),
        (None, 0o022, 0o644, 0o755),
        (None, 0o077, 0o600, 0o700),
    ],
)
def test_a_new_file_and_its_folder(trusted: Path, asked: int | None, umask: int, file: int, folder: int) -> None:
    path = trusted / "new" / "p.toml"
    old = os.umask(umask)
    try:
        assert rewrite(str(path), lambda text: text + "# x\n", asked) == ("", "# x\n")
    finally:
        os.umask(old)
    assert path.read_text() == "# x\n"
    assert (mode(path), mode(path.parent)) == (file, folder)
    assert [entry.name for entry in path.parent.iterdir()] == ["p.toml"]


@ROOT
def test_owner_mode_and_line_ends_stay(trusted: Path) -> None:
    path = trusted / "p.toml"
    path.write_bytes(b"# x\r\n")
    path.chmod(0o640)
    os.chown(path, OTHER, 7)
    rewrite(str(path), lambda text: text + "# y\r\n", mode=0o600)
    found = path.stat()
    assert path.read_bytes() == b"# x\r\n# y\r\n"
    assert (mode(path), found.st_uid, found.st_gid) == (0o640, OTHER, 7)


def test_nothing_is_written_where_nothing_changes_or_the_edit_fails(trusted: Path) -> None:
    path = trusted / "p.toml"
    path.write_text("# x\n")
    before = path.stat()
    rewrite(str(path), lambda text: text, mode=0o600)

    def fail(_: str) -> str:
        raise PolicyError("p.toml", "malformed")

    with pytest.raises(PolicyError, match="malformed"):
        rewrite(str(path), fail, mode=0o600)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [entry.name for entry in trusted.iterdir()] == ["p.toml"]


def test_a_link_of_ones_own_is_followed_and_stays(trusted: Path) -> None:
    (trusted / "real.toml").write_text("# x\n")
    link = trusted / "p.toml"
    link.symlink_to("real.toml")
    rewrite(str(link), lambda text: text + "# y\n", mode=0o600)
    assert link.is_symlink()
    assert (trusted / "real.toml").read_text() == "# x\n# y\n"


@ROOT
def test_a_link_of_somebody_elses_is_not_followed(trusted: Path) -> None:
    real = trusted / "shadow"
    link = trusted / "p.toml"
    link.symlink_to(real)
    os.lchown(link, OTHER, OTHER)
    with pytest.raises(PolicyError) as caught:
        rewrite(str(link), lambda _: "# x\n", mode=0o600)
    assert str(caught.value) == f"{link}: is not written: the link {link} belongs to user {OTHER}"
    assert not real.exists()


def test_what_cannot_be_written_is_an_error(trusted: Path) -> None:
    (trusted / "file").write_text("")
    with pytest.raises(PolicyError, match="cannot be written: "):
        rewrite(f"{trusted}/file/p.toml", lambda _: "# x\n", mode=0o600)
    with pytest.raises(PolicyError, match="is no regular file"):
        rewrite(str(trusted), lambda _: "# x\n", mode=0o600)


def test_what_a_killed_writer_left_is_no_matter(trusted: Path) -> None:
    (trusted / ".p.toml.new").write_text("half")
    (trusted / ".p.toml.lock").write_text("")
    rewrite(f"{trusted}/p.toml", lambda _: "# x\n", mode=0o600)
    assert {entry.name: entry.read_text() for entry in trusted.iterdir()} == {"p.toml": "# x\n"}


def test_where_another_process_writes_for_ever_somebody_is_told(trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "WAIT_S", 0.1)
    with (trusted / ".p.toml.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(PolicyError, match="is being written by another process; ask again"):
            rewrite(f"{trusted}/p.toml", lambda _: "# x\n", mode=0o600)
    assert not (trusted / "p.toml").exists()


MANY = """
import sys
from quietport.model.declaration import Declaration
from quietport.model.port import PortRange, Transport
from quietport.policy.edit import put_entry
from quietport.policy.write import rewrite
file, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
for number in range(first, first + count):
    entry = Declaration(Transport.TCP, PortRange(number, number), "x" * 200, file, 0)
    rewrite(file, lambda text: put_entry(text, entry), mode=0o600)
    print(number, flush=True)
"""


def test_two_writers_at_once_lose_nothing(trusted: Path) -> None:
    file = f"{trusted}/p.toml"
    writers = [
        subprocess.Popen([sys.executable, "-c", MANY, file, str(first), "20"], stdout=subprocess.DEVNULL)
        for first in (1000, 2000)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = sorted(entry.ports.first for entry in parse_policy(Path(file).read_text(), file))
    assert found == [*range(1000, 1020), *range(2000, 2020)]


def test_a_writer_killed_at_any_moment_leaves_a_whole_file_with_all_it_has_told_of(trusted: Path) -> None:
    file = Path(f"{trusted}/p.toml")
    for turn, after_s in enumerate((0.0, 0.003, 0.007, 0.013, 0.02)):
        command = [sys.executable, "-c", MANY, str(file), str(1000 * (turn + 1)), "900"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            assert writer.stdout.readline()
            time.sleep(after_s)
            writer.send_signal(signal.SIGKILL)
            told = [int(line) for line in writer.stdout.read().splitlines() if line]
        held = {entry.ports.first for entry in parse_policy(file.read_text(), str(file))}
        assert set(told) <= held
        assert 1000 * (turn + 1) in held


def test_the_file_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "user_file", lambda: "/home/kim/.config/quietport/quietport.toml")
    monkeypatch.setattr(write, "current_user", lambda: 1000)
    assert target_file("x.toml", system=False) == "x.toml"
    assert target_file(None, system=False) == "/home/kim/.config/quietport/quietport.toml"
    assert target_file(None, system=True) == "/etc/quietport/quietport.toml"
    monkeypatch.setattr(write, "current_user", lambda: 0)
    assert target_file(None, system=False) == "/etc/quietport/quietport.toml"
    monkeypatch.setattr(write, "current_user", lambda: None)
    assert target_file(None, system=False) == "/home/kim/.config/quietport/quietport.toml"
    with pytest.raises(PolicyError, match="there is no such place on this system"):
        target_file(None, system=True)


def test_the_mode_of_a_new_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "user_file", lambda: "/home/kim/.config/quietport/quietport.toml")
    files = ("/home/kim/.config/quietport/quietport.toml", "/etc/quietport/quietport.toml", "image.toml")
    assert [mode_of(file) for file in files] == [0o600, 0o644, None]
