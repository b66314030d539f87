"""Who holds a socket, in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.unknown import Unknown
from quietport.report.document import Json, known
from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.model.owner import Ancestor, Container, Owner
    from quietport.model.package import Package


def owner_json(owner: Owner) -> Json:
    """Return a process that holds a socket."""
    return {
        "pid": owner.pid,
        "program": readable(owner.program),
        "executable": known(owner.executable),
        "file": known(owner.file),
        "uid": known(owner.uid),
        "user": known(owner.user),
        "started_at": known(owner.started_at),
        "ancestors": _ancestors_json(owner.ancestors),
        "command": known(owner.command) if isinstance(owner.command, Unknown) else list(map(readable, owner.command)),
        "script": known(owner.script),
        "unit": known(owner.unit),
        "container": _container_json(owner.container),
        "package": _package_json(owner.package),
        "activation": known(owner.activation),
        "stdin_socket": known(owner.stdin_socket),
        "debugger": known(owner.debugger),
        "debugger_port": known(owner.debugger_port),
        "runs_shell": known(owner.runs_shell),
    }


def _ancestors_json(ancestors: tuple[Ancestor, ...] | Unknown) -> Json:
    if isinstance(ancestors, Unknown):
        return known(ancestors)
    return [{"pid": ancestor.pid, "program": readable(ancestor.program)} for ancestor in ancestors]


def _container_json(container: Container | Unknown | None) -> Json:
    if container is None or isinstance(container, Unknown):
        return known(container)
    return {
        "engine": container.engine,
        "id": readable(container.id),
        "name": known(container.name),
        "image": known(container.image),
    }


def _package_json(package: Package | Unknown | None) -> Json:
    if package is None or isinstance(package, Unknown):
        return known(package)
    return {
        "manager": package.manager,
        "name": readable(package.name),
        "version": known(package.version),
        "is_claim": package.is_claim,
        "changed_at": known(package.changed_at),
    }
