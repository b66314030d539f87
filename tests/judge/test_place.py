"""Where an executable lies, by its path."""

from __future__ import annotations

import pytest

from quietport.judge.place import place_of
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


def test_whoever_tells_of_no_path_says_nothing_of_the_place() -> None:
    assert place_of(owner(Unknown(Reason.NOT_SUPPORTED, "not printed"))) == "untold"
