"""Which language to speak."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

from quietport.model.errors import UsageError

COMPILED = Path(__file__).parent / "compiled"
"""Where the build puts the compiled catalogues."""

SOURCE_LANGUAGE = "en"
"""The language that sentences are written in first."""


def languages() -> tuple[str, ...]:
    """Return the languages that have a compiled catalogue, English first."""
    found = sorted(path.stem for path in COMPILED.glob("*.mo"))
    return tuple(sorted(found, key=lambda tag: tag != SOURCE_LANGUAGE))


def choose_language(asked: str | None, environ: Mapping[str, str]) -> str:
    """Return the language to speak: as asked, else as LANGUAGE, LC_ALL, LC_MESSAGES or LANG say.

    The variables follow gettext's order; one that names no language we have falls through to
    English. Raises UsageError where one was asked for that we do not have.
    """
    known = languages()
    if asked is not None:
        tag = _primary(asked)
        if tag not in known:
            message = f"no language {asked!r}; there are: {', '.join(known)}"
            raise UsageError(message)
        return tag
    wanted = _locale(environ)
    if wanted in {"", "C", "POSIX"}:
        return SOURCE_LANGUAGE
    listed = [*environ.get("LANGUAGE", "").split(":"), wanted]
    return next((tag for tag in map(_primary, listed) if tag in known), SOURCE_LANGUAGE)


def _locale(environ: Mapping[str, str]) -> str:
    values = (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value.partition(".")[0] for value in values if value), "")


def _primary(tag: str) -> str:
    for mark in ("-", "_", ".", "@"):
        tag = tag.partition(mark)[0]
    return tag.lower()
