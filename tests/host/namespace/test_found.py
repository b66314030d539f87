"""Which network namespaces a ``/proc`` shows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.namespace import found as namespaces
from quietport.host.namespace.found import (
    FoundNamespace,
    find_by_name,
    find_by_pid,
    find_namespaces,
    parse_mountinfo,
    unescape,
)
from quietport.model.namespace import NetworkNamespace
from quietport.model.unknown import Reason, Unseen

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import FakeProc

MOUNTS = r"""
24 29 0:22 / /proc rw,relatime shared:5 - proc proc rw
531 25 0:4 net:[4026532001] /run/netns/blue\040sky rw shared:292 - nsfs nsfs rw
532 25 0:4 net:[4026532002] /run/docker/netns/1a2b3c rw shared:293 - nsfs nsfs rw
533 25 0:4 net:[4026532003] /run/docker/netns/default rw - nsfs nsfs rw
534 25 0:4 net:[4026532003] /run/netns/red rw - nsfs nsfs rw
535 25 0:4 mnt:[4026532004] /run/snapd/ns/x.mnt rw - nsfs nsfs rw
536 25 0:4 net:[4026532005] - nsfs
"""


def live(proc: FakeProc, pid: int, number: int) -> None:
    """Let a process live in a network namespace."""
    if not (proc.root / str(pid)).exists():
        proc.add(pid)
    (proc.root / str(pid) / "ns").mkdir()
    (proc.root / str(pid) / "ns" / "net").symlink_to(f"net:[{number}]")


def own(proc: FakeProc, number: int, mounts: str = "") -> None:
    (proc.root / "self" / "ns").mkdir(parents=True)
    (proc.root / "self" / "ns" / "net").symlink_to(f"net:[{number}]")
    (proc.root / "self" / "mountinfo").write_text(mounts)


def test_namespaces_of_processes_and_of_mounts_with_the_lowest_process_of_each(proc: FakeProc) -> None:
    own(proc, 4026531840, MOUNTS)
    for pid, number in ((1, 4026531840), (30, 4026532003), (7, 4026532003), (9, 4026531840), (12, 4026532009)):
        live(proc, pid, number)
    assert find_namespaces(str(proc)) == namespaces.Namespaces(
        [
            FoundNamespace(NetworkNamespace("net:[4026531840]", None, 1, is_own=True), f"{proc}/1/ns/net"),
            FoundNamespace(NetworkNamespace("net:[4026532003]", "red", 7, is_own=False), "/run/netns/red"),
            FoundNamespace(NetworkNamespace("net:[4026532009]", None, 12, is_own=False), f"{proc}/12/ns/net"),
            FoundNamespace(
                NetworkNamespace("net:[4026532002]", None, None, is_own=False), "/run/docker/netns/1a2b3c"
            ),
            FoundNamespace(
                NetworkNamespace("net:[4026532001]", "blue sky", None, is_own=False), "/run/netns/blue sky"
            ),
        ],
        0,
    )  # fmt: skip


def test_our_own_is_that_of_this_thread(proc: FakeProc) -> None:
    own(proc, 4026531840)
    live(proc, 1, 4026532001)
    (proc.root / "thread-self" / "ns").mkdir(parents=True)
    (proc.root / "thread-self" / "ns" / "net").symlink_to("net:[4026532001]")
    assert [found.namespace.is_own for found in find_namespaces(str(proc)).found] == [True]
    assert find_namespaces(str(proc)).others == []


def test_processes_that_may_not_be_asked_are_counted_and_kernel_threads_are_not(
    proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(proc, 4026531840)
    live(proc, 1, 4026531840)
    for pid, flags in ((20, 0x0040_0000), (21, 0x0020_0000)):
        proc.add(pid, flags=flags)
    readlink = os.readlink

    def refuse(path: str) -> str:
        if f"{proc}/2" in path:
            raise PermissionError(13, "Permission denied", path)
        return readlink(path)

    monkeypatch.setattr("quietport.host.namespace.found.os.readlink", refuse)
    found = find_namespaces(str(proc))
    assert (len(found.found), found.unreadable) == (1, 1)
    assert found.unseen == (Unseen("unseen.namespaces", Reason.PERMISSION, "remedy.root", 1),)


def test_only_the_processes_named_are_asked(proc: FakeProc) -> None:
    own(proc, 4026531840)
    for pid, number in ((1, 4026531840), (30, 4026532003)):
        live(proc, pid, number)
    assert [found.namespace.pid for found in find_namespaces(str(proc), [30]).found] == [None, 30]


def test_mounts_of_network_namespaces_alone_count() -> None:
    assert parse_mountinfo(MOUNTS) == {
        "net:[4026532001]": "/run/netns/blue sky",
        "net:[4026532002]": "/run/docker/netns/1a2b3c",
        "net:[4026532003]": "/run/netns/red",
    }


@given(st.text(max_size=300))
def test_any_text_is_mounts_or_none(text: str) -> None:
    assert len(parse_mountinfo(text)) <= text.count("\n") + 1


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_paths_are_read_as_the_kernel_wrote_them(path: str) -> None:
    written = "".join(f"\\{ord(letter):03o}" if letter in " \t\n\\#" else letter for letter in path)
    assert unescape(written) == path


def test_a_backslash_that_begins_no_number_stays() -> None:
    assert unescape(r"a\b\04\777") == r"a\b\04\777"


def test_a_name_leads_to_its_namespace_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "blue").write_text("")
    inode = (tmp_path / "blue").stat().st_ino
    directory = f"{tmp_path}/"
    assert find_by_name("blue", [directory], str(tmp_path)) == FoundNamespace(
        NetworkNamespace(f"net:[{inode}]", "blue", None, is_own=False), f"{tmp_path}/blue"
    )
    for name in ("green", "", ".", "..", "../blue", "a\0b"):
        assert find_by_name(name, [directory], str(tmp_path)) is None


def test_a_process_leads_to_its_namespace(proc: FakeProc) -> None:
    own(proc, 4026531840)
    live(proc, 30, 4026532003)
    assert find_by_pid(30, str(proc)) == FoundNamespace(
        NetworkNamespace("net:[4026532003]", None, 30, is_own=False), f"{proc}/30/ns/net"
    )
    assert find_by_pid(31, str(proc)) is None
