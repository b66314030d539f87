from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.database_root import DatabaseRoot
from quietport.host.package.dpkg_status import parse_versions, read_versions

if TYPE_CHECKING:
    from pathlib import Path

STATUS = b"""Package: libc6
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 2.36-9
Description: GNU C Library
 Version: 9 is a line of the description

Package: libc6
Status: install ok installed
Architecture: i386
Version: 2.36-8

Package: nginx
Architecture: all
Version: 1.22.1-9
"""


def test_the_versions_of_some_packages() -> None:
    assert parse_versions(STATUS, frozenset({"libc6:amd64", "libc6:i386", "nginx", "none"})) == {
        "libc6:amd64": "2.36-9",
        "libc6:i386": "2.36-8",
        "nginx": "1.22.1-9",
    }


def test_what_a_dpkg_at_work_has_not_merged_yet_counts(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dpkg/updates").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_bytes(STATUS)
    for name, version in (("0000", "1.23"), ("0001", "1.24"), ("tmp.i", "9")):
        (tmp_path / "var/lib/dpkg/updates" / name).write_text(f"Package: nginx\nVersion: {version}\n")
    with DatabaseRoot(str(tmp_path), is_claim=False) as root:
        assert read_versions(root, ["nginx"]) == {"nginx": "1.24"}
        assert read_versions(root, []) == {}


def test_without_a_status_no_version_is_known(tmp_path: Path) -> None:
    with DatabaseRoot(str(tmp_path), is_claim=False) as root:
        assert read_versions(root, ["nginx"]) == {}


@given(st.binary(), st.frozensets(st.text(max_size=3)))
def test_no_bytes_are_too_strange(content: bytes, names: frozenset[str]) -> None:
    assert parse_versions(content, names).keys() <= names


@given(st.binary())
def test_a_strange_version_can_be_written_out_again(version: bytes) -> None:
    found = parse_versions(b"Package: x\nVersion: " + version, frozenset({"x"}))
    assert all(text.encode() for text in found.values())
