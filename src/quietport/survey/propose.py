"""What to declare of a door: as narrowly as what is there now, unless somebody wants it wider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.declaration import Declaration
from quietport.model.errors import UsageError
from quietport.model.unknown import Unknown
from quietport.policy.match import base_name, fits, sets_of_holders, widest
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quietport.model.endpoint import Scope
    from quietport.model.listener import Listener
    from quietport.model.owner import Owner
    from quietport.model.port import PortRange, Transport

_VERSIONED = ("/nix/store/", "/snap/", "/Cellar/")
"""Paths with these parts hold a version, and lead elsewhere after the next upgrade."""


class Wish(Struct, frozen=True):
    """What somebody wants to declare; what is None may be taken from what listens here."""

    ports: PortRange
    """The number or range."""
    transport: Transport
    """Over which transport."""
    because: str
    """The reason."""
    scope: Scope | None = None
    """The widest scope."""
    program: str | None = None
    """Path or base name of the executable or script."""
    unit: str | None = None
    """Systemd unit."""
    image: str | None = None
    """Container image."""
    package: str | None = None
    """Package that owns the executable."""
    host: str | None = None
    """Pattern of host names."""
    author: str | None = None
    """Who declares it."""
    until: str | None = None
    """The last day."""
    any_program: bool = False
    """Whoever holds it may."""


class Proposal(Struct, frozen=True):
    """A declaration before it is written, and how it stands to what is here."""

    declaration: Declaration
    """The entry."""
    recorded: tuple[str, ...]
    """The conditions that were taken from what listens here."""
    doors: int | None
    """Doors of this host at these ports; None where nobody looked."""
    fitting: int
    """How many of them the entry fits."""
    holder_unseen: bool
    """A holder that would have been recorded could not be seen."""


def propose(wish: Wish, listeners: Sequence[Listener] | None, host: str, file: str) -> Proposal:
    """Return the declaration of a wish, as narrow as the doors of this host at its ports; None: nobody looked.

    The scope is the widest of those doors. Their program is recorded where the wish says nothing of the holder:
    for a script, the script with its unit; in a container, the image with the program. UsageError where they are
    held by different programs, of which one may be a stranger.
    """
    here = [
        seen for seen in listeners or () if seen.port.transport is wish.transport and seen.port.number in wish.ports
    ]
    taken: dict[str, object] = {}
    unseen = False
    if wish.scope is None and here:
        taken["scope"] = widest({seen.scope for seen in here})
    if not wish.any_program and not (wish.program or wish.unit or wish.image or wish.package):
        found = [_holder_conditions(owner) for seen in here for owner in _holders(seen)]
        unseen = len(found) < len(here) or None in found
        taken |= _one_holder([known for known in found if known is not None], wish)
    taken = {name: value for name, value in taken.items() if value is not None}
    names = ("ports", "transport", "because", "scope", "program", "unit", "image", "package", "host", "author", "until")
    fields = {name: getattr(wish, name) for name in names} | taken
    declaration = Declaration(file=file, line=0, **fields)
    fitting = sum(fits(declaration, seen, seen.owners, host) is True for seen in here)
    return Proposal(declaration, tuple(taken), None if listeners is None else len(here), fitting, unseen)


def _holders(listener: Listener) -> tuple[Owner, ...]:
    """Return who holds a door, systemd left out where it only made the socket."""
    return () if isinstance(listener.owners, Unknown) else next(iter(sets_of_holders(listener, listener.owners)), ())


def _holder_conditions(owner: Owner) -> Mapping[str, str] | None:
    """Return what tells a holder from any other, or None where that could not be seen."""
    path = owner.program if owner.executable is None else owner.executable
    if isinstance(path, Unknown):
        return None
    program = base_name(path) if any(part in path for part in _VERSIONED) else path
    container = owner.container
    if container is not None and not isinstance(container, Unknown) and container.image is not None:
        return {"image": container.image, "program": program}
    if isinstance(owner.script, str):
        # An interpreter runs anything; the script is its own claim, so the unit stands beside it.
        unit = {"unit": owner.unit} if isinstance(owner.unit, str) and owner.unit.endswith(".service") else {}
        return {"program": owner.script, **unit}
    return {"program": program}


def _one_holder(found: Sequence[Mapping[str, str]], wish: Wish) -> Mapping[str, str]:
    if all(other == found[0] for other in found):
        return found[0] if found else {}
    programs = ", ".join(sorted({visible(each["program"]) for each in found}))
    message = (
        f"{wish.ports}/{wish.transport} is held by several programs ({programs}); "
        "say which with --program, or --any-program"
    )
    raise UsageError(message)
