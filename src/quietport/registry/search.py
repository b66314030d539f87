"""Which port does X use: names, descriptions and software, ranked, with a way back from a typo."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.port import PortRange, Transport
from quietport.registry.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.registry.snapshot import Registry


MOST_WORDS = 16
"""Different words of one question; each one that is not known costs a search for what is spelt like it."""

BEGINNING = 6
"""Letters of a misspelt word that may be the beginning of a longer one."""


class FactKind(StrEnum):
    """What kind of fact a search has found."""

    REGISTERED = "registered"
    """A row of IANA's registry."""
    DE_FACTO = "de-facto"
    """A software's default."""
    MISUSE = "misuse"
    """A report of misuse."""


class Match(Struct, frozen=True):
    """One fact that a search has found."""

    ports: PortRange
    """The number or range."""
    transport: Transport | None
    """None where the row names no transport."""
    kind: FactKind
    """Registered, de facto or misuse: never merged."""
    name: str
    """Service name, software or family."""
    text: str
    """Description, use or report."""
    source: str
    """Id of the source."""
    rank: int
    """0 exact name, 1 name begins so, 2 a word of the name, 3 inside the name, 4 only in the text."""


class SearchResult(Struct, frozen=True):
    """What was searched for, and what was found."""

    asked: str
    """The text as given."""
    searched: str
    """The text that the matches are for: another one where the first had none and was misspelt."""
    matches: tuple[Match, ...]
    """Best first."""


def search(registry: Registry, asked: str) -> SearchResult:
    """Return the facts whose name or text holds every word of the question, best first.

    Where there are none, each word is replaced by the one most like it that the registry knows.
    A question of more than 16 words is none.
    """
    words = list(dict.fromkeys(_words(asked)))
    if not words or len(words) > MOST_WORDS:
        return SearchResult(asked, asked, ())
    found = _find(registry, words)
    if found:
        return SearchResult(asked, asked, found)
    corrected = _corrected(registry, words)
    if corrected is None or corrected == words:
        return SearchResult(asked, asked, ())
    return SearchResult(asked, " ".join(corrected), _find(registry, corrected))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _find(registry: Registry, words: list[str]) -> tuple[Match, ...]:
    matches = []
    for ports, transport, kind, name, text, source in _facts(registry):
        rank = _rank(words, name.casefold(), text)
        if rank is not None:
            matches.append(Match(ports, transport, kind, name, text, source, rank))
    order = {FactKind.REGISTERED: 0, FactKind.DE_FACTO: 1, FactKind.MISUSE: 2}
    matches.sort(key=lambda match: (match.rank, order[match.kind], match.ports, match.transport or "", match.name))
    return tuple(matches)


def _rank(words: list[str], name: str, text: str) -> int | None:
    both = f"{name} {text.casefold()}"
    if not all(word in both for word in words):
        return None
    phrase = " ".join(words)
    name_words = _words(name)
    spelt = " ".join(name_words)
    if spelt == phrase:
        return 0
    if all(word in name for word in words):
        if spelt.startswith(phrase):
            return 1
        return 2 if set(words) <= set(name_words) else 3
    return 4


def _facts(registry: Registry) -> Iterator[tuple[PortRange, Transport | None, FactKind, str, str, str]]:
    query = (
        "SELECT first, last, transport, coalesce(name, ''), description FROM iana_row "
        "WHERE name IS NOT NULL OR description NOT IN ('Unassigned', 'Reserved')"
    )
    for first, last, transport, name, text in registry.ask(query):
        over = None if transport is None else Transport(transport)
        yield PortRange(first, last), over, FactKind.REGISTERED, name, text, registry.iana_source
    for use in registry.practice.uses.rows:
        yield use.ports, use.transport, FactKind.DE_FACTO, use.software, use.use, use.source
    for report in registry.practice.misuse.rows:
        yield report.ports, report.transport, FactKind.MISUSE, report.family, report.report, report.source


def _corrected(registry: Registry, words: list[str]) -> list[str] | None:
    vocabulary = {word for *_, name, text, _ in _facts(registry) for word in _words(f"{name} {text}")}
    corrected = []
    for word in words:
        like = [word] if word in vocabulary else _most_like(word, vocabulary)
        if not like:
            return None
        corrected.append(like[0])
    return corrected


def _most_like(word: str, vocabulary: set[str]) -> list[str]:
    """Return the word most like a misspelt one: one mistake in a word or its beginning, else two in a word.

    ``postgers`` is ``postgres``, with which PostgreSQL begins, and not ``postgrey``.
    """
    beginnings = {known[: len(word)] for known in vocabulary if len(known) > len(word) >= BEGINNING}
    return (
        nearest(word, vocabulary, most=1, limit=1)
        or nearest(word, beginnings, most=1, limit=1)
        or nearest(word, vocabulary, most=1)
    )


def nearest_names(registry: Registry, name: str) -> tuple[str, ...]:
    """Return the service names and software spelt most like a name, best first, at most three."""
    names = {row_name for *_, row_name, _, _ in _facts(registry) if row_name}
    by_folded = {known.casefold(): known for known in sorted(names, reverse=True)}
    return tuple(by_folded[folded] for folded in nearest(name.casefold(), by_folded, most=3))
