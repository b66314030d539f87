"""The file: who may open it how, and how it grows with the code."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from quietport.history import migration
from quietport.history.lock import only_writer
from quietport.history.remember import remember
from quietport.history.store import CHECKPOINT_BYTES, Store, open_to_read, open_to_write
from quietport.model.look import Look
from quietport.model.past import Past
from quietport.model.unknown import Unknown

START = 1_795_000_000
KIND = "tcp/ipv4/any/host//usr/bin/a"
STEP_2 = "ALTER TABLE host ADD COLUMN note TEXT NOT NULL DEFAULT 'from before'; CREATE INDEX host_note ON host (note);"


def test_a_new_history(tmp_path: Path) -> None:
    with open_to_write(tmp_path / "state") as store:
        asked = ("application_id", "user_version", "journal_mode", "synchronous", "wal_autocheckpoint")
        found = [store.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert found == [0x71706831, migration.VERSION, "wal", 1, 0]
    assert store.path == tmp_path / "state" / "history.sqlite"


def test_an_older_history_is_brought_up_to_date_and_keeps_what_it_holds(tmp_path: Path) -> None:
    remember(tmp_path, Look(START, "here"), {KIND: [22]})
    with open_to_write(tmp_path, (*migration.scripts(), STEP_2)) as store:
        assert store.connection.execute("PRAGMA user_version").fetchone() == (migration.VERSION + 1,)
        assert store.connection.execute("SELECT identity, note FROM host").fetchall() == [("here", "from before")]
        assert store.connection.execute("SELECT hex(ports) FROM spell").fetchall() == [("1600",)]


def test_a_step_that_fails_leaves_the_history_as_it_was(tmp_path: Path) -> None:
    remember(tmp_path, Look(START, "here"), {KIND: [22]})
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        open_to_write(tmp_path, (*migration.scripts(), "CREATE TABLE more (x); DROP TABLE nowhere;"))
    past, unseen = remember(tmp_path, Look(START + 60, "here"), {KIND: [22]})
    assert isinstance(past, Past)
    assert (past.is_first, unseen) == (False, ())
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as opened:
        assert opened.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []


def test_every_step_of_the_schema_is_there() -> None:
    assert sorted(path.name for path in migration.FOLDER.iterdir()) == [
        f"{number}.sql" for number in range(1, migration.VERSION + 1)
    ]


def test_what_is_raised_undoes_what_was_written(tmp_path: Path) -> None:
    def write_and_fail(store: Store) -> None:
        with store.writing() as connection:
            connection.execute("INSERT INTO host (identity, first_at, last_at, looks) VALUES ('x', 1, 1, 1)")
            raise ZeroDivisionError

    with open_to_write(tmp_path) as store:
        with pytest.raises(ZeroDivisionError):
            write_and_fail(store)
        assert store.connection.execute("SELECT count(*) FROM host").fetchone() == (0,)
        assert not store.connection.in_transaction


def test_a_long_log_is_written_back(tmp_path: Path) -> None:
    log = tmp_path / "history.sqlite-wal"
    with open_to_write(tmp_path) as store:
        for number in range(400):
            with store.writing() as connection:
                connection.execute(
                    "INSERT INTO host (identity, first_at, last_at, looks) VALUES (?, 1, 1, 1)", (str(number) * 300,)
                )
            assert log.stat().st_size < CHECKPOINT_BYTES + 100_000
        assert store.connection.execute("SELECT count(*) FROM host").fetchone() == (400,)
    assert not log.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="SQLite's own locks stand alone there")
def test_one_writer_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "history.lock"
    with only_writer(path), pytest.raises(TimeoutError), only_writer(path, patience_s=0.05):
        pytest.fail("two held it")
    with only_writer(path, patience_s=0):
        pass


def test_a_writer_that_never_ends_does_not_keep_a_look_from_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path, Look(START, "here"), {KIND: [22]})
    monkeypatch.setattr("quietport.history.lock.PATIENCE_S", 0.0)
    monkeypatch.setattr("quietport.history.lock.only_writer.__wrapped__.__defaults__", (0.05,))
    with only_writer(tmp_path / "history.lock"):
        past, unseen = remember(tmp_path, Look(START + 60, "here"), {KIND: [22, 80]})
    assert isinstance(past, Past)
    assert [str(door.change) for door in past.changed] == ["new"]
    assert [(entry.what, entry.detail) for entry in unseen] == [
        ("unseen.history-not-written", "another process is writing the history"),
    ]


def run_as_nobody(code: str, *arguments: str) -> str:
    """Run code as a user who may nothing; modules are imported before, for Python may lie in root's home."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", BECOME_NOBODY + code, *arguments],
        capture_output=True,
        text=True,
        env=environ,
        check=False,
    )
    return ran.stdout + ran.stderr


