"""The page of a port: sections of claims, each with its values and its sources, in no language yet."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phrase(Struct, frozen=True):
    """A message and its values, waiting for a language; may stand as a value of another one."""

    id: str
    """Message id."""
    values: Mapping[str, Value]
    """What the message is made from, by the names its template uses."""


Value = str | int | Phrase | tuple[str | Phrase, ...]
"""A tuple is a list, joined as the language joins them."""


class Form(StrEnum):
    """How a claim likes to be laid out."""

    SENTENCE = "sentence"
    """A sentence of running text."""
    ROW = "row"
    """One of several like facts: a line of a list."""
    COMMAND = "command"
    """A command to copy: the value ``command``, which is never translated, with a sentence about it."""


class Claim(Struct, frozen=True):
    """One thing that a page says, with the sources that bear it."""

    says: Phrase
    """Message id and values."""
    sources: tuple[str, ...]
    """Ids of the sources; never empty."""
    form: Form = Form.SENTENCE
    """How it likes to be laid out."""

    def __post_init__(self) -> None:
        """Refuse a sentence that nothing bears."""
        if not self.sources:
            message = f"claim {self.says.id} cites no source"
            raise ValueError(message)


class Section(Struct, frozen=True):
    """A part of a page; its title is the message ``section.ID``."""

    id: str
    """``answer``, ``registry``, ``meaning``..."""
    claims: tuple[Claim, ...]
    """In reading order."""


class SourceKind(StrEnum):
    """What sort of thing a source is."""

    REGISTRY = "registry"
    """A snapshot of IANA's registry."""
    PACKAGE = "package"
    """A file in a published software package."""
    PAGE = "page"
    """A document on the web, as it was when opened."""
    RFC = "rfc"
    """An RFC."""
    OBSERVATION = "observation"
    """What quietport itself saw on this host."""


class Source(Struct, frozen=True):
    """Where a fact comes from."""

    id: str
    """Short name, unique over all sources."""
    kind: SourceKind
    """What sort of thing it is."""
    name: str
    """What a reader would call it."""
    as_of: str
    """Date of the thing cited, ``2026-08-17``, or of the observation, RFC 3339."""
    opened: str | None
    """The day it was opened."""
    url: str | None
    """Where it can be read."""
    package: str | None
    """``debian:firewalld=1.3.3-1~deb12u2``, for a package."""
    locator: str | None
    """The file inside the package."""
    sha256: str | None
    """Hash of the package file, or of the text compiled from it."""
    complete: bool
    """Every port it names is held, so that not finding one there means something."""

    @property
    def short_name(self) -> str:
        """Return the name up to the first comma: ``firewalld 1.3.3``."""
        return self.name.partition(",")[0]


class Page(Struct, frozen=True):
    """Everything that is said of a port, a range or a service, as data."""

    title: Phrase
    """What the page is about."""
    sections: tuple[Section, ...]
    """In the same order for every kind of port."""
    sources: tuple[Source, ...]
    """Everything the claims cite, numbered from 1 in the order of first citation."""
