"""Where statements stand, in any text that a TOML parser takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.policy.statement import find_entries, find_statements, split_lines

TEXT = '''\
# [[accept]]
a = "x # y"  # remark

[[accept]] # first
b = """
c = 1 # no remark \\"""
""" # remark
d = \'\'\'e = 1
\'\'\'\'\'
[other]
f = "\\""
[["accept"]]'''


def test_statements_their_lines_and_remarks() -> None:
    found = [(held.first, held.last, held.key, held.is_header, held.remark) for held in find_statements(TEXT)]
    assert found == [
        (1, 1, "a", False, "  # remark"),
        (3, 3, None, True, " # first"),
        (4, 6, "b", False, " # remark"),
        (7, 8, "d", False, ""),
        (9, 9, None, True, ""),
        (10, 10, "f", False, ""),
        (11, 11, None, True, ""),
    ]


def test_entries_and_the_lines_of_their_keys() -> None:
    first, second = find_entries(TEXT, "accept")
    assert (first.line, first.last, first.line_of("d"), first.line_of("f")) == (4, 8, 8, 4)
    assert (second.line, second.last, second.statements) == (12, 11, ())


@given(st.text(alphabet=st.sampled_from("ab[]=\"'\\#\n\r \t1"), max_size=60))
def test_any_text_has_statements_whose_lines_are_its_own(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    end = -1
    for held in find_statements(text):
        assert end < held.first <= held.last
        assert held.text == "".join(lines[held.first : held.last + 1])
        end = held.last
    find_entries(text, "a")
