"""Hostile text at the gates."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.words.gates import field, readable, visible

HOSTILE = st.text(st.characters(exclude_categories=()), max_size=300)
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sshd", "sshd"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\tb\nc\r", "a\\x09b\\x0ac\\x0d"),
        ("abc\u202efdp.exe", "abc\\u202efdp.exe"),
        ("\u200bsshd", "\\u200bsshd"),
        ("\x9b31m", "\\x9b31m"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff\udc80", "\\xff\\x80"),
        ("\ud800", "\\ud800"),
        ("naïve Привет 日本", "naïve Привет 日本"),
        ("x" * 201, "x" * 200 + "… (+1)"),
    ],
)
def test_what_a_terminal_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(HOSTILE)
def test_nothing_visible_is_hidden_or_moves_the_cursor(text: str) -> None:
    assert {unicodedata.category(letter) for letter in visible(text)} & HIDDEN == set()
    visible(text).encode("utf-8")


@given(HOSTILE, st.integers(1, 50))
def test_a_long_text_is_cut_and_says_so(text: str, limit: int) -> None:
    shown = visible(text, limit)
    whole = visible(text, 100_000)
    assert shown == (whole if len(whole) <= limit else f"{whole[:limit]}… (+{len(whole) - limit})")


@given(st.one_of(HOSTILE, st.integers(), st.none()))
def test_a_field_has_no_tab_and_no_line_end(value: object) -> None:
    assert len(field(value).split("\t")) == 1
    assert len(field(value).splitlines()) <= 1


def test_nothing_is_an_empty_field_and_zero_is_not() -> None:
    assert (field(None), field(0), field(60476), field("")) == ("", "0", "60476", "")


@given(st.binary(max_size=60))
def test_any_bytes_of_a_file_name_are_readable(name: bytes) -> None:
    text = readable(name.decode("utf-8", "surrogateescape"))
    assert text.encode("utf-8").decode("utf-8") == text


@given(HOSTILE)
def test_what_utf_8_can_carry_is_left_as_it_is(text: str) -> None:
    clean = "".join(letter for letter in text if unicodedata.category(letter) != "Cs")
    assert readable(clean) == clean
    readable(text).encode("utf-8")
