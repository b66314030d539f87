"""Root obeys only what nobody else could have written or put in its place."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from quietport.policy.trust import find_distrust, steps_to

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users and modes are things of Unix")
ROOT = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files to others")
OTHER = 65534


@pytest.fixture
def policy(trusted: Path) -> Path:
    (trusted / "etc").mkdir(mode=0o755)
    path = trusted / "etc" / "quietport.toml"
    path.write_text("")
    path.chmod(0o644)
    return path


@ROOT
def test_a_file_of_root_is_obeyed_by_everybody(policy: Path) -> None:
    policy.parent.parent.chmod(0o755)
    assert find_distrust(str(policy), 0) is None
    assert find_distrust(str(policy), 1000) is None


@ROOT
@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_file_that_others_can_write(policy: Path, mode: int) -> None:
    policy.chmod(mode)
    assert find_distrust(str(policy), 0) == f"{policy} can be written by others (mode {mode:04o})"


@ROOT
def test_a_file_of_another_user(policy: Path) -> None:
    os.chown(policy, OTHER, 0)
    assert find_distrust(str(policy), 0) == f"{policy} belongs to user {OTHER}"
    assert find_distrust(str(policy), 1000) == f"{policy} belongs to user {OTHER}"
    assert find_distrust(str(policy), OTHER) is None


@ROOT
@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_a_folder_in_which_others_can_replace_it(policy: Path, mode: int) -> None:
    policy.parent.chmod(mode)
    assert find_distrust(str(policy), 0) == f"{policy.parent} can be written by others (mode {mode:04o})"


@ROOT
def test_a_folder_of_another_user_further_up(policy: Path) -> None:
    deep = policy.parent / "deep"
    deep.mkdir(mode=0o755)
    policy.rename(deep / "quietport.toml")
    os.chown(policy.parent, OTHER, 0)
    assert find_distrust(str(deep / "quietport.toml"), 0) == f"{policy.parent} belongs to user {OTHER}"


@ROOT
def test_a_file_below_tmp_is_never_one_for_root(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("")
    assert find_distrust(str(tmp_path / "p.toml"), 0) == "/tmp can be written by others (mode 1777)"


def test_users_obey_what_is_theirs_in_a_sticky_folder(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("")
    uid = 1000 if os.geteuid() == 0 else os.geteuid()
    path.chmod(0o664)
    assert find_distrust(str(path), uid) is None
    path.chmod(0o666)
    assert find_distrust(str(path), uid) == f"{path} can be written by others (mode 0666)"


@ROOT
def test_a_link_of_roots_is_followed_and_every_step_behind_it_looked_at(policy: Path) -> None:
    home = policy.parent.parent / "home"
    home.mkdir(mode=0o755)
    (home / "real.toml").write_text("")
    hop = home / "hop"
    hop.symlink_to("real.toml")
    policy.unlink()
    policy.symlink_to("../home/hop")
    assert find_distrust(str(policy), 0) is None
    os.chown(home, OTHER, 0)
    assert find_distrust(str(policy), 0) == f"{home} belongs to user {OTHER}"
    os.chown(home, 0, 0)
    os.lchown(hop, OTHER, 0)
    assert find_distrust(str(policy), 0) == f"{hop} belongs to user {OTHER}"


@ROOT
def test_a_link_that_leads_back_to_what_root_owns_is_no_way_around(policy: Path) -> None:
    theirs = policy.parent.parent / "theirs"
    theirs.mkdir()
    (theirs / "back").symlink_to(policy)
    os.lchown(theirs / "back", OTHER, 0)
    os.chown(theirs, OTHER, 0)
    link = policy.parent / "link.toml"
    link.symlink_to(theirs / "back")
    assert find_distrust(str(link), 0) == f"{theirs} belongs to user {OTHER}"


def test_what_is_no_file(policy: Path) -> None:
    assert find_distrust(str(policy.parent), os.geteuid()) == f"{policy.parent} is no regular file"
    os.mkfifo(policy.with_name("pipe"))
    assert find_distrust(f"{policy.parent}/pipe", os.geteuid()) == f"{policy.parent}/pipe is no regular file"


def test_missing_and_endless(policy: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_distrust(str(policy.with_name("missing")), os.geteuid())
    policy.with_name("a").symlink_to("b")
    policy.with_name("b").symlink_to("a")
    with pytest.raises(OSError, match="too many symbolic links"):
        find_distrust(str(policy.with_name("a")), os.geteuid())


def test_steps_are_those_of_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "real" / "p").write_text("")
    (tmp_path / "link").symlink_to("real/deep")
    (tmp_path / "real" / "deep" / "up").symlink_to("../p")
    steps = list(steps_to(f"{tmp_path}/link/up"))
    before = ["/", *(str(parent) for parent in reversed(tmp_path.parents) if str(parent) != "/"), str(tmp_path)]
    assert steps == [
        *before,
        f"{tmp_path}/link",
        f"{tmp_path}/real",
        f"{tmp_path}/real/deep",
        f"{tmp_path}/real/deep/up",
        f"{tmp_path}/real/p",
    ]
    assert Path(steps[-1]) == (tmp_path / "link" / "up").resolve()
