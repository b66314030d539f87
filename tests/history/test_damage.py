"""A history that is damaged: said, moved aside whole, never written over; and the look has its answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietport.history.damage import DamagedError, find_damage, is_damage, move_aside, moved_aside
from quietport.history.remember import remember
from quietport.history.store import open_to_write, put_aside
from quietport.model.errors import DataError
from quietport.model.look import Look
from quietport.model.past import Past
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = 1_795_000_000
SEEN = {f"tcp/ipv4/any/host//usr/bin/{name}": range(1000, 1500) for name in "abcdefgh"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history with a past."""
    folder = tmp_path_factory.mktemp("whole")
    for minutes in range(20):
        some = {kind: [n for n in ports if n % (minutes + 2)] for kind, ports in SEEN.items()}
        remember(folder, Look(START + minutes * 60, "here"), some)
    return folder / "history.sqlite"


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def no_header(content: bytes) -> bytes:
    return b"garbage, garbage" + content[16:]


def other_text(_content: bytes) -> bytes:
    return b"to be or not to be\n" * 500


def emptied(_content: bytes) -> bytes:
    return b""


def a_page_of_zeroes(content: bytes) -> bytes:
    return content[:8192] + bytes(4096) + content[12288:]


def no_utf_8(content: bytes) -> bytes:
    return content.replace(b"/usr/bin/a", b"/usr/\xff\xfe/a")


Hurt = "Callable[[bytes], bytes]"
HURTS = [cut_off, no_header, other_text, emptied, a_page_of_zeroes, no_utf_8]


@pytest.mark.parametrize("hurt", HURTS)
def test_a_damaged_history_is_moved_aside_as_it_is(tmp_path: Path, whole: Path, hurt: Callable[[bytes], bytes]) -> None:
    damaged = hurt(whole.read_bytes())
    (tmp_path / "history.sqlite").write_bytes(damaged)
    past, unseen = remember(tmp_path, Look(START + 9_000, "here"), SEEN)
    assert isinstance(past, Past)
    assert past.is_first
    (aside,) = moved_aside(tmp_path / "history.sqlite")
    assert aside.read_bytes() == damaged
    assert [(entry.what, entry.remedy) for entry in unseen] == [
        ("unseen.history-damaged", "remedy.history-damaged"),
    ]
    assert str(unseen[0].detail).startswith(f"{aside}: ")
    again, unseen = remember(tmp_path, Look(START + 9_060, "here"), SEEN)
    assert isinstance(again, Past)
    assert (again.is_first, unseen) == (False, ())


def test_damage_where_nothing_is_read_is_noticed_with_the_next_change_or_day(tmp_path: Path) -> None:
    here = {"tcp/ipv4/any/host//usr/bin/a": [22]}
    for second in range(400):
        remember(
            tmp_path,
            Look(START + second, "here"),
            here if second % 2 else {**here, f"tcp/ipv4/any/host//{second}": [80]},
        )
    path = tmp_path / "history.sqlite"
    content = path.read_bytes()
    for later, said in ((400, 0), (86_400, 1)):
        hurt = content[:4096] + content[4096:].replace(b"changed", b"chanced")  # in every spell, and not in the schema
        assert hurt != content
        path.write_bytes(hurt)
        _, unseen = remember(tmp_path, Look(START + later, "here"), here)
        assert [entry.what for entry in unseen] == ["unseen.history-damaged"] * said
    (aside,) = moved_aside(path)
    assert aside.read_bytes()[100:] == hurt[100:]


def test_what_a_checkpoint_has_not_written_yet_goes_along(tmp_path: Path, whole: Path) -> None:
    (tmp_path / "history.sqlite").write_bytes(no_header(whole.read_bytes()))
    (tmp_path / "history.sqlite-wal").write_bytes(b"the log")
    put_aside(tmp_path)
    (aside,) = moved_aside(tmp_path / "history.sqlite")
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"the log"
    assert not (tmp_path / "history.sqlite-wal").exists()


def test_nothing_is_moved_over_anything(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    names = []
    for content in ("one", "two", "three"):
        path.write_text(content)
        names.append(move_aside(path, START))
    assert [(name.name, name.read_text()) for name in names] == [
        ("history.sqlite.damaged-20261118T110640Z", "one"),
        ("history.sqlite.damaged-20261118T110640Z.2", "two"),
        ("history.sqlite.damaged-20261118T110640Z.3", "three"),
    ]


def test_what_another_process_has_put_right_is_left(tmp_path: Path) -> None:
    remember(tmp_path, Look(START, "here"), SEEN)
    assert put_aside(tmp_path) is None
    assert find_damage(tmp_path / "history.sqlite") is None
    assert moved_aside(tmp_path / "history.sqlite") == []


def test_somebody_elses_database_is_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as opened:
        opened.execute("CREATE TABLE theirs (x)")
    before = (tmp_path / "history.sqlite").read_bytes()
    past, unseen = remember(tmp_path, Look(START, "here"), SEEN)
    assert isinstance(past, Unknown)
    assert [entry.what for entry in unseen] == ["unseen.history-not-written"]
    assert "no history of quietport" in str(unseen[0].detail)
    assert (tmp_path / "history.sqlite").read_bytes() == before
    with pytest.raises(DataError, match="no history of quietport; it is left as it is"):
        open_to_write(tmp_path)


def test_a_newer_history_is_left_as_it_is(tmp_path: Path) -> None:
    remember(tmp_path, Look(START, "here"), SEEN)
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as opened:
        opened.execute("PRAGMA user_version = 99")
    past, unseen = remember(tmp_path, Look(START + 60, "here"), SEEN)
    assert isinstance(past, Unknown)
    assert "written by a newer quietport (schema 99" in str(unseen[0].detail)


@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=40))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_flipped_bytes_anywhere(
    tmp_path_factory: pytest.TempPathFactory, whole: Path, flips: list[tuple[float, int]]
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    content = bytearray(whole.read_bytes())
    for where, bits in flips:
        content[int(where * len(content))] ^= bits
    (folder / "history.sqlite").write_bytes(content)
    past, unseen = remember(folder, Look(START + 9_000, "here"), SEEN)
    assert isinstance(past, Past) or [entry.what for entry in unseen] == ["unseen.history-not-written"]
    kept = [str(entry.detail) for entry in unseen if entry.what == "unseen.history-not-written"]
    assert all("no history of quietport" in detail or "newer quietport" in detail for detail in kept), kept
    asides = moved_aside(folder / "history.sqlite")
    assert [entry.what for entry in unseen].count("unseen.history-damaged") == len(asides)
    if asides:
        assert asides[0].read_bytes() == bytes(content)


@pytest.mark.parametrize(
    ("error", "damage"),
    [
        (DamagedError("x"), True),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'place'"), True),
        (sqlite3.OperationalError("database is locked"), False),
        (UnicodeDecodeError("utf-8", b"\xa0", 0, 1, "invalid start byte"), True),
        (PermissionError(), False),
    ],
)
def test_what_says_that_a_file_is_damaged(error: Exception, damage: bool) -> None:
    assert is_damage(error) is damage
