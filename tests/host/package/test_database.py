from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from quietport.host.package.database import find_in_root
from quietport.host.package.database_root import DatabaseRoot
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no package manager of ours is there")

DASH = Package("dpkg", "dash", None, False, "2026-08-17T00:00:00Z")
BUSYBOX = Package("apk", "busybox", "1.36", False)


def add_dpkg(root: Path) -> None:
    (root / "var/lib/dpkg/info").mkdir(parents=True)
    (root / "var/lib/dpkg/info/dash.list").write_text("/bin/dash\n")
    os.utime(root / "var/lib/dpkg/info/dash.list", (0, 1_786_924_800))


def add_apk(root: Path) -> None:
    (root / "lib/apk/db").mkdir(parents=True)
    (root / "lib/apk/db/installed").write_text("P:busybox\nV:1.36\nF:bin\nR:busybox\n\n")


def ask(root: Path, *paths: str) -> dict[str, object]:
    with DatabaseRoot(str(root), is_claim=False) as opened:
        return dict(find_in_root(opened, paths))


def test_what_one_database_does_not_know_another_is_asked(tmp_path: Path) -> None:
    add_dpkg(tmp_path)
    add_apk(tmp_path)
    assert ask(tmp_path, "/bin/dash", "/bin/busybox", "/app") == {
        "/bin/dash": DASH,
        "/bin/busybox": BUSYBOX,
        "/app": None,
    }


def test_where_no_database_is_understood_no_package_is_not_what_was_found(tmp_path: Path) -> None:
    assert ask(tmp_path, "/app") == {"/app": Unknown(Reason.NOT_SUPPORTED, "package database")}
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/info").mkdir(parents=True)
    assert ask(tmp_path, "/app") == {"/app": Unknown(Reason.NOT_SUPPORTED, "package database")}


def test_a_database_that_cannot_be_read_leaves_doubt_about_what_no_other_owns(tmp_path: Path) -> None:
    add_apk(tmp_path)
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    (tmp_path / "var/lib/rpm/rpmdb.sqlite").write_bytes(b"damaged")
    assert ask(tmp_path, "/bin/busybox", "/app") == {
        "/bin/busybox": BUSYBOX,
        "/app": Unknown(Reason.NOT_SUPPORTED, "rpm database"),
    }


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="it takes root to become somebody else")
def test_a_database_that_may_not_be_read(tmp_path: Path) -> None:
    add_dpkg(tmp_path)
    (tmp_path / "var/lib/dpkg/info").chmod(0o700)
    for directory in (tmp_path, *tmp_path.parents):
        if not directory.stat().st_mode & 1:
            directory.chmod(0o755)
    os.seteuid(65534)
    try:
        found = ask(tmp_path, "/bin/dash")
    finally:
        os.seteuid(0)
    assert found == {"/bin/dash": Unknown(Reason.PERMISSION, "dpkg database")}