BECOME_NOBODY = """
import fcntl, os, sqlite3
from quietport.history import remember
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
"""

READER = """
import sys
from pathlib import Path
from quietport.history.store import open_to_read
with open_to_read(Path(sys.argv[1])) as store:
    print(*(text for (text,) in store.connection.execute("SELECT identity FROM host ORDER BY id")))
"""

LOOKER = """
import sys
from pathlib import Path
from quietport.history.remember import remember
from quietport.model.look import Look
past, unseen = remember(Path(sys.argv[1]), Look(1795000060, "here"), {"tcp/ipv4/any/host//usr/bin/a": [22, 80]})
print([door.door_key for door in getattr(past, "changed", [])], [(entry.what, str(entry.reason)) for entry in unseen])
"""


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="becomes another user, which root may")
def test_another_users_history_is_read_whether_it_is_open_or_not() -> None:
    with tempfile.TemporaryDirectory(prefix="quietport-") as name:
        folder = Path(name)
        left: list[Store] = []
        remember(folder, Look(START, "here"), {KIND: [22]})
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755 if path == folder else 0o644)
        assert not (folder / "history.sqlite-wal").exists()
        assert run_as_nobody(READER, name) == "here\n"
        remember(folder, Look(START, "there"), {KIND: [22]}, left)
        assert (folder / "history.sqlite-wal").stat().st_size > 0
        assert run_as_nobody(READER, name) == "here there\n"
        assert run_as_nobody(LOOKER, name) == (
            "['80/tcp/ipv4/any/host//usr/bin/a'] [('unseen.history-not-written', 'permission')]\n"
        )
        left[0].close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="becomes another user, which root may")
def test_a_history_that_may_not_even_be_read() -> None:
    with tempfile.TemporaryDirectory(prefix="quietport-") as name:
        remember(Path(name), Look(START, "here"), {KIND: [22]})
        assert run_as_nobody(LOOKER, name) == "[] [('unseen.history-not-written', 'permission')]\n"
        Path(name).chmod(0o755)
        assert run_as_nobody(LOOKER, name) == "[] [('unseen.history-not-written', 'permission')]\n"


def test_a_history_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_to_read(tmp_path)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
set -e
mount -t tmpfs -o size=256k,mode=0700 quietport "$1"
exec "$2" "$3" "$1"
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts a tiny disk, which root may")
def test_on_a_full_disk_a_look_has_its_answer_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = Path(__file__).with_name("looks_on_a_full_disk.py")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        ["unshare", "-m", "sh", "-c", FULL_DISK, "sh", str(disk), sys.executable, str(script)],
        capture_output=True, text=True, check=False, env=environ,
    )  # fmt: skip
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "fits: Past []",
        "full: Past ['unseen.history-not-written']",
        "first and full: Unknown ['unseen.history-not-written']",
        "room again: Past [] whole",
    ]
    assert list(disk.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts, which root may")
def test_on_a_disk_that_cannot_be_written_a_look_has_its_answer(tmp_path: Path) -> None:
    remember(tmp_path, Look(START, "here"), {KIND: [22]})
    code = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" -c "$3" "$1"'
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        ["unshare", "-m", "sh", "-c", code, "sh", str(tmp_path), sys.executable, LOOKER],
        capture_output=True, text=True, check=False, env=environ,
    )  # fmt: skip
    assert ran.stdout + ran.stderr == (
        "['80/tcp/ipv4/any/host//usr/bin/a'] [('unseen.history-not-written', 'not-supported')]\n"
    )


def test_where_there_is_no_history_and_none_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    past, unseen = remember(tmp_path / "file" / "state", Look(START, "here"), {KIND: [22]})
    assert isinstance(past, Unknown)
    assert [entry.what for entry in unseen] == ["unseen.history-not-written"]
