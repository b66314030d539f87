"""How alike two words are spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.registry.spelling import MAX_LENGTH, distance, nearest

WORDS = st.text(alphabet="abcd", max_size=8)


@pytest.mark.parametrize(
    ("left", "right", "mistakes"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("ssh", "ssh", 0),
        ("sshh", "ssh", 1),
        ("shs", "ssh", 1),
        ("kuberntes", "kubernetes", 1),
        ("postgers", "postgres", 1),
        ("postgers", "postgrey", 2),
        ("ca", "abc", 3),
        ("kitten", "sitting", 3),
    ],
)
def test_the_distance_counts_insertions_deletions_substitutions_and_swaps(left: str, right: str, mistakes: int) -> None:
    assert distance(left, right, 9) == mistakes


def test_beyond_the_limit_the_distance_is_one_more_than_the_limit() -> None:
    assert distance("abcdef", "uvwxyz", 2) == 3
    assert distance("a", "abcdefgh", 2) == 3
    assert distance("kitten", "sitting", 2) == 3
    assert distance("kitten", "sitting", 3) == 3


@given(WORDS, WORDS, st.integers(0, 9))
def test_the_distance_is_symmetric(left: str, right: str, limit: int) -> None:
    assert distance(left, right, limit) == distance(right, left, limit)


@given(WORDS, WORDS, st.integers(0, 9))
def test_the_distance_is_zero_exactly_for_equal_words(left: str, right: str, limit: int) -> None:
    assert (distance(left, right, limit) == 0) == (left == right)


@given(WORDS, WORDS, st.integers(0, 9))
def test_the_distance_is_bounded_and_the_limit_only_cuts_it(left: str, right: str, limit: int) -> None:
    whole = distance(left, right, 99)
    assert abs(len(left) - len(right)) <= whole <= max(len(left), len(right))
    assert distance(left, right, limit) == min(whole, limit + 1)


def test_the_nearest_words_come_most_alike_first_then_alphabetically() -> None:
    known = ["grafana", "grafanb", "grafxxa", "gitea", "grafama"]
    assert nearest("grafana", known, most=9) == ["grafana", "grafama", "grafanb", "grafxxa"]
    assert nearest("grafana", known, most=2) == ["grafana", "grafama"]


def test_short_words_are_forgiven_one_mistake_only() -> None:
    assert nearest("shs", ["ssh", "hst"], most=5) == ["ssh"]
    assert nearest("abcd", ["abxx"], most=5) == []
    assert nearest("abcde", ["abcxx"], most=5) == ["abcxx"]
    assert nearest("abcde", ["abcxx"], most=5, limit=1) == []


def test_very_long_words_are_not_corrected() -> None:
    assert nearest("x" * MAX_LENGTH, ["x" * (MAX_LENGTH + 1)], most=1) == ["x" * (MAX_LENGTH + 1)]
    assert nearest("x" * (MAX_LENGTH + 1), ["x" * MAX_LENGTH], most=1) == []


@given(WORDS, st.lists(WORDS, max_size=12))
def test_nothing_near_enough_is_left_out(word: str, known: list[str]) -> None:
    limit = 1 if len(word) <= 4 else 2
    assert sorted(nearest(word, known, most=99)) == sorted(
        other for other in known if distance(word, other, limit) <= limit
    )
