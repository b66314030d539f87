"""Where an executable lies, by its path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.judge.place import SIGNS, is_hidden, maker_of, path_signs, place_of
from quietport.model.owner import ExecutableFile, Owner
from quietport.model.unknown import Reason, Unknown


def owner(executable: str | Unknown | None) -> Owner:
    return Owner(1, "x", executable, file=ExecutableFile.PRESENT, uid=0, user="root", started_at="2026-11-23T10:00:00Z")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/usr/sbin/sshd", "system"),
        ("/bin/nc", "system"),
        ("/lib/systemd/systemd-resolved", "system"),
        ("/lib64/ld-linux-x86-64.so.2", "system"),
        ("C:\\Windows\\System32\\svchost.exe", "system"),
        ("C:\\Program Files\\x\\x.exe", "system"),
        ("/usr/local/bin/x", "local"),
        ("/opt/x/x", "local"),
        ("/nix/store/x/bin/x", "local"),
        ("/home/a/x", "home"),
        ("/root/x", "home"),
        ("/tmp/x", "temporary"),
        ("/var/tmp/x", "temporary"),
        ("/dev/shm/x", "temporary"),
        ("/run/user/1000/x", "temporary"),
        ("/memfd:x", "memory"),
        ("/srv/x", "other"),
        ("/tmpfiles/x", "other"),
        ("/srv/tmp/x", "other"),
        ("/home2/x", "other"),
        ("/libx/x", "other"),
        ("/library/x", "other"),
        ("", "other"),
    ],
)
def test_a_path_names_its_place(path: str, place: str) -> None:
    assert place_of(owner(path)) == place


def test_the_kernel_has_no_file() -> None:
    assert place_of(owner(None)) == "kernel"
    assert place_of(None) == "kernel"


def test_a_path_that_was_not_read_lies_nowhere_known() -> None:
    unread = Unknown(Reason.PERMISSION, "executable of process 1")
    assert place_of(owner(unread)) is unread


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("/usr/sbin/sshd", False),
        ("/usr/lib/.x/y", True),
        ("/usr/bin/.sshd", True),
        ("/usr/bin/..", False),
        ("/tmp/x", False),
        ("/tmp/.x/y", True),
        ("/tmp/x/.y/z", True),
        ("/dev/shm/.x", True),
        ("/tmp/.../x", True),
        ("/home/a/.../x", True),
        ("/home/a/ /x", True),
        ("/home/a/x ", True),
        ("/home/a/\u00a0x", True),
        ("/home/a/.x", True),
        ("/home/a/.local/bin/x", False),
        ("/srv/.x/y", False),
        ("/srv/.y", True),
        ("/opt/my app/x", False),
        ("/tmp/.mount_abc/usr/bin/x", False),
        ("/nix/store/a/bin/.nginx-wrapped", False),
        ("/memfd:.x", False),
        ("/home/a/.ssh/x", False),
        ("/home/a/.ssh/.x/y", True),
        ("/root/.gnupg/a/.b/y", True),
        ("/home/a/.config/.x/y", False),
        ("/", False),
        ("", False),
    ],
)
def test_what_is_made_to_be_overlooked(path: str, hidden: bool) -> None:
    place = place_of(owner(path))
    assert isinstance(place, str)
    assert is_hidden(path, place) is hidden


@pytest.mark.parametrize(
    ("path", "maker"),
    [
        ("/tmp/go-build123/b001/exe/main", "go-run"),
        ("/tmp/.mount_abc/x", "appimage"),
        ("/memfd:runc_cloned:/proc/self/exe", "container-runtime"),
        ("/memfd:appimage", "appimage"),
        ("/home/a/go-build1/x", "none"),
        ("", "none"),
    ],
)
def test_who_makes_such_paths(path: str, maker: str) -> None:
    assert maker_of(path) == maker


@pytest.mark.parametrize(
    ("path", "signs"),
    [
        ("/dev/shm/x", ("shared-memory",)),
        ("/dev/shmem/x", ()),
        ("/home/a/.ssh/x", ("among-keys",)),
        ("/home/a/.gnupg/b/x", ("among-keys",)),
        ("/home/a/bin/.ssh", ()),
        ("/opt/report\u202efdp.sh", ("misleading",)),
        ("/opt/a\rb", ("misleading",)),
        ("/opt/a\u200db", ()),
        ("/dev/shm/.ssh/\x1b", SIGNS),
        ("", ()),
    ],
)
def test_what_else_is_odd_about_a_path(path: str, signs: tuple[str, ...]) -> None:
    assert path_signs(path) == signs


@given(st.text(max_size=40))
def test_any_path_has_a_place(path: str) -> None:
    place = place_of(owner(path))
    assert place in {"memory", "temporary", "local", "home", "system", "other"}
    assert is_hidden(path, str(place)) in {True, False}
    assert set(path_signs(path)) <= set(SIGNS)


def test_whoever_tells_of_no_path_says_nothing_of_the_place() -> None:
    assert place_of(owner(Unknown(Reason.NOT_SUPPORTED, "not printed"))) == "untold"
