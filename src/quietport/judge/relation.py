"""How a program stands to a port: all that a verdict can take from names, defaults, programs and packages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.judge.compiled import asked_words
from quietport.judge.role import unversioned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.registration import DeFactoUse, KnownProgram

_PARTS = ("-server", "-daemon", "-bin", "-core", "-common", "-base", "-ce", "-oss", "-org", "d")
# What package names add to the name of the software.


class Relation(Struct, frozen=True):
    """How a program stands to a port."""

    agreeing: tuple[str, ...]
    """Registered names of the port that the program speaks."""
    software: tuple[str, ...]
    """What the program is; those whose default the port is, where there are some."""
    is_default: bool
    """The port is a default of that software."""
    known: bool
    """The port is some software's default."""
    default_of: tuple[str, ...] = ()
    """Software whose default the port is, in lower case: of those that a rule asks about."""
    package_agrees: bool = False
    """The package is named for software whose default the port is, or for a service registered there."""


def relate(
    names: Sequence[str],
    uses: Sequence[DeFactoUse],
    programs: Sequence[KnownProgram],
    package: str | None = None,
) -> Relation:
    """Return how a program, from that package where one is known, stands to a port of these names and uses."""
    services = {service for program in programs for service in program.services}
    defaults = {use.software.casefold() for use in uses}
    meant = [program.software for program in programs if program.software.casefold() in defaults]
    return Relation(
        agreeing=tuple(name for name in names if name.casefold() in services),
        software=tuple(dict.fromkeys(meant or [program.software for program in programs])),
        is_default=bool(meant),
        known=bool(uses),
        default_of=tuple(sorted(defaults & asked_words("default_of"))),
        package_agrees=package is not None and _is_named_for(package, names, defaults),
    )


def _is_named_for(package: str, names: Sequence[str], defaults: set[str]) -> bool:
    stems = _stems(package)
    return any(name.casefold() in stems for name in names) or any(
        software in stems or software.replace(" ", "-") in stems for software in defaults
    )


@lru_cache(maxsize=1024)
def _stems(package: str) -> frozenset[str]:
    """Return the names of software that a package name may stand for: ``redis-server`` for ``redis``."""
    stem = package.casefold()
    stems = {stem, unversioned(stem)}
    for part in _PARTS:
        stems |= {one.removesuffix(part) for one in tuple(stems) if len(one) > len(part) + 1}
    return frozenset(stems)
