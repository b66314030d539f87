"""Containers whose makers wish us ill: what they hold is read by a child, in a time and to a size."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package import claim as package_claim
from quietport.host.package.claim import Question, answer, decode_answer, encode_answer, find_claims
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.host.package.database import Found

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="containers are of Linux")

NGINX = Package("dpkg", "nginx", "1.22.1-9", True, "2026-08-17T00:00:00Z")
LATE = Unknown(Reason.NOT_LOOKED, "package database that takes too long to read")
NONE_HERE = Unknown(Reason.NOT_SUPPORTED, "package database")
UNREAD = Unknown(Reason.NOT_SUPPORTED, "lists of the dpkg database")


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    def open_files() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    before = open_files()
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert open_files() == before


def make_container(root: Path, name: str = "nginx", paths: str = "/usr/sbin/nginx\n") -> Path:
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text(f"Package: {name}\nVersion: 1.22.1-9\n")
    (info / f"{name}.list").write_text(paths)
    os.utime(info / f"{name}.list", (0, 1_786_924_800))
    return root


def test_each_container_claims_for_itself(tmp_path: Path) -> None:
    one, other = make_container(tmp_path / "1"), tmp_path / "2"
    other.mkdir()
    questions = [
        Question(str(one), ("/usr/sbin/nginx", "/x")),
        Question(str(other), ("/usr/sbin/nginx",)),
        Question(str(tmp_path / "gone"), ("/x",)),
    ]
    assert find_claims(questions) == [
        {"/usr/sbin/nginx": NGINX, "/x": None},
        {"/usr/sbin/nginx": NONE_HERE},
        {"/x": Unknown(Reason.EXITED, "root of the container")},
    ]
    assert find_claims([]) == []


def test_links_out_of_the_container_are_not_followed(tmp_path: Path) -> None:
    outside = make_container(tmp_path / "outside")
    linked = tmp_path / "linked"
    (linked / "lib/apk/db").mkdir(parents=True)
    (linked / "var/lib").mkdir(parents=True)
    (linked / "var/lib/dpkg").symlink_to(outside / "var/lib/dpkg")
    (linked / "var/lib/rpm").symlink_to("/var/lib/rpm")
    (linked / "lib/apk/db/installed").symlink_to("/etc/shadow")
    looped = tmp_path / "looped"
    looped.mkdir()
    (looped / "var").symlink_to(".")
    (looped / "lib").symlink_to("lib")
    upwards = tmp_path / "upwards"
    upwards.mkdir()
    (upwards / "var").symlink_to("../outside/var")
    apk = Unknown(Reason.NOT_SUPPORTED, "apk database")
    questions = [Question(str(root), ("/usr/sbin/nginx",)) for root in (linked, looped, upwards)]
    assert find_claims(questions) == [
        {"/usr/sbin/nginx": apk},
        {"/usr/sbin/nginx": NONE_HERE},
        {"/usr/sbin/nginx": NONE_HERE},
    ]


def test_files_that_are_none_are_passed_over_and_leave_doubt(tmp_path: Path) -> None:
    root = make_container(tmp_path / "1")
    info = root / "var/lib/dpkg/info"
    (info / "shadow.list").symlink_to("/etc/shadow")
    os.mkfifo(info / "fifo.list")
    (info / "loop.list").symlink_to("loop.list")
    (info / "directory.list").mkdir()
    (info / "sparse.list").touch()
    os.truncate(info / "sparse.list", 100 * 1024 * 1024)
    (root / "var/lib/dpkg/diversions").symlink_to("/dev/zero")
    start = time.monotonic()
    assert find_claims([Question(str(root), ("/usr/sbin/nginx", "/x"))]) == [{"/usr/sbin/nginx": NGINX, "/x": UNREAD}]
    assert time.monotonic() - start < 0.5


@pytest.mark.parametrize("harm", ["hangs", "is killed", "raises", "takes all memory"])
def test_a_container_that_takes_the_child_with_it_harms_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    def with_harm(question: Question) -> dict[str, Found]:
        if question.root != "bad":
            return answer(question)
        if harm == "hangs":
            time.sleep(60)
        elif harm == "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif harm == "raises":
            raise RuntimeError
        return {"/x": Package("dpkg", str(len(bytearray(4 * 1024**3))), None, True)}

    monkeypatch.setattr(package_claim, "answer", with_harm)
    good = Question(str(make_container(tmp_path / "1")), ("/usr/sbin/nginx",))
    start = time.monotonic()
    assert find_claims([good, Question("bad", ("/x", "/y")), good], each_s=0.3) == [
        {"/usr/sbin/nginx": NGINX},
        {"/x": LATE, "/y": LATE},
        {"/usr/sbin/nginx": NGINX},
    ]
    assert time.monotonic() - start < 1.5


def test_all_of_them_together_take_no_longer_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_claim, "answer", lambda _: time.sleep(60))
    start = time.monotonic()
    assert find_claims([Question("bad", ("/x",))] * 50, each_s=0.2, all_s=0.5) == [{"/x": LATE}] * 50
    assert time.monotonic() - start < 1.2


def test_where_no_child_can_be_had_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    assert find_claims([Question("/", ("/x",))]) == [{"/x": LATE}]


FOUND = st.one_of(
    st.none(),
    st.builds(Unknown, st.sampled_from(Reason), st.text()),
    st.tuples(st.text(), st.text(), st.none() | st.text(), st.none() | st.text()).map(
        lambda texts: Package(texts[0], texts[1], texts[2], is_claim=True, changed_at=texts[3])
    ),
)


@given(st.dictionaries(st.text(), FOUND))
def test_every_answer_comes_through_the_pipe(found: dict[str, Found]) -> None:
    line = encode_answer(found)
    assert b"\n" not in line
    assert decode_answer(line) == found


@given(st.binary())
def test_what_is_no_answer_is_refused(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode_answer(b"{" + line)
