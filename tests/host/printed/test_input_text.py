"""Bytes of every encoding become lines."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.printed.input_text import MAX_LINE, read_lines, read_text
from quietport.model.errors import SurveyError

TEXT = "TCP ABHÖREN\n1.2.3.4\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r\n").encode("utf-16"),
    ],
    ids=["utf-8", "utf-8 marked", "utf-16", "le", "be", "be marked", "utf-32", "crlf", "utf-16 crlf"],
)
def test_every_encoding_gives_the_same_lines(data: bytes) -> None:
    assert list(read_lines(data)) == ["TCP ABHÖREN", "1.2.3.4"]


def test_a_byte_of_a_code_page_stays_visible_and_a_mark_in_the_middle_goes() -> None:
    assert list(read_lines(b"ABH\x99REN\n\xef\xbb\xbfsecond")) == ["ABH\\x99REN", "second"]


def test_text_that_was_cut_in_the_middle_of_a_letter_keeps_the_rest() -> None:
    assert list(read_lines("a\nbö".encode()[:-1])) == ["a", "b\\xc3"]
    assert list(read_lines("ab\ncd".encode("utf-16")[:-1])) == ["ab", "c\\x64"]


def test_a_line_without_end_is_passed_over_without_being_kept() -> None:
    long = b"x" * (MAX_LINE * 3)
    assert list(read_lines(b"a\n" + long + b"\nb\n" + long)) == ["a", None, "b", None]
    assert list(read_lines(b"x" * MAX_LINE + b"\n")) == ["x" * MAX_LINE]


@pytest.mark.parametrize(
    "data", [b"\x7fELF\x02\x01\x01\0\0\0\0", b"\0" * 64, b"PK\x03\x04\x14\0\0\0\x08\0" + b"x" * 40]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SurveyError, match="no text"):
        list(read_lines(data))


@given(st.binary(max_size=300))
def test_any_bytes_are_lines_or_refused(data: bytes) -> None:
    try:
        lines = list(read_lines(data))
        assert isinstance(read_text(data), str)
    except SurveyError:
        assert b"\0" in data
    else:
        assert len(lines) <= len(data)
