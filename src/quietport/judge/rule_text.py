"""The rules as people write them: TOML, read by the build and by the tests, never at run time.

An array of tables ``[[rule]]`` with ``id``, ``speaks_for``, ``decibans``, ``group``, ``sentence``,
``reason``, ``references``, ``when``, ``hit`` and ``miss``, and optionally ``next_step`` and ``settles``
(message ids). ``when`` maps names of facts to what is asked of them; all must hold. Asked may be: a value
(equal), a list (one of these; for a set of words: any of these), ``{ not = … }`` (the opposite). A fact
that is not known satisfies nothing, not even ``not``. A rule that speaks for ``none`` is a note: it
weighs 0 and is always told.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from quietport.judge.rule import Condition, Rule
from quietport.judge.vocabulary import FACT_NAMES, WORDS
from quietport.model.errors import SourceTextError
from quietport.model.verdict import Concern, Opinion, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RULES = Path(__file__).with_name("rules")
"""The rules that ship with the package."""

WEIGHTS = frozenset({0, 3, 6, 10, 20})
"""Steps of weight of evidence, in decibans; 10 make odds ten times as high (Good 1950)."""

KEYS = frozenset({"id", "speaks_for", "decibans", "group", "sentence", "reason", "references", "when", "hit", "miss"})
OPTIONAL_KEYS = frozenset({"next_step", "settles"})
TEXTS = ("id", "speaks_for", "group", "sentence", "reason", "next_step", "settles")
LISTS: dict[str, type] = {"references": str, "hit": dict, "miss": dict}


def parse_rules(name: str, text: str) -> Iterator[Rule]:
    """Yield the rules of a TOML text; SourceTextError with file and rule where one is malformed."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceTextError(name, str(error)) from error
    rules = tables.get("rule", [])
    if not _is_list_of(dict, rules) or set(tables) - {"rule"}:
        raise SourceTextError(name, "holds something else than an array of tables [[rule]]")
    for number, table in enumerate(rules, start=1):
        place = f"{name}, rule {table.get('id', number)}"
        _require_form(place, table)
        yield Rule(
            id=table["id"],
            speaks_for=_opinion(place, table["speaks_for"]),
            decibans=table["decibans"],
            group=table["group"],
            sentence=table["sentence"],
            reason=table["reason"],
            references=tuple(table["references"]),
            when=tuple(_condition(place, fact, asked) for fact, asked in table["when"].items()),
            hits=tuple(table["hit"]),
            misses=tuple(table["miss"]),
            next_step=table.get("next_step"),
            settles=table.get("settles"),
        )


def _require_form(place: str, table: Mapping[str, object]) -> None:
    missing, strange = KEYS - set(table), set(table) - KEYS - OPTIONAL_KEYS
    if missing or strange:
        raise SourceTextError(place, f"missing: {sorted(missing)}; not known: {sorted(strange)}")
    malformed = [key for key in TEXTS if not isinstance(table.get(key, ""), str)]
    malformed += [key for key, kind in LISTS.items() if not table[key] or not _is_list_of(kind, table[key])]
    malformed += [] if isinstance(table["when"], dict) else ["when"]
    if malformed:
        raise SourceTextError(place, f"of another type than its key asks for: {', '.join(malformed)}")
    if type(table["decibans"]) is not int or table["decibans"] not in WEIGHTS:
        raise SourceTextError(place, f"decibans {table['decibans']} is none of {sorted(WEIGHTS)}")


def _is_list_of(kind: type, value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _opinion(place: str, word: str) -> Opinion:
    for kind in (Standing, Concern):
        if word in kind.__members__.values():
            return kind(word)
    raise SourceTextError(place, f"speaks for {word!r}, which is neither a standing nor a concern")


def _condition(place: str, fact: str, asked: object) -> Condition:
    if fact not in FACT_NAMES:
        raise SourceTextError(place, f"asks about {fact!r}, which is no fact")
    negated = isinstance(asked, dict)
    if isinstance(asked, dict):
        if set(asked) != {"not"}:
            raise SourceTextError(place, f"{fact}: a table has one key, 'not'")
        asked = asked["not"]
    if isinstance(asked, list) and _is_list_of(str, asked):
        asked = tuple(asked)
    elif not isinstance(asked, bool | str):
        raise SourceTextError(place, f"{fact}: {asked!r} can not be asked for")
    _require_words(place, fact, asked if isinstance(asked, tuple) else (asked,))
    return Condition(fact, asked, negated)


def _require_words(place: str, fact: str, asked: tuple[str | bool, ...]) -> None:
    vocabulary = WORDS.get(fact)
    strange = [word for word in asked if vocabulary is not None and word not in vocabulary]
    if strange:
        raise SourceTextError(place, f"{fact}: {strange[0]!r} is none of its words")


def read_rule_text(folder: Path = RULES) -> tuple[Rule, ...]:
    """Return the rules of a folder in the order of its files."""
    return tuple(
        rule for path in sorted(folder.glob("*.toml")) for rule in parse_rules(path.name, path.read_text("utf-8"))
    )
