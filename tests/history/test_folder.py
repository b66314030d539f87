"""Where the history is kept, and who may be there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from quietport.history import folder as place
from quietport.history.folder import hand_to_group, prepare_folder, state_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users and modes")


@pytest.mark.parametrize(
    ("environ", "euid", "folder"),
    [
        ({"HOME": "/home/a"}, 1000, "/home/a/.local/state/quietport"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "/srv/state"}, 1000, "/srv/state/quietport"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "state"}, 1000, "/home/a/.local/state/quietport"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": ""}, 1000, "/home/a/.local/state/quietport"),
        ({"HOME": "/home/a", "XDG_STATE_HOME": "/home/a/state"}, 0, "/var/lib/quietport"),
        ({"HOME": "/home/a", "QUIETPORT_STATE": "/srv/x"}, 1000, "/srv/x"),
        ({"HOME": "/home/a", "QUIETPORT_STATE": "/srv/x"}, 0, "/srv/x"),
    ],
)
def test_where_it_is_kept(environ: dict[str, str], euid: int, folder: str) -> None:
    assert state_folder(environ, euid) == Path(folder)


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    prepare_folder(tmp_path / "a" / "b")


def test_a_folder_in_which_others_may_write_is_none(tmp_path: Path) -> None:
    for mode in (0o770, 0o703, 0o1777):
        tmp_path.chmod(mode)
        with pytest.raises(PermissionError, match="or others may write in it; no history is kept there"):
            prepare_folder(tmp_path)
    tmp_path.chmod(0o755)
    prepare_folder(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="gives a folder away, which root may")
def test_root_keeps_no_history_in_the_folder_of_another(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    with pytest.raises(PermissionError, match="of another user"):
        prepare_folder(home)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="gives a file to a group, which root may")
def test_the_systems_history_is_for_the_group_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.sqlite"
    path.touch(0o600)
    monkeypatch.setattr(place, "SYSTEM_FOLDER", tmp_path)
    monkeypatch.setattr(place, "GROUP", "no such group")
    hand_to_group(path, tmp_path, 0o640)
    assert (path.stat().st_mode & 0o777, path.stat().st_gid) == (0o600, 0)
    monkeypatch.setattr(place, "GROUP", "daemon")
    hand_to_group(path, tmp_path / "elsewhere", 0o640)
    assert (path.stat().st_mode & 0o777, path.stat().st_gid) == (0o600, 0)
    hand_to_group(path, tmp_path, 0o640)
    assert (path.stat().st_mode & 0o777, path.stat().st_gid) == (0o640, 1)
