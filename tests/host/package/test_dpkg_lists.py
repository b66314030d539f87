from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.database_root import DatabaseRoot
from quietport.host.package.dpkg_lists import ListFile, Search, Sought, holds, seek
from quietport.model.unknown import Reason

if TYPE_CHECKING:
    from pathlib import Path

SSHD = Sought("/usr/sbin/sshd", frozenset({b"/usr/sbin/sshd", b"/sbin/sshd"}), b"/sbin/sshd\n")
LIST = b"/.\n/usr\n/usr/sbin\n/usr/sbin/sshd\n/usr/share\n"
HERE = ListFile("x:amd64", 7.0)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (LIST, True),
        (b"/sbin/sshd\n", True),
        (b"/opt/usr/sbin/sshd\n/sbin/sshd\n", True),
        (b"/opt/usr/sbin/sshd\n", False),
        (b"/usr/sbin/sshd-session\n", False),
        (b"/usr/sbin/sshd", False),
        (b"", False),
    ],
)
def test_only_a_whole_line_names_a_file(content: bytes, found: bool) -> None:
    assert holds(content, SSHD) is found


def test_a_file_has_the_names_of_merged_directories(tmp_path: Path) -> None:
    (tmp_path / "sbin").symlink_to("usr/sbin")
    with DatabaseRoot(str(tmp_path), is_claim=False) as root:
        assert seek(root, ["/usr/sbin/sshd", "/opt/x", "/opt/a\n/usr/sbin/sshd"]) == [
            SSHD,
            Sought("/opt/x", frozenset({b"/opt/x"}), b"/opt/x\n"),
        ]


def test_a_diverted_file_belongs_to_whom_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/diversions").write_text("/bin/sh\n/bin/sh.distrib\ndash\n")
    with DatabaseRoot(str(tmp_path), is_claim=False) as root:
        assert seek(root, ["/bin/sh", "/bin/sh.distrib"]) == [
            Sought("/bin/sh", frozenset({b"/bin/sh"}), b"/bin/sh\n", only="dash"),
            Sought("/bin/sh.distrib", frozenset({b"/bin/sh.distrib"}), b"/bin/sh.distrib\n"),
            Sought("/bin/sh.distrib", frozenset({b"/bin/sh"}), b"/bin/sh\n", never="dash"),
        ]


def test_only_and_never() -> None:
    own = Sought("/bin/sh", frozenset({b"/bin/sh"}), b"/bin/sh\n", only="dash")
    others = Sought("/bin/sh.distrib", frozenset({b"/bin/sh"}), b"/bin/sh\n", never="dash")
    search = Search([own, others])
    search.look(b"/bin/sh\n", ListFile("bash", 1.0))
    search.look(b"/bin/sh\n", ListFile("dash", 2.0))
    assert search.found == {"/bin/sh": ListFile("dash", 2.0), "/bin/sh.distrib": ListFile("bash", 1.0)}


PATHS = st.lists(
    st.lists(st.sampled_from(["usr", "bin", "sbin", "a", "b"]), min_size=1, max_size=4).map("/".join), min_size=1
)


@given(st.lists(PATHS, max_size=4), st.sets(PATHS.map(lambda parts: "/" + parts[0]), min_size=1, max_size=9))
def test_few_names_and_many_are_found_as_a_reader_of_lines_finds_them(lists: list[list[str]], asked: set[str]) -> None:
    search = Search([Sought(path, frozenset({path.encode()}), path.encode() + b"\n") for path in asked])
    expected: dict[str, ListFile] = {}
    for number, paths in enumerate(lists):
        listed = ListFile(f"p{number}", float(number))
        search.look("".join(f"/{path}\n" for path in paths).encode(), listed)
        for path in paths:
            if f"/{path}" in asked:
                expected.setdefault(f"/{path}", listed)
    assert search.found == expected


@given(st.binary(), st.integers(1, 9))
def test_no_bytes_are_too_strange(content: bytes, count: int) -> None:
    sought = [Sought(f"/{n}", frozenset({b"/%d" % n}), b"/%d\n" % n) for n in range(count)]
    search = Search(sought)
    search.look(content, HERE)
    lines = content.split(b"\n")[:-1]
    assert search.found == {f"/{n}": HERE for n in range(count) if b"/%d" % n in lines}


def test_a_list_that_cannot_be_read_leaves_the_rest_not_known(tmp_path: Path) -> None:
    (tmp_path / "a.list").write_bytes(LIST)
    (tmp_path / "b.list").mkdir()
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        search = Search([SSHD, Sought("/x", frozenset({b"/x"}), b"/x\n")])
        search.read(descriptor, ["gone", "a", "b"])
    finally:
        os.close(descriptor)
    assert (set(search.found), search.unread) == ({"/usr/sbin/sshd"}, Reason.NOT_SUPPORTED)
