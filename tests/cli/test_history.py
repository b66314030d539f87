"""``quietport history`` on the command line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from quietport.cli.main import main
from quietport.history.folder import SYSTEM_FOLDER
from quietport.history.remember import remember
from quietport.model.look import Look
from quietport.words.language import languages

Capture = pytest.CaptureFixture[str]
KIND = "tcp/ipv4/any/host//usr/bin/a"
DAY = 86_400


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUIETPORT_STATE", str(tmp_path))
    monkeypatch.setattr("quietport.cli.history.read_standpoint", lambda _name: "here")


@pytest.fixture
def looked(tmp_path: Path) -> int:
    """Note two looks, the last just now; return when that was."""
    now = int(time.time())
    remember(tmp_path, Look(now - 50 * DAY, "here"), {KIND: [22, 80]})
    remember(tmp_path, Look(now, "here"), {KIND: [22, 8080]})
    return now


def test_before_the_first_look_the_next_step_is_a_look(capsys: Capture) -> None:
    assert main(["history"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  quietport check"
    assert main(["history", "22", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["looks"], document["first_look"], document["events"]) == (0, None, [])


def test_every_form(looked: int, capsys: Capture) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(looked))
    assert main(["history", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "quietport.history/1"
    assert [(event["at"], event["event"], event["port"]) for event in document["events"]] == [
        (at, "gone", 80),
        (at, "new", 8080),
    ]
    assert main(["history", "22", "--plain"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split("\t")[1:4] == ["first-look", "tcp", "22"]
    assert main(["history", "22"]) == 0
    out, err = capsys.readouterr()
    assert "22/tcp  ipv4  any  host  /usr/bin/a" in out
    assert err == ""


@pytest.mark.parametrize("lang", languages())
def test_every_language(looked: int, capsys: Capture, lang: str) -> None:
    assert looked
    for argv in (["history"], ["history", "22", "443"], ["history", "9"]):
        assert main([*argv, "--lang", lang]) == 0
        assert "{" not in capsys.readouterr().out


def test_forgetting_is_said_and_done(looked: int, capsys: Capture) -> None:
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(looked + DAY))
    assert main(["history", "--forget", "2020-01-01"]) == 0
    assert capsys.readouterr().err == "Forgotten: 0 doors that were gone before 2020-01-01.\n"
    assert main(["history", "--forget", tomorrow]) == 0
    assert capsys.readouterr() == ("", f"Forgotten: 1 door that was gone before {tomorrow}.\n")
    assert main(["history", "80", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stays"] == []


def test_another_folder(looked: int, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked
    assert main(["history", "--state", str(tmp_path / "other"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(tmp_path / "other" / "history.sqlite")
    monkeypatch.setattr("quietport.cli.history.SYSTEM_FOLDER", tmp_path)
    assert main(["history", "--system", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["looks"] == 2
    assert Path("/var/lib/quietport") == SYSTEM_FOLDER


def test_a_damaged_history_ends_with_four_and_the_place(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"nonsense" * 1000)
    assert main(["history"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"quietport: {tmp_path}/history.sqlite: damaged (file is not a database); it was moved to ")
    assert main(["history"]) == 0
    assert "A damaged history was moved to" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["history", "65536"], 2),
        (["history", "ssh"], 2),
        (["history", "--since", "soon"], 2),
        (["history", "--forget", "soon"], 2),
    ],
)
def test_what_cannot_be_understood(capsys: Capture, argv: list[str], code: int) -> None:
    assert main(argv) == code
    assert capsys.readouterr().out == ""
