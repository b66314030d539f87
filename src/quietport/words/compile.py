"""Make compiled catalogues from the sentences in TOML and their translations: run by the build only.

English stands in TOML files, ``"id" = "sentence"`` or ``"id" = { one = "…", other = "…" }`` where a
message has plural forms; rules carry theirs in a key ``sentence``. A translation is a ``.po`` file
with the id as context, so that translators see English and use their usual tools. Compiled, every
language is keyed by the id alone. Babel is needed here and nowhere at run time.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from quietport.model.errors import SourceTextError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Sentence = str | tuple[str, str]
"""A template, or its English singular and plural."""

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
# Babel would write the hour of the build into a catalogue; the same sentences give the same bytes.


def read_english(package: Path) -> dict[str, Sentence]:
    """Return every English sentence of a package tree by id, in the order of the files.

    Raises SourceTextError for broken TOML, an id that stands twice, and an entry that is no sentence.
    """
    sentences: dict[str, Sentence] = {}
    for place, id_, entry in _entries(package):
        if id_ in sentences:
            raise SourceTextError(place, f"message {id_!r} stands twice")
        if isinstance(entry, str):
            sentences[id_] = entry
        elif isinstance(entry, dict) and set(entry) == {"one", "other"} and {str} == set(map(type, entry.values())):
            sentences[id_] = (entry["one"], entry["other"])
        else:
            raise SourceTextError(place, f"message {id_!r} is neither a sentence nor one/other")
    return sentences


def _entries(package: Path) -> Iterator[tuple[str, str, object]]:
    for path in sorted((package / "words" / "english").glob("*.toml")):
        for id_, entry in _read(path).items():
            yield path.name, id_, entry
    for path in sorted((package / "judge" / "rules").glob("*.toml")):
        for rule in _read(path).get("rule", []):
            yield path.name, f"rule.{rule.get('id')}", rule.get("sentence")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise SourceTextError(path.name, str(error)) from error


def english_catalogue(package: Path) -> Catalog:
    """Return the catalogue that translations are made against: context is the id, message is English."""
    catalogue = Catalog(project="quietport", charset="utf-8")
    for id_, sentence in read_english(package).items():
        catalogue.add(sentence, context=id_)
    return catalogue


def compile_catalogues(package: Path) -> tuple[str, ...]:
    """Write ``words/compiled/LANG.mo`` for English and every translation; return the languages."""
    target = package / "words" / "compiled"
    target.mkdir(exist_ok=True)
    english = _empty("en")
    for id_, sentence in read_english(package).items():
        _add(english, id_, sentence)
    catalogues = {"en": english}
    for path in sorted((package / "words" / "locale").glob("*.po")):
        catalogues[path.stem] = _rekeyed(path)
    for lang, catalogue in catalogues.items():
        with (target / f"{lang}.mo").open("wb") as file:
            write_mo(file, catalogue)
    for left_over in target.glob("*.mo"):
        if left_over.stem not in catalogues:
            left_over.unlink()
    return tuple(catalogues)


def _empty(lang: str) -> Catalog:
    return Catalog(locale=lang, creation_date=_NO_DATE, revision_date=_NO_DATE)


def _rekeyed(path: Path) -> Catalog:
    with path.open("rb") as file:
        translated = read_po(file, locale=path.stem)
    catalogue = _empty(path.stem)
    for message in translated:
        if message.context and all(message.string or [""]) and not message.fuzzy:
            _add(catalogue, message.context, message.string)
    return catalogue


def _add(catalogue: Catalog, id_: str, sentence: str | tuple[str, ...] | list[str]) -> None:
    if isinstance(sentence, str):
        catalogue.add(id_, sentence)
    else:
        catalogue.add((id_, id_), tuple(sentence))
