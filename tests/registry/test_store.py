"""Which snapshot is in force."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from quietport.registry import store
from quietport.registry.snapshot import SHIPPED
from quietport.registry.store import PassedOver, PassedOverBecause, current_snapshot, find_passed_over, update_folder


@pytest.fixture
def updated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where an updated snapshot would stand."""
    monkeypatch.setattr(store, "update_folder", lambda: tmp_path)
    return tmp_path / "registry.sqlite"


def change(path: Path, statement: str) -> None:
    """Run a statement on a snapshot."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_without_an_update_the_shipped_snapshot_is_in_force(updated: Path) -> None:
    assert current_snapshot() == SHIPPED
    assert find_passed_over() is None
    assert not updated.exists()


def test_an_update_of_the_same_text_is_in_force(updated: Path) -> None:
    shutil.copyfile(SHIPPED, updated)
    assert current_snapshot() == updated
    assert find_passed_over() is None


def test_an_update_made_by_another_version_hides_nothing(updated: Path) -> None:
    shutil.copyfile(SHIPPED, updated)
    change(updated, "UPDATE meta SET value = 'other' WHERE key = 'text_sha256'")
    assert current_snapshot() == SHIPPED
    assert find_passed_over() == PassedOver(str(updated), PassedOverBecause.OTHER_TEXT)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meta SET value = '99' WHERE key = 'schema'",
        "DELETE FROM meta WHERE key = 'schema'",
        "DROP TABLE meta",
    ],
)
def test_an_update_of_another_schema_is_passed_over(updated: Path, statement: str) -> None:
    shutil.copyfile(SHIPPED, updated)
    change(updated, statement)
    assert current_snapshot() == SHIPPED
    assert find_passed_over() == PassedOver(str(updated), PassedOverBecause.UNREADABLE)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" * 99])
def test_a_damaged_update_is_passed_over_and_kept(updated: Path, content: bytes) -> None:
    updated.write_bytes(content)
    assert current_snapshot() == SHIPPED
    assert find_passed_over() == PassedOver(str(updated), PassedOverBecause.UNREADABLE)
    assert updated.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_no_update(updated: Path) -> None:
    updated.mkdir()
    assert current_snapshot() == SHIPPED


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"XDG_DATA_HOME": "/xdg"}, "/xdg/quietport"),
        ({"XDG_DATA_HOME": ""}, "/home/somebody/.local/share/quietport"),
        ({}, "/home/somebody/.local/share/quietport"),
    ],
)
def test_a_users_folder_follows_xdg(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], folder: str) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/somebody"))
    assert update_folder(environ) == Path(folder)


def test_root_keeps_it_for_the_whole_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert update_folder({"XDG_DATA_HOME": "/xdg"}) == Path("/var/lib/quietport")
