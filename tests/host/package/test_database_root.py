from __future__ import annotations

import os
import sys
from errno import EFBIG, EINVAL
from typing import TYPE_CHECKING

import pytest

from quietport.host.package import database_root
from quietport.host.package.database_root import DatabaseRoot, FileContent, read_regular

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no package manager of ours is there")


def test_a_file_and_when_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "list").write_bytes(b"/usr\n")
    os.utime(tmp_path / "var" / "list", (0, 1_786_924_800))
    with DatabaseRoot(str(tmp_path), is_claim=False) as root:
        assert root.read("var/list") == FileContent(b"/usr\n", 1_786_924_800.0)
        assert [root.holds(path) for path in ("var/list", "var", "var/none", "none/list")] == [True, True, False, False]


def test_our_own_root_follows_links_and_no_other_does(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "list").write_bytes(b"outside")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "var").symlink_to(tmp_path / "real")
    (tmp_path / "root" / "loop").symlink_to("loop")
    (tmp_path / "root" / "list").symlink_to(tmp_path / "real" / "list")
    with DatabaseRoot(str(tmp_path / "root"), is_claim=True) as root:
        for path in ("var/list", "loop/list"):
            with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
                root.read(path)
        assert (root.holds("var/list"), root.follows_links) == (False, False)
    with DatabaseRoot("/", is_claim=False) as root:
        (tmp_path / "link").symlink_to(tmp_path / "real")
        assert root.read(f"{tmp_path}/link/list".lstrip("/")).content == b"outside"


def test_a_root_that_is_called_ours_by_a_container_is_not(tmp_path: Path) -> None:
    (tmp_path / "root").symlink_to("/")
    with DatabaseRoot(str(tmp_path / "root"), is_claim=True) as root:
        assert not root.follows_links
    with DatabaseRoot("/", is_claim=True) as root:
        assert not root.follows_links


@pytest.mark.parametrize("kind", ["link", "fifo", "directory", "device"])
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    if kind == "link":
        (tmp_path / "x").symlink_to("/etc/passwd")
    elif kind == "fifo":
        os.mkfifo(tmp_path / "x")
    elif kind == "directory":
        (tmp_path / "x").mkdir()
    else:
        try:
            os.mknod(tmp_path / "x", 0o20600, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("it takes root to make a device")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="not a regular file") as caught:
            read_regular("x", descriptor)
    finally:
        os.close(descriptor)
    assert caught.value.errno == EINVAL


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    os.truncate(tmp_path / "x", database_root.MAX_BYTES + 1)
    with DatabaseRoot(str(tmp_path), is_claim=True) as root, pytest.raises(OSError, match="too large") as caught:
        root.read("x")
    assert caught.value.errno == EFBIG


def test_every_spelling_where_directories_are_merged(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "sbin").symlink_to("/usr/sbin")
    (tmp_path / "usr" / "sbin").symlink_to("bin")
    (tmp_path / "lib").mkdir()
    with DatabaseRoot(str(tmp_path), is_claim=False) as root:
        assert root.merged == (("/bin", "/usr/bin"), ("/sbin", "/usr/sbin"), ("/usr/sbin", "/usr/bin"))
        assert root.spell("/usr/bin/x") == ["/usr/bin/x", "/bin/x", "/usr/sbin/x", "/sbin/x"]
        assert root.spell("/lib/x") == ["/lib/x"]
        assert root.spell("/usr/binary") == ["/usr/binary"]


def test_links_that_lead_to_the_root_or_into_themselves_merge_nothing(tmp_path: Path) -> None:
    (tmp_path / "bin").symlink_to("/")
    (tmp_path / "lib").symlink_to("lib/deeper")
    with DatabaseRoot(str(tmp_path), is_claim=True) as root:
        assert root.merged == ()
