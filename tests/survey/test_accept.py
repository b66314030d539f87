"""Entries are written, renewed and taken out, or only shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from quietport.model.declaration import Declaration
from quietport.model.errors import PolicyError, UsageError
from quietport.model.port import PortRange, Transport
from quietport.policy.edit import HEADER
from quietport.survey.accept import Action, Which, accept, refuse_disobeyed, undo
from quietport.survey.propose import Proposal

WEB = '[[accept]]\nport = "80/tcp"\nbecause = "x"\n'


def proposal(path: Path, because: str = "x", program: str | None = None) -> Proposal:
    entry = Declaration(Transport.TCP, PortRange(80, 80), because, str(path), 0, program=program)
    return Proposal(entry, (), 0, 0, holder_unseen=False)


def which(**conditions: object) -> Which:
    return Which(PortRange(80, 80), Transport.TCP, conditions)


def test_added_then_unchanged_then_renewed_then_removed(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    done = accept(proposal(path), dry_run=False)
    assert (done.action, done.before, done.after) == (Action.ADDED, "", f"{HEADER}\n{WEB}")
    assert done.declaration is not None
    assert done.declaration.line == HEADER.count("\n") + 2
    assert path.read_text() == done.after
    assert accept(proposal(path), dry_run=False).action is Action.UNCHANGED
    assert accept(proposal(path, "y"), dry_run=False).action is Action.RENEWED
    removed = undo(which(), str(path), dry_run=False)
    assert removed.action is Action.REMOVED
    assert removed.declaration is not None
    assert removed.declaration.because == "y"
    assert path.read_text() == HEADER
    assert undo(which(), str(path), dry_run=False).action is Action.NONE


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    shown = accept(proposal(path), dry_run=True)
    assert (shown.action, shown.written, shown.after) == (Action.ADDED, False, f"{HEADER}\n{WEB}")
    assert list(tmp_path.iterdir()) == []
    path.write_text(WEB)
    assert undo(which(), str(path), dry_run=True).after == ""
    assert path.read_text() == WEB
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]


def test_there_is_nothing_to_undo(tmp_path: Path) -> None:
    assert undo(which(), f"{tmp_path}/none/p.toml", dry_run=False).action is Action.NONE
    assert list(tmp_path.iterdir()) == []


def test_of_several_entries_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    for program in (None, "nginx", "apache2"):
        accept(proposal(path, program=program), dry_run=False)
    with pytest.raises(UsageError) as caught:
        undo(which(), str(path), dry_run=False)
    assert str(caught.value) == (
        "3 entries are for 80/tcp: line 5 (no conditions); line 9 (--program nginx); line 14 (--program apache2); "
        "say which with these options"
    )
    assert undo(which(program="nginx"), str(path), dry_run=False).action is Action.REMOVED
    assert "nginx" not in path.read_text()
    assert path.read_text().count("[[accept]]") == 2


def test_a_malformed_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("x = 1\n")
    for dry_run in (True, False):
        with pytest.raises(PolicyError, match="unknown key 'x'"):
            accept(proposal(path), dry_run=dry_run)
        with pytest.raises(PolicyError, match="unknown key 'x'"):
            undo(which(), str(path), dry_run=dry_run)
    assert path.read_text() == "x = 1\n"


def test_a_file_that_would_not_be_obeyed_is_refused_before(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("")
    path.chmod(0o666)
    with pytest.raises(PolicyError, match=r"would not be obeyed, and is not written: .* can be written by others"):
        refuse_disobeyed(str(path))
