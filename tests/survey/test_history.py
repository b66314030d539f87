"""A question to the history, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from quietport.history.damage import moved_aside
from quietport.history.remember import remember
from quietport.model.errors import DataError, UsageError
from quietport.model.look import Look
from quietport.survey.history import forget_before, history, parse_date, parse_since
from quietport.survey.question import parse_port_question

NOW = 1_795_000_000
DAY = 86_400
KIND = "tcp/ipv4/any/host//usr/bin/a"


@pytest.mark.parametrize(
    ("text", "asked", "since"),
    [
        (None, (), NOW - 30 * DAY),
        (None, ("22",), NOW - 400 * DAY),
        ("7d", (), NOW - 7 * DAY),
        ("0d", ("22",), NOW),
        ("9999d", (), NOW - 9999 * DAY),
        ("2026-11-01", (), 1_793_491_200),
    ],
)
def test_since_when(text: str | None, asked: tuple[str, ...], since: int) -> None:
    assert parse_since(text, [parse_port_question(port) for port in asked], NOW + 0.5) == since


@pytest.mark.parametrize("text", ["", "d", "-1d", "7", "99999d", "７d", "2026-13-01", "yesterday", "2026-11-01T00:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match=r"is neither a date, as 2026-11-01, nor a number of days, as 7d$"):
        parse_since(text, [], NOW)


def test_before_the_first_look(tmp_path: Path) -> None:
    chronicle = history(tmp_path / "none", "here", [parse_port_question("22")], NOW)
    assert (chronicle.first_look, chronicle.asked, chronicle.stays) == (None, ("22",), ())
    assert not (tmp_path / "none").exists()
    assert forget_before(tmp_path / "none", NOW) == 0


def test_after_some_looks(tmp_path: Path) -> None:
    remember(tmp_path, Look(NOW, "here"), {KIND: [22, 80]})
    remember(tmp_path, Look(NOW + 60, "here"), {KIND: [22]})
    chronicle = history(tmp_path, "here", [], NOW)
    assert [(str(event.kind), event.stay.door_key) for event in chronicle.events] == [("gone", f"80/{KIND}")]
    assert forget_before(tmp_path, NOW + 61) == 1
    assert history(tmp_path, "here", [], NOW).events == ()


def test_a_damaged_history_is_said_and_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    for ask in (lambda: history(tmp_path, "here", [], NOW), lambda: forget_before(tmp_path, NOW)):
        path.write_bytes(b"nonsense" * 1000)
        with pytest.raises(DataError, match=r"history\.sqlite: damaged \(file is not a database\); it was moved to "):
            ask()
        assert not path.exists()
    assert [aside.read_bytes() for aside in moved_aside(path)] == [b"nonsense" * 1000] * 2
    assert history(tmp_path, "here", [], NOW).damaged == tuple(map(str, moved_aside(path)))


def test_a_damaged_history_that_cannot_be_moved_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError("not yours")

    (tmp_path / "history.sqlite").write_bytes(b"nonsense" * 1000)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(DataError, match=r"damaged .*; it could not be moved aside \(not yours\)$"):
        history(tmp_path, "here", [], NOW)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").mkdir()
    with pytest.raises(DataError, match=r"history\.sqlite: (unable to open database file|disk I/O error)$"):
        history(tmp_path, "here", [], NOW)


def test_a_date_is_a_day_in_utc() -> None:
    assert parse_date("1970-01-02") == DAY
