"""The helper that enters namespaces: what it tells, and what is said where it cannot."""

from __future__ import annotations

import marshal
import os
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.namespace.entry import Seen, look_into, parse_report
from quietport.host.namespace.found import FoundNamespace
from quietport.model.namespace import NetworkNamespace
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

FOUND, REFUSED, GONE, FAILED = range(4)
linux = pytest.mark.skipif(sys.platform != "linux", reason="namespaces of Linux")


def frame(number: int, kind: int, piece: bytes) -> bytes:
    return struct.pack("=IBQ", number, kind, len(piece)) + piece


def test_what_was_found_and_what_went_wrong() -> None:
    report = (
        frame(0, FOUND, marshal.dumps(["a", 1]))
        + frame(1, REFUSED, b"Operation not permitted")
        + frame(2, GONE, b"it is gone")
        + frame(3, FAILED, b"ValueError: x")
    )
    assert parse_report(report) == {
        0: ["a", 1],
        1: Unknown(Reason.PERMISSION, "Operation not permitted"),
        2: Unknown(Reason.EXITED, "it is gone"),
        3: Unknown(Reason.NOT_SUPPORTED, "ValueError: x"),
    }


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_what_was_told_before_the_helper_died_is_kept(cut: int) -> None:
    report = frame(0, FOUND, marshal.dumps("whole")) + frame(1, FOUND, marshal.dumps("a longer piece"))
    assert parse_report(report[:-cut]) == {0: "whole"}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_report(report: bytes) -> None:
    assert isinstance(parse_report(report), dict)


def own_id() -> str:
    return str(Path("/proc/self/ns/net").readlink())


def own() -> FoundNamespace:
    return FoundNamespace(NetworkNamespace(own_id(), None, 1, is_own=True), "/nowhere")


def other(path: str = "/proc/self/ns/net", id_: str = "net:[1]") -> FoundNamespace:
    return FoundNamespace(NetworkNamespace(id_, "other", None, is_own=False), path)


def reasons(seen: list[Seen]) -> list[object]:
    return [(one.found.reason, one.found.what) if isinstance(one.found, Unknown) else one.found for one in seen]


@linux
def test_our_own_is_looked_at_without_entering_it() -> None:
    assert reasons(look_into([own()], lambda namespace: namespace.id)) == [own_id()]


@linux
def test_a_file_that_stands_for_another_namespace_by_now_is_not_entered() -> None:
    assert reasons(look_into([other(), other("/proc/0/ns/net")], lambda _: 1)) == [
        (Reason.EXITED, "it is gone"),
        (Reason.EXITED, "No such file or directory"),
    ]


def raise_error() -> object:
    raise ValueError("a look that fails")


def die() -> object:
    os._exit(7)


def hang() -> object:
    time.sleep(60)
    return None


@linux
@pytest.mark.parametrize(
    ("fail", "expected"),
    [
        (raise_error, (Reason.NOT_SUPPORTED, "ValueError: a look that fails")),
        (object, (Reason.NOT_SUPPORTED, "ValueError: unmarshallable object")),
        (die, (Reason.NOT_SUPPORTED, "the helper process ended early")),
        (hang, (Reason.NOT_SUPPORTED, "it took too long")),
    ],
    ids=["raises", "no plain value", "dies", "hangs"],
)
def test_a_look_that_fails_is_named_and_what_came_before_is_kept(
    fail: Callable[[], object], expected: tuple[Reason, str]
) -> None:
    calls: list[int] = []

    def look(_: NetworkNamespace) -> object:
        calls.append(1)
        return "seen" if len(calls) == 1 else fail()

    started = time.monotonic()
    assert reasons(look_into([own(), own()], look, deadline_s=0.5)) == ["seen", expected]
    assert time.monotonic() - started < 10
    assert calls == [], "the look runs in the helper alone"


@linux
def test_no_helper_is_left_behind() -> None:
    look_into([own()], lambda _: hang(), deadline_s=0.1)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@linux
def test_more_than_a_pipe_holds_comes_through() -> None:
    (seen,) = look_into([own()], lambda _: b"x" * (3 << 20))
    assert seen.found == b"x" * (3 << 20)


def test_nothing_to_look_into_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quietport.host.namespace.entry.os.fork", raise_error)
    assert look_into([], lambda _: 1) == []


@linux
def test_where_no_process_can_be_started_each_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("quietport.host.namespace.entry.os.fork", refuse)
    assert reasons(look_into([own()], lambda _: 1)) == [(Reason.NOT_SUPPORTED, "Resource temporarily unavailable")]
