"""Who speaks for a socket that several processes hold, and what can be read of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.judge.compiled import read_roles
from quietport.judge.place import place_of
from quietport.model.owner import Activation, ExecutableFile, Owner, base_name
from quietport.model.package import Package
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from quietport.judge.role import Roles

    Owners = tuple[Owner, ...] | Unknown

_ODD_PLACES = {"memory": 2, "temporary": 1}
# How much a place makes one look at this holder rather than at another.

_RUN_ANYTHING = frozenset({"shell", "interpreter", "relay", "multi-call"})
# Roles of programs that do what they are told: their file says nothing.

_SECONDS = 19
# Letters of an RFC 3339 time down to the second.


def speaking_holder(owners: Owners) -> Owner | None:
    """Return the holder that a socket is judged by: the oddest, for a socket is as sound as its worst holder.

    Where none is odd it is the one with the lowest pid, and not the super-server that keeps the socket for it.
    """
    if isinstance(owners, Unknown) or not owners:
        return None
    if len(owners) == 1:
        return owners[0]
    roles = read_roles()
    serving = [one for one in owners if "super-server" not in roles.find(program_name(one))] or list(owners)
    return max(serving, key=lambda one: _oddness(one, roles))


def _oddness(owner: Owner, roles: Roles) -> int:
    place = place_of(owner)
    odd = 0 if isinstance(place, Unknown) else _ODD_PLACES.get(place, 0)
    odd += owner.file is ExecutableFile.GONE
    odd += 4 * (isinstance(owner.executable, str) and roles.is_kernel_thread(owner.program))
    odd += 4 * (owner.runs_shell is True)
    is_shell = "shell" in roles.find(program_name(owner))
    return odd + 4 * (owner.stdin_socket is True and owner.activation is Activation.NONE and is_shell)


def least_explained_first(owners: tuple[Owner, ...], is_known: Callable[[Owner], bool]) -> tuple[Owner, ...]:
    """Return the holders of one port, whatever their order, so that of those equally odd the least explained speaks.

    ``is_known`` tells of which the port is the own one. Then those come first that run whatever they are told, and
    those of no package; names and numbers only make the order one. Who may not be read comes last.
    """
    roles = read_roles()

    def explained(owner: Owner) -> tuple[bool, bool, bool, bool, str, int]:
        runs_anything = not _RUN_ANYTHING.isdisjoint(roles.find(program_name(owner)))
        is_owned = package_word(owner) == "owned"
        is_unread = isinstance(owner.executable, Unknown)
        return is_unread, is_known(owner), not runs_anything, is_owned, str(owner.executable), owner.pid

    return tuple(sorted(owners, key=explained))


def holds_several(owners: Owners) -> bool:
    """Tell whether programs that are known to differ hold one socket or port, super-servers apart."""
    if isinstance(owners, Unknown) or len(owners) < 2:  # noqa: PLR2004 - one differs from none
        return False
    roles = read_roles()
    seen = [one for one in owners if not isinstance(one.executable, Unknown)]
    return len({one.executable for one in seen if "super-server" not in roles.find(program_name(one))}) > 1


def owner_class(owners: Owners) -> str:
    """Return whether a holder could be read: ``known``, ``kernel``, ``permission``, ``none`` or ``unseen``."""
    if isinstance(owners, Unknown):
        return {Reason.PERMISSION: "permission", Reason.NO_OWNER: "none"}.get(owners.reason, "unseen")
    if not owners:
        return "none"
    return "kernel" if owners[0].executable is None else "known"


def program_name(owner: Owner | None) -> str:
    """Return the base name of an owner's executable, else the name the process goes by."""
    if owner is None:
        return ""
    if isinstance(owner.executable, str):
        return base_name(owner.executable) or owner.executable or owner.program
    return owner.program


def package_name(owner: Owner | None) -> str | None:
    """Return the name of the package that a host's own database gives an executable; None where it is a claim."""
    if owner is None or not isinstance(owner.package, Package) or owner.package.is_claim:
        return None
    return owner.package.name


def package_word(owner: Owner | None) -> str:
    """Return ``owned``, ``claimed`` (by a database inside the program's own container), ``none`` or ``unread``."""
    if owner is None or isinstance(owner.package, Unknown):
        return "unread"
    if owner.package is None:
        return "none"
    return "claimed" if owner.package.is_claim else "owned"


def upgrade_word(owner: Owner | None) -> str:
    """Return whether the package changed ``after-start`` of the process or ``before-start``; else ``unread``."""
    package = None if owner is None else owner.package
    if owner is None or not isinstance(package, Package):
        return "unread"
    changed, started = package.changed_at, owner.started_at
    if not isinstance(changed, str) or isinstance(started, Unknown):
        return "unread"
    # Both are in UTC, so that they sort as text; the clock of a process is no finer than a second.
    return "after-start" if changed[:_SECONDS] >= started[:_SECONDS] else "before-start"


def unit_word(owner: Owner | None) -> str:
    """Return what keeps a process: ``service``, ``session`` (somebody logged in), ``other``, ``none``, ``unread``."""
    if owner is None or isinstance(owner.unit, Unknown):
        return "unread"
    if owner.unit is None:
        return "none"
    if owner.unit.startswith(("session-", "user@")):
        return "session"
    return "service" if owner.unit.endswith(".service") else "other"


def container_word(owner: Owner | None) -> str:
    """Return ``yes`` for a process in a container, ``no``, or ``unread``."""
    if owner is None or isinstance(owner.container, Unknown):
        return "unread"
    return "no" if owner.container is None else "yes"
