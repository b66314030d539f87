from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.dpkg_lists import Sought
from quietport.host.package.file import find_sum, is_unmodified
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="dpkg is of Linux")

NGINX = Package("dpkg", "nginx", "1.22", False)
NO_SUM = Unknown(Reason.NOT_SUPPORTED, "sum of the packaged file")


def make_debian(root: Path) -> None:
    (root / "var/lib/dpkg/info").mkdir(parents=True)
    (root / "usr/sbin").mkdir(parents=True)
    (root / "sbin").symlink_to("usr/sbin")
    (root / "usr/sbin/nginx").write_bytes(b"the program")
    total = hashlib.md5(b"the program", usedforsecurity=False).hexdigest()
    (root / "var/lib/dpkg/info/nginx:amd64.md5sums").write_text(
        f"{'0' * 32}  usr/sbin/nginx-debug\n{total}  sbin/nginx\n"
    )


def test_a_file_is_as_it_was_packaged_or_not(tmp_path: Path) -> None:
    make_debian(tmp_path)
    (tmp_path / "copy").write_bytes(b"another program")
    assert is_unmodified(NGINX, "/usr/sbin/nginx", root=str(tmp_path)) is True
    assert is_unmodified(NGINX, "/usr/sbin/nginx", str(tmp_path / "copy"), str(tmp_path)) is False


def test_what_cannot_be_told(tmp_path: Path) -> None:
    make_debian(tmp_path)
    root = str(tmp_path)
    assert is_unmodified(NGINX, "/usr/sbin/other", root=root) == NO_SUM
    assert is_unmodified(Package("dpkg", "nginx", "1.22", True), "/usr/sbin/nginx", root=root) == NO_SUM
    assert is_unmodified(Package("rpm", "nginx", "1.22", False), "/usr/sbin/nginx", root=root) == NO_SUM
    (tmp_path / "usr/sbin/nginx").unlink()
    gone = Unknown(Reason.EXITED, "content of the file")
    assert is_unmodified(NGINX, "/usr/sbin/nginx", root=root) == gone


@pytest.mark.needs("dpkg")
def test_a_file_of_this_machine() -> None:
    if shutil.which("dpkg") is None or not Path("/var/lib/dpkg/info/coreutils.md5sums").is_file():
        pytest.skip("dpkg is not installed")
    coreutils = Package("dpkg", "coreutils", None, False)
    assert is_unmodified(coreutils, "/usr/bin/sleep") is True
    assert is_unmodified(coreutils, "/usr/bin/sleep", "/usr/bin/env") is False


@given(st.binary())
def test_no_bytes_are_too_strange(sums: bytes) -> None:
    found = find_sum(sums, Sought("/x", frozenset({b"/x"}), b"/x\n"))
    assert found is None or len(found) <= 32
