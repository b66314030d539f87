from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from quietport.host.process.engine_file import MAX_BYTES, decode, decode_file, list_names, read_bounded

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="container engines of Linux")


class Record(Struct):
    name: str = ""
    labels: dict[str, str] | None = None


def test_a_record(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.json").write_text('{"name": "web", "other": 1}')
    assert decode_file(str(tmp_path), "a/x.json", Record) == Record("web")


def test_the_largest_file_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * MAX_BYTES)
    (tmp_path / "y").write_bytes(b"a" * (MAX_BYTES + 1))
    read = read_bounded(str(tmp_path), "x")
    assert read is not None
    assert (len(read), read_bounded(str(tmp_path), "y")) == (MAX_BYTES, None)


def test_a_link_within_is_followed_and_one_that_leads_out_is_not(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "data").mkdir(parents=True)
    (inside / "data" / "x").write_text("in")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x").write_text("out")
    (inside / "near").symlink_to("data")
    (inside / "far").symlink_to(tmp_path / "outside")
    (inside / "up").symlink_to("../outside/x")
    names = ("near/x", "far/x", "up", "../outside/x")
    assert [read_bounded(str(inside), name) for name in names] == [b"in", None, None, None]
    assert (list_names(str(inside), "near"), list_names(str(inside), "far")) == (["x"], [])


@pytest.mark.parametrize("name", ["missing", "a\0b", "", "directory", "queue", "device"])
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "queue")
    (tmp_path / "device").symlink_to("/dev/zero")
    assert read_bounded(str(tmp_path), name) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": 1}', '{"labels": {"a": 1}}', "[" * 100_000, '{"labels":' * 5000]
)
def test_what_is_malformed_is_none(text: str) -> None:
    assert decode(text, Record) is None


@given(st.binary(max_size=100) | st.text(max_size=100))
def test_any_text_is_a_record_or_none(text: bytes | str) -> None:
    assert isinstance(decode(text, Record), Record | None)
