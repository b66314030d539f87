"""Several processes at once, and processes that are killed while they write."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from quietport.history.damage import find_damage, moved_aside
from quietport.history.spell import unpack

SCRIPT = Path(__file__).with_name("looks_without_end.py")


def start(folder: Path, program: str, *numbers: int) -> subprocess.Popen[str]:
    argv = [sys.executable, str(SCRIPT), str(folder), program, *map(str, numbers)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)


def ports_ever_seen(folder: Path, program: str) -> set[int]:
    query = "SELECT ports FROM spell JOIN kind ON kind.id = kind WHERE program = ?"
    with closing(sqlite3.connect(folder / "history.sqlite")) as opened:
        rows = opened.execute(query, (f"/usr/bin/{program}",)).fetchall()
    return {number for (ports,) in rows for number in unpack(ports)}


def test_processes_that_look_at_once_lose_nothing(tmp_path: Path) -> None:
    programs = ("a", "b", "c")
    running = [start(tmp_path, program, 0, 40) for program in programs]
    said = [process.communicate(timeout=60)[0].splitlines() for process in running]
    assert said == [[f"{number} 0" for number in range(40)]] * 3
    for program in programs:
        assert ports_ever_seen(tmp_path, program) >= set(range(20_000, 20_040))
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as opened:
        looks = opened.execute("SELECT identity, looks FROM host ORDER BY identity").fetchall()
    assert looks == [("host-a", 40), ("host-b", 40), ("host-c", 40)]


def test_processes_that_make_the_history_at_once_make_one(tmp_path: Path) -> None:
    running = [start(tmp_path, "a", 0, 1) for _ in range(4)]
    assert [process.communicate(timeout=60)[0] for process in running] == ["0 0\n"] * 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.lock", "history.sqlite"]


@pytest.mark.parametrize("seed", range(8))
def test_a_process_that_is_killed_loses_nothing_it_said_was_noted(tmp_path: Path, seed: int) -> None:
    chance, noted = random.Random(seed), -1  # noqa: S311 - when to kill
    for _ in range(3):
        process = start(tmp_path, "a", noted + 1)
        assert process.stdout is not None
        noted = int(process.stdout.readline().split()[0])
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        rest = process.stdout.read().splitlines()
        process.wait()
        process.stdout.close()
        noted = max([noted, *(int(line.split()[0]) for line in rest if line.endswith(" 0"))])
        assert find_damage(tmp_path / "history.sqlite") is None
        assert ports_ever_seen(tmp_path, "a") >= {20_000 + number for number in range(noted + 1)}
    assert moved_aside(tmp_path / "history.sqlite") == []
    assert start(tmp_path, "a", noted + 1, 1).communicate(timeout=60)[0] == f"{noted + 1} 0\n"
