"""How alike two words are spelt: edit distance with transpositions, bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LENGTH = 64
"""Longer words are not corrected: nobody misspells a service name of that length."""


def distance(left: str, right: str, limit: int) -> int:
    """Return the optimal string alignment distance, or ``limit + 1`` where it is larger than ``limit``.

    Insertions, deletions, substitutions and swaps of neighbours cost 1 each (Damerau 1964).
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before, previous = [0] * (len(right) + 1), list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return min(previous[-1], limit + 1)


def nearest(word: str, known: Iterable[str], most: int, limit: int = 2) -> list[str]:
    """Return at most ``most`` known words spelt like a word, most alike first, then alphabetically.

    One mistake is forgiven in words of up to four letters, ``limit`` in longer ones.
    """
    if len(word) > MAX_LENGTH:
        return []
    limit = min(limit, 1) if len(word) <= 4 else limit  # noqa: PLR2004 - said above
    letters = set(word)
    # A mistake brings in one letter at most: most words are told apart without a distance.
    scored = ((distance(word, other, limit), other) for other in known if len(letters.difference(other)) <= limit)
    return [other for score, other in sorted(pair for pair in scored if pair[0] <= limit)[:most]]
