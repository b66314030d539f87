"""A phrasebook turns message ids and values into sentences of one language."""

from __future__ import annotations

import gettext
import struct
from functools import cache
from typing import TYPE_CHECKING

from quietport.model.errors import DataError
from quietport.model.page import Phrase, Value
from quietport.words.gates import readable
from quietport.words.language import COMPILED

if TYPE_CHECKING:
    from pathlib import Path

PLURAL_BY = "count"
"""The value that decides the plural form of a message which has several."""


class Phrasebook:
    """The sentences of one language."""

    def __init__(self, lang: str, directory: Path = COMPILED) -> None:
        """Open the compiled catalogue of a language; DataError where it is missing or damaged."""
        self.lang = lang
        """Language tag, as ``en``."""
        path = directory / f"{lang}.mo"
        try:
            with path.open("rb") as file:
                self._catalogue = gettext.GNUTranslations(file)
        except (OSError, ValueError, struct.error) as error:
            message = f"{path}: {error}; reinstall quietport"
            raise DataError(message) from error

    def say(self, id_: str, /, **values: Value) -> str:
        """Return the sentence with that id; KeyError if there is none, or a value is missing."""
        return self.render(Phrase(id_, values))

    def render(self, phrase: Phrase) -> str:
        """Return a phrase as a sentence; values are text of others and are never templates."""
        template = self._template(phrase)
        return template.format_map({name: self._value(value) for name, value in phrase.values.items()})

    def has(self, id_: str) -> bool:
        """Tell whether the language has a message of that id."""
        return self._catalogue.gettext(id_) != id_ or self._catalogue.ngettext(id_, "", 1) not in {id_, ""}

    def _template(self, phrase: Phrase) -> str:
        count = phrase.values.get(PLURAL_BY)
        template = self._catalogue.ngettext(phrase.id, phrase.id, count) if isinstance(count, int) else phrase.id
        if template == phrase.id:
            template = self._catalogue.gettext(phrase.id)
        if template == phrase.id:
            raise KeyError(phrase.id)
        return template

    def _value(self, value: Value) -> str:
        if isinstance(value, Phrase):
            return self.render(value)
        if isinstance(value, tuple):
            return self.join(value)
        return readable(value) if isinstance(value, str) else str(value)

    def join(self, items: tuple[str | Phrase, ...]) -> str:
        """Return names as a list in running text: ``tcp``, ``tcp and udp``, ``a, b and c``."""
        shown = [self._value(item) for item in items]
        if len(shown) < 2:  # noqa: PLR2004 - a pair needs two
            return "".join(shown)
        return self.say("list.pair", first=", ".join(shown[:-1]), last=shown[-1])


@cache
def phrasebook(lang: str) -> Phrasebook:
    """Return the phrasebook of a language, opened once."""
    return Phrasebook(lang)
