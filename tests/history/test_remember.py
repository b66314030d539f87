"""What a look tells beside the looks before it, through the file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from quietport.history.remember import remember
from quietport.history.store import Store
from quietport.model.look import AskedPorts, Look
from quietport.model.past import DoorPast, GoneDoor, KindPast, Past
from quietport.model.port import PortRange

LookAt = Callable[..., Past]
START = 1_795_000_000
"""2026-11-18T11:06:40Z."""

MINUTE = 60
DAY = 86_400


def kind(program: str = "/usr/bin/a", scope: str = "any", namespace: str = "host", transport: str = "tcp") -> str:
    return f"{transport}/ipv4/{scope}/{namespace}/{program}"


def asked(*numbers: int) -> tuple[AskedPorts, ...]:
    return tuple(AskedPorts(PortRange(number, number), ()) for number in numbers)


def told(past: Past) -> list[tuple[str, str]]:
    """Return what a look has to tell: doors with their change, in order, then those that are gone."""
    changed = [(door.door_key, str(door.change) + (f" was {door.was}" if door.was else "")) for door in past.changed]
    return sorted(changed) + [(door.door_key, "gone") for door in past.gone]


A, B, UNKNOWN = kind("/usr/bin/a"), kind("/usr/bin/b"), kind("?")


def rows(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "history.sqlite")) as opened:
        return opened.execute(
            "SELECT program, hex(ports), first_seen, since, last_seen, gone_at, began FROM spell JOIN kind "
            "ON kind.id = kind ORDER BY program, ports, since"
        ).fetchall()


def test_a_first_look_makes_nothing_new(look_at: LookAt) -> None:
    past = look_at(0, {A: [22, 80]})
    assert past == Past(
        is_first=True,
        previous_at=None,
        kinds={A: KindPast("2026-11-18T11:06:40Z", None, {})},
        gone=(),
    )
    assert past.door(A, 22) == DoorPast(f"22/{A}", "2026-11-18T11:06:40Z", None, None)


def test_a_door_that_is_still_there_has_a_past_and_no_change(look_at: LookAt) -> None:
    look_at(0, {A: [22, 80]})
    look_at(1, {A: [22, 80]})
    past = look_at(2, {A: [80, 22, 80]})
    assert past == Past(
        is_first=False,
        previous_at="2026-11-18T11:07:40Z",
        kinds={A: KindPast("2026-11-18T11:06:40Z", "2026-11-18T11:07:40Z", {})},
        gone=(),
    )


def test_a_look_that_sees_what_the_last_one_saw_touches_no_spell(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {A: range(20000, 30000)})
    before = rows(tmp_path)
    look_at(1, {A: range(20000, 30000)})
    assert rows(tmp_path) == before
    assert len(before) == 1


def test_new_gone_and_changed(look_at: LookAt) -> None:
    look_at(0, {A: [22, 80, 443]})
    past = look_at(1, {A: [22, 8080], B: [80]})
    assert told(past) == [
        (f"80/{B}", "changed was /usr/bin/a"),
        (f"8080/{A}", "new"),
        (f"443/{A}", "gone"),
    ]
    assert past.gone == (GoneDoor(f"443/{A}", "2026-11-18T11:06:40Z", "2026-11-18T11:06:40Z"),)
    assert past.door(B, 80) == DoorPast(f"80/{B}", "2026-11-18T11:07:40Z", None, past.door(B, 80).change, "/usr/bin/a")
    assert told(look_at(2, {A: [22, 8080], B: [80]})) == []


def test_what_was_told_once_is_not_told_again(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    assert told(look_at(1, {})) == [(f"22/{A}", "gone")]
    assert told(look_at(2, {})) == []


def test_a_restart_between_two_looks_is_silent(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    assert told(look_at(600, {A: [22]})) == []


def test_a_restart_that_a_look_saw_is_silent_afterwards(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {A: [22, 80]})
    look_at(5, {A: [80]})
    past = look_at(10, {A: [22, 80]})
    assert told(past) == []
    assert past.door(A, 22).first_seen == "2026-11-18T11:06:40Z"
    assert {row[3:6] for row in rows(tmp_path)} == {(START, None, None)}


def test_what_was_gone_for_longer_than_a_restart_has_returned(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    look_at(5, {})
    past = look_at(11, {A: [22]})
    assert told(past) == [(f"22/{A}", "returned")]
    assert past.door(A, 22) == DoorPast(
        f"22/{A}", "2026-11-18T11:06:40Z", "2026-11-18T11:06:40Z", past.door(A, 22).change
    )
    assert told(look_at(12, {A: [22]})) == []


def test_another_program_after_a_short_absence_is_a_change(look_at: LookAt) -> None:
    look_at(0, {A: [22], B: [80]})
    look_at(2, {B: [80]})
    assert told(look_at(4, {B: [22, 80]})) == [(f"22/{B}", "changed was /usr/bin/a")]


def test_another_program_after_a_long_absence_is_new(look_at: LookAt) -> None:
    look_at(0, {A: [22], B: [80]})
    look_at(20, {B: [80]})
    assert told(look_at(40, {B: [22, 80]})) == [(f"22/{B}", "new")]


def test_there_and_back_again(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    assert told(look_at(1, {B: [22]})) == [(f"22/{B}", "changed was /usr/bin/a")]
    past = look_at(2, {A: [22]})
    assert told(past) == [(f"22/{A}", "changed was /usr/bin/b")]
    assert past.door(A, 22).first_seen == "2026-11-18T11:06:40Z"


def test_a_second_program_beside_the_first_is_new(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    assert told(look_at(1, {A: [22], B: [22]})) == [(f"22/{B}", "new")]
    assert told(look_at(2, {})) == [(f"22/{A}", "gone"), (f"22/{B}", "gone")]


def test_another_scope_is_another_door(look_at: LookAt) -> None:
    wide, narrow = kind(scope="any"), kind(scope="loopback")
    look_at(0, {narrow: [6379]})
    assert told(look_at(1, {wide: [6379]})) == [(f"6379/{wide}", "new"), (f"6379/{narrow}", "gone")]


def test_an_owner_that_is_not_known_never_makes_a_change(look_at: LookAt) -> None:
    look_at(0, {A: [22, 80], B: [443]})
    past = look_at(1, {UNKNOWN: [22, 80, 443]})
    assert told(past) == []
    assert past.door(UNKNOWN, 22).first_seen == "2026-11-18T11:06:40Z"
    assert told(look_at(2, {A: [22, 80], B: [443]})) == []


def test_an_owner_that_becomes_known_is_no_change(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {UNKNOWN: [22, 80]})
    past = look_at(1, {A: [22, 80]})
    assert told(past) == []
    assert past.door(A, 22).first_seen == "2026-11-18T11:06:40Z"
    assert rows(tmp_path) == [("/usr/bin/a", "16005000", START, START, None, None, "first-look")]


def test_a_new_door_of_nobody_known_is_new_once(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    assert told(look_at(1, {UNKNOWN: [22, 851]})) == [(f"851/{UNKNOWN}", "new")]
    assert told(look_at(2, {A: [22], B: [851]})) == []
    assert told(look_at(3, {UNKNOWN: [22]})) == [(f"851/{B}", "gone")]


def test_a_holder_that_is_known_beside_one_that_is_not_is_new(look_at: LookAt) -> None:
    look_at(0, {UNKNOWN: [22]})
    assert told(look_at(1, {UNKNOWN: [22], A: [22]})) == [(f"22/{A}", "new")]
    assert told(look_at(2, {UNKNOWN: [22], A: [22]})) == []


def test_a_look_at_some_ports_says_nothing_of_the_others(look_at: LookAt) -> None:
    look_at(0, {A: [22, 80]})
    assert told(look_at(1, {A: [22]}, asked=asked(22))) == []
    assert told(look_at(2, {}, asked=asked(22))) == [(f"22/{A}", "gone")]
    assert told(look_at(20, {A: [80]})) == []


def test_a_look_at_some_ports_is_a_look(look_at: LookAt) -> None:
    look_at(0, {A: [22, 80]})
    look_at(1, {A: [22]}, asked=asked(22))
    past = look_at(2, {A: [22, 80]})
    assert [past.door(A, number).last_seen for number in (22, 80)] == ["2026-11-18T11:07:40Z", "2026-11-18T11:06:40Z"]
    assert past.previous_at == "2026-11-18T11:07:40Z"
    past = look_at(3, {A: [80]})
    assert past.gone == (GoneDoor(f"22/{A}", "2026-11-18T11:06:40Z", "2026-11-18T11:08:40Z"),)


def test_where_only_some_ports_were_looked_at_nothing_else_is_new(look_at: LookAt) -> None:
    look_at(0, {A: [22]}, asked=asked(22))
    past = look_at(1, {A: [22, 80], B: [443]})
    assert told(past) == []
    assert past.is_first is False
    assert [past.door(A, 22).first_seen, past.door(A, 80).first_seen] == [
        "2026-11-18T11:06:40Z",
        "2026-11-18T11:07:40Z",
    ]
    assert told(look_at(2, {A: [22, 80, 81], B: [443]})) == [(f"81/{A}", "new")]


def test_a_look_that_lost_sockets_says_of_nothing_that_it_is_gone(look_at: LookAt) -> None:
    look_at(0, {A: [22, 80]})
    assert told(look_at(1, {A: [22, 81]}, sockets_complete=False)) == [(f"81/{A}", "new")]
    assert told(look_at(2, {A: [22, 80]})) == [(f"81/{A}", "gone")]


def test_a_look_that_lost_namespaces_says_nothing_of_them(look_at: LookAt) -> None:
    blue, other = kind(namespace="blue"), kind(namespace="unnamed")
    names = ("host", "blue", "unnamed")
    look_at(0, {A: [22], blue: [80], other: [81]}, namespaces=names, all_namespaces=True)
    assert told(look_at(1, {A: [22]})) == []
    assert told(look_at(2, {A: [22]}, namespaces=("host", "blue", "unnamed"))) == [(f"80/{blue}", "gone")]
    assert told(look_at(3, {A: [22]}, all_namespaces=True)) == [(f"81/{other}", "gone")]


def test_namespaces_that_are_looked_at_for_the_first_time_have_nothing_new(look_at: LookAt) -> None:
    blue, other, later = kind(namespace="blue"), kind(namespace="unnamed"), kind(namespace="later")
    look_at(0, {A: [22]})
    past = look_at(1, {A: [22], blue: [80], other: [81]}, namespaces=("host", "blue", "unnamed"), all_namespaces=True)
    assert told(past) == []
    seen = {A: [22], blue: [80, 82], other: [81, 83], later: [84]}
    past = look_at(2, seen, namespaces=("host", "blue", "unnamed", "later"), all_namespaces=True)
    assert told(past) == [(f"82/{blue}", "new"), (f"83/{other}", "new"), (f"84/{later}", "new")]


def test_ports_that_the_kernel_chose_are_one_door_that_comes_and_goes_silently(look_at: LookAt) -> None:
    look_at(0, {A: [22]})
    assert told(look_at(1, {A: [22, 0], B: [0, 0, 0]})) == [(f"*/{A}", "new"), (f"*/{B}", "new")]
    assert told(look_at(2, {A: [22], B: [0]})) == []
    assert told(look_at(60, {A: [22, 0]})) == []
    assert told(look_at(61, {A: [22]}, asked=asked(40000))) == []


def test_hosts_do_not_mix(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {A: [22]})
    past, _ = remember(tmp_path, Look(at=START + 60, host="there"), {B: [80]})
    assert isinstance(past, Past)
    assert past.is_first
    assert told(past) == []
    assert told(look_at(2, {A: [22]})) == []


def test_a_clock_that_goes_backwards_makes_no_news_and_no_future(look_at: LookAt, tmp_path: Path) -> None:
    years = 12 * 365 * DAY / MINUTE
    look_at(years, {A: [22, 80]})
    look_at(years + 1, {A: [22]})
    past = look_at(0, {A: [22, 80]})
    assert told(past) == []
    assert past.door(A, 80).first_seen == "2026-11-18T11:06:40Z"
    assert {row[2:6] for row in rows(tmp_path)} == {(START, START, None, None)}
    assert told(look_at(1, {A: [22, 80, 81]})) == [(f"81/{A}", "new")]


def test_years_later_what_was_gone_is_forgotten(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {A: [22, 80]})
    look_at(1, {A: [22]})
    look_at(401 * DAY / MINUTE, {A: [22]})
    assert [row[1] for row in rows(tmp_path)] == ["1600"]
    assert told(look_at(401 * DAY / MINUTE + 1, {A: [22, 80]})) == [(f"80/{A}", "new")]


def test_years_later_a_host_that_nobody_looks_at_is_forgotten(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {A: [22]}, namespaces=("host", "blue"))
    remember(tmp_path, Look(START + DAY, "there"), {B: [80]})
    remember(tmp_path, Look(START + 401 * DAY, "there"), {B: [80]})
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as opened:
        counted = opened.execute(
            "SELECT (SELECT count(*) FROM host), (SELECT count(*) FROM looked), (SELECT count(*) FROM spell)"
        )
        assert counted.fetchall() == [(1, 1, 1)]


def test_rows_that_a_look_at_some_ports_set_apart_come_together_again(look_at: LookAt, tmp_path: Path) -> None:
    look_at(0, {A: [22, 80, 443]})
    look_at(1, {A: [80]}, asked=asked(80))
    assert [row[1] for row in rows(tmp_path)] == ["1600BB01", "5000"]
    look_at(DAY / MINUTE, {A: [22, 80, 443]})
    assert [row[1] for row in rows(tmp_path)] == ["16005000BB01"]


def test_an_open_history_can_be_left_open(tmp_path: Path) -> None:
    left: list[Store] = []
    remember(tmp_path, Look(at=START, host="here"), {A: [22]}, left)
    assert (tmp_path / "history.sqlite-wal").stat().st_size > 0
    past, unseen = remember(tmp_path, Look(at=START + 60, host="here"), {A: [22]}, left)
    assert isinstance(past, Past)
    assert (past.is_first, unseen, len(left)) == (False, (), 2)
    for store in left:
        store.close()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_nobody_else_can_read_it(look_at: LookAt, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "quietport"
    look_at(0, {A: [22]}, folder=folder)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in [folder, *folder.iterdir()]}
    assert modes == {"quietport": "0o700", "history.sqlite": "0o600", "history.lock": "0o600"}
