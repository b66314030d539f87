"""Does a declaration fit a door? Exactly: by number, scope and holder, never by a part of a text.

Every process that holds the door must fit: a declaration for nginx does not cover a stranger that shares the port
(SO_REUSEPORT), or a shell that inherited it. What could not be seen decides nothing, and is told apart from a no.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from quietport.model.endpoint import Scope
from quietport.model.unknown import Reason, Unknown
from quietport.policy.image import is_same_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.model.declaration import Declaration
    from quietport.model.listener import Listener
    from quietport.model.owner import Owner

_WIDER = (Scope.LOOPBACK, Scope.LINK_LOCAL, Scope.PRIVATE, Scope.PUBLIC, Scope.ANY)
"""Each takes in those before it. A group address (multicast) is only taken in by itself and by ``any``."""

Fit = bool | Unknown
"""Yes, no, or what would have to be seen first."""

SYSTEMD = frozenset({"systemd", "init"})
"""Base names of the first process where systemd is it."""


def fits(declaration: Declaration, listener: Listener, owners: tuple[Owner, ...] | Unknown, host: str) -> Fit:
    """Tell whether every condition of a declaration holds for a door; Unknown where what would decide is unseen."""
    port = listener.port
    if port.transport is not declaration.transport or port.number not in declaration.ports:
        return False
    if not is_within(listener.scope, declaration.scope) or not is_on_host(declaration, host):
        return False
    conditions = _conditions(declaration)
    if not conditions:
        return True
    if isinstance(owners, Unknown):
        # Where everything was read and nobody holds it, no program is missing from the answer.
        return False if owners.reason is Reason.NO_OWNER else owners
    answers = [
        _all([asked(declaration, owner) for owner in holders for asked in conditions])
        for holders in sets_of_holders(listener, owners)
    ]
    return True if True in answers else next((answer for answer in answers if isinstance(answer, Unknown)), False)


def is_within(scope: Scope, widest: Scope | None) -> bool:
    """Tell whether a scope is as declared or narrower."""
    if widest is None or widest is Scope.ANY or scope is widest:
        return True
    return scope in _WIDER and widest in _WIDER and _WIDER.index(scope) < _WIDER.index(widest)


def widest(scopes: set[Scope]) -> Scope | None:
    """Return the narrowest scope that takes in all of these; None where only ``any`` does, or there are none."""
    found = next((scope for scope in (*_WIDER[:-1], Scope.MULTICAST) if all(is_within(s, scope) for s in scopes)), None)
    return found if scopes else None


def is_on_host(declaration: Declaration, host: str) -> bool:
    """Tell whether a declaration holds for a host of that name."""
    return declaration.host is None or is_like(host, declaration.host)


@lru_cache(maxsize=1024)
def is_like(host: str, pattern: str) -> bool:
    """Tell whether a host's name fits a shell pattern, as a whole and whatever its case."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few policies name hosts

    return fnmatchcase(host.casefold(), pattern.casefold())


def _all(answers: list[Fit]) -> Fit:
    """Return no where one is no, else what is not known where one is, else yes."""
    if any(answer is False for answer in answers):
        return False
    return next((answer for answer in answers if isinstance(answer, Unknown)), True)


def sets_of_holders(listener: Listener, owners: tuple[Owner, ...]) -> list[tuple[Owner, ...]]:
    """Return the sets of holders of which one must fit whole: everybody, unless systemd made the socket.

    Systemd holds such a socket alone until somebody speaks to it, and together with the service afterwards: a
    declaration for the service must hold then, and one for systemd too. Sockets that others made beside it, in an
    SO_REUSEPORT group, are never excused so.
    """
    if not owners:
        return []
    first, others = owners[0], owners[1:]
    if others and first.pid == 1 and holder_name(first) in SYSTEMD and listener.sockets == 1:
        return [others, (first,)]
    return [owners]


def holder_name(owner: Owner) -> str | None:
    """Return the base name of what a process runs; None where that is not known."""
    if isinstance(owner.executable, str):
        return base_name(owner.executable)
    # A kernel thread has no file, and nobody but the kernel can name it.
    return owner.program if owner.executable is None else None


def base_name(path: str) -> str:
    """Return the last part of a path, of either kind of slash."""
    return path.rpartition("/")[2].rpartition("\\")[2]


def _conditions(declaration: Declaration) -> list[Callable[[Declaration, Owner], Fit]]:
    """Return the conditions about holders that a declaration has."""
    asked = {
        _program_fits: declaration.program,
        _unit_fits: declaration.unit,
        _image_fits: declaration.image,
        _package_fits: declaration.package,
    }
    return [condition for condition, value in asked.items() if value is not None]


def _program_fits(declaration: Declaration, owner: Owner) -> Fit:
    wanted = declaration.program or ""
    is_path = "/" in wanted or "\\" in wanted
    unseen: Unknown | None = None
    for found in (owner.program if owner.executable is None else owner.executable, owner.script):
        if isinstance(found, Unknown):
            unseen = unseen or found
        elif found is not None and wanted == (found if is_path else base_name(found)):
            return True
    if isinstance(owner.executable, str) and isinstance(owner.script, Unknown):
        # Only of an interpreter the script could still decide; that it was not looked for decides nothing else.
        return owner.script if owner.script.reason is not Reason.NOT_LOOKED else False
    return unseen or False


def _unit_fits(declaration: Declaration, owner: Owner) -> Fit:
    return owner.unit if isinstance(owner.unit, Unknown) else owner.unit == declaration.unit


def _image_fits(declaration: Declaration, owner: Owner) -> Fit:
    container = owner.container
    if container is None or isinstance(container, Unknown):
        return container or False
    if container.image is None:
        return Unknown(Reason.PERMISSION, "image of the container")
    return is_same_image(declaration.image or "", container.image)


def _package_fits(declaration: Declaration, owner: Owner) -> Fit:
    """Tell whether the package is the declared one; a container's own claim counts only beside its declared image."""
    package = owner.package
    if package is None or isinstance(package, Unknown):
        return package or False
    return package.name == declaration.package and (not package.is_claim or declaration.image is not None)
