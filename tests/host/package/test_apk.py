"""The database here is laid out as Alpine's wiki describes it (https://wiki.alpinelinux.org/wiki/Apk_spec)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.apk import find_packages, find_record, make_package
from quietport.host.package.database_root import DatabaseRoot
from quietport.model.package import Package

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="apk is of Linux")

INSTALLED = """C:Q1pSfkzLbpjGmqcIOLjcnMqSWWkzQ=
P:busybox
V:1.36.1-r29
A:x86_64
S:509600
I:962560
T:Size optimized toolbox of many common UNIX utilities
U:https://busybox.net/
L:GPL-2.0-only
o:busybox
m:Somebody <somebody@example.org>
t:1718033600
c:1747889e1b7e5d5bf3c7b1c1c6ce0f4ab1a0c4e6
D:so:libc.musl-x86_64.so.1
p:cmd:busybox=1.36.1-r29
F:bin
R:busybox
a:0:0:755
Z:Q1b3TdJfAAmRoRo7n7GWfj1jCyGpk=
F:etc
R:securetty
Z:Q1mB95Hq2NUTZ599RDiSsj9w5FrOU=
F:var
F:var/spool
M:0:0:1777

C:Q1ySL0wEzZq4QkGqQZ5pOC2ZVoNDc=
P:nginx
V:1.26.2-r0
A:x86_64
F:usr
F:usr/sbin
R:nginx
a:0:0:755
Z:Q1nXoJxF5Vn4bB8T1mN0bJ5rJ8Q7c=
F:usr/share/nginx
R:busybox

"""


def ask(root: Path, *paths: str, is_claim: bool = True) -> dict[str, object]:
    with DatabaseRoot(str(root), is_claim=is_claim) as opened:
        return dict(find_packages(opened, list(paths)))


@pytest.mark.parametrize("place", ["lib/apk/db", "usr/lib/apk/db"])
def test_name_and_version(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "installed").write_text(INSTALLED)
    assert ask(tmp_path, "/bin/busybox", "/usr/sbin/nginx", "/sbin/nginx", "/etc/busybox", "/busybox") == {
        "/bin/busybox": Package("apk", "busybox", "1.36.1-r29", True),
        "/usr/sbin/nginx": Package("apk", "nginx", "1.26.2-r0", True),
        "/sbin/nginx": None,
        "/etc/busybox": None,
        "/busybox": None,
    }


def test_merged_directories(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/apk/db").mkdir(parents=True)
    (tmp_path / "usr/lib/apk/db/installed").write_text(INSTALLED)
    for name in ("bin", "sbin", "lib"):
        (tmp_path / name).symlink_to(f"usr/{name}")
    assert ask(tmp_path, "/usr/bin/busybox", is_claim=False) == {
        "/usr/bin/busybox": Package("apk", "busybox", "1.36.1-r29", False)
    }


def test_a_database_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "lib/apk/db").mkdir(parents=True)
    (tmp_path / "lib/apk/db/installed").symlink_to("/etc/shadow")
    with pytest.raises(OSError, match="not a regular file"):
        ask(tmp_path, "/bin/busybox")


def test_without_a_database_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path, "/bin/busybox")


def test_a_directory_of_one_package_does_not_hold_the_files_of_the_next() -> None:
    assert find_record(b"\nP:a\nF:bin\n\nP:b\nR:sh\n", "/bin/sh") is None


def test_a_record_without_a_name_is_no_package() -> None:
    assert make_package(b"\nV:1\nF:bin", is_claim=True) is None


@given(st.binary(), st.text())
def test_no_bytes_are_too_strange(content: bytes, path: str) -> None:
    record = find_record(b"\n" + content, "/" + path)
    assert record is None or record in b"\n" + content


NAME = st.text("abcß.", min_size=1, max_size=2)


@given(st.dictionaries(NAME, st.dictionaries(NAME, st.lists(NAME, unique=True), min_size=1), max_size=4))
def test_every_file_that_was_written_has_its_package(packages: dict[str, dict[str, list[str]]]) -> None:
    content = "\n"
    owner: dict[str, str] = {}
    for name, directories in packages.items():
        content += f"P:{name}\nV:1\n"
        for directory, files in directories.items():
            content += f"F:{directory}\n" + "".join(f"R:{file}\na:0:0:755\n" for file in files)
            for file in files:
                owner.setdefault(f"/{directory}/{file}", name)
        content += "\n"
    for path, name in owner.items():
        record = find_record(content.encode(), path)
        assert record is not None
        assert make_package(record, is_claim=False) == Package("apk", name, "1", False)
