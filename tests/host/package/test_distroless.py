from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.database_root import DatabaseRoot
from quietport.host.package.distroless import find_packages, list_of_sums
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="dpkg is of Linux")

SUM = b"d41d8cd98f00b204e9800998ecf8427e"


def ask(root: Path, *paths: str) -> dict[str, object]:
    with DatabaseRoot(str(root), is_claim=True) as opened:
        return dict(find_packages(opened, list(paths)))


def test_the_packages_of_an_image_without_dpkg(tmp_path: Path) -> None:
    status = tmp_path / "var/lib/dpkg/status.d"
    status.mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    (status / "openssl").write_text("Package: openssl\nVersion: 3.0.14-1\nArchitecture: amd64\n")
    (status / "openssl.md5sums").write_bytes(SUM + b"  usr/bin/openssl\n" + SUM + b"  usr/share/doc/x\n")
    (status / "bGliYw.md5sums").write_bytes(SUM + b"  bin/tool\n")
    assert ask(tmp_path, "/usr/bin/openssl", "/usr/bin/tool", "/app") == {
        "/usr/bin/openssl": Package("dpkg", "openssl", "3.0.14-1", True),
        "/usr/bin/tool": Package("dpkg", "bGliYw", None, True),
        "/app": None,
    }


def test_without_sums_the_files_of_the_packages_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dpkg/status.d").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status.d/base").write_text("Package: base-files\n")
    assert ask(tmp_path, "/app") == {
        "/app": Unknown(Reason.NOT_SUPPORTED, "files of the packages of an image without dpkg")
    }


@given(st.lists(st.binary(min_size=1).map(lambda raw: raw.replace(b"\n", b"n").replace(b"/", b"-"))))
def test_every_path_with_a_sum_is_listed(names: list[bytes]) -> None:
    content = b"".join(b"%s  usr/%s\n" % (SUM, name) for name in names)
    assert list_of_sums(content) == b"".join(b"/usr/%s\n" % name for name in names)


@given(st.binary())
def test_no_bytes_are_too_strange(content: bytes) -> None:
    assert all(line.startswith(b"/") for line in list_of_sums(content).split(b"\n")[:-1])
