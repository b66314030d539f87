"""Declarations and their flaws, for every document that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.declaration import Flaw
from quietport.model.page import Phrase, Value
from quietport.report.document import Json, known

if TYPE_CHECKING:
    from quietport.model.declaration import Declaration, DeclarationFlaw
    from quietport.words.phrasebook import Phrasebook

CONDITIONS = ("scope", "program", "unit", "image", "package", "host")
"""What an entry may ask for beside its port, in the order in which it is shown."""


def declaration_json(declaration: Declaration, today: str) -> dict[str, Json]:
    """Return an entry, with whether it has expired on a day."""
    return {
        "transport": str(declaration.transport),
        "first": declaration.ports.first,
        "last": declaration.ports.last,
        "because": known(declaration.because),
        **{name: known(getattr(declaration, name)) for name in CONDITIONS},
        "author": known(declaration.author),
        "until": declaration.until,
        "expired": declaration.until is not None and declaration.until < today,
        "file": known(declaration.file),
        "line": declaration.line,
    }


def flaw_json(flaw: DeclarationFlaw, book: Phrasebook, today: str) -> dict[str, Json]:
    """Return what is wrong with an entry, in words and as data."""
    return {
        "flaw": str(flaw.flaw),
        "says": book.render(flaw_phrase(flaw)),
        "next_step": book.render(flaw_next(flaw)),
        "declaration": declaration_json(flaw.declaration, today),
    }


def flaw_phrase(flaw: DeclarationFlaw) -> Phrase:
    """Return what is wrong with an entry."""
    entry = flaw.declaration
    values: dict[str, Value] = {"file": entry.file, "line": entry.line, "port": port_of(entry)}
    return Phrase(f"declaration.{flaw.flaw}", values | ({"until": entry.until} if entry.until else {}))


def flaw_next(flaw: DeclarationFlaw) -> Phrase:
    """Return what a person would do about it, as commands to copy."""
    from shlex import quote  # noqa: PLC0415 - few policies have flaws

    port: dict[str, Value] = {"port": port_of(flaw.declaration)}
    file: dict[str, Value] = {} if flaw.flaw is Flaw.NOT_TOLD else {"file": quote(flaw.declaration.file)}
    return Phrase(f"declaration-next.{flaw.flaw}", port | file)


def port_of(declaration: Declaration) -> str:
    """Return the port of an entry as it is written, ``6000-6063/tcp``."""
    return f"{declaration.ports}/{declaration.transport}"


def condition_phrases(declaration: Declaration, names: tuple[str, ...] = CONDITIONS) -> tuple[Phrase, ...]:
    """Return the conditions of those names that an entry has."""
    held = ((name, getattr(declaration, name)) for name in names)
    return tuple(Phrase(f"condition.{name}", {"value": str(value)}) for name, value in held if value is not None)
