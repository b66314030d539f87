"""``check`` as plain lines: one door a line, fields separated by tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.listener import Listener
from quietport.model.unknown import Unknown
from quietport.report.plain import render_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.model.door import AnyDoor, CheckReport, RawDoor
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner

PLAIN_COLUMNS = (
    "transport", "address", "port", "scope", "family", "state", "program", "pid", "user", "status", "names",
    "verdict", "standing", "concern", "namespace", "since", "change",
)  # fmt: skip


def render_check_plain(report: CheckReport) -> str:
    """Return the doors as tab-separated lines with a header; an empty field was not seen."""
    return render_table(PLAIN_COLUMNS, _rows(report))


def _rows(report: CheckReport) -> Iterator[tuple[object, ...]]:
    yield from map(_door_row, report.doors)
    yield from map(_raw_row, report.raw_sockets)


def _door_row(door: AnyDoor) -> tuple[object, ...]:
    seen = door.seen
    local = seen.endpoint if isinstance(seen, Listener) else seen.local
    state = seen.state if isinstance(seen, Listener) else seen.direction
    family = seen.family if isinstance(seen, Listener) else ""
    return (
        door.port.transport, local.address, local.port.number, local.scope, family, state, *_holder(door.owners),
        door.registration.status.label, " ".join(door.registration.names),
        door.verdict.word, door.verdict.standing, door.verdict.concern,
        _namespace(seen.namespace), _known(door.since), _known(door.change),
    )  # fmt: skip


def _raw_row(door: RawDoor) -> tuple[object, ...]:
    """Return a socket below the ports: its kind stands for the transport, its protocol for the port."""
    seen = door.seen
    return (
        seen.kind, seen.interface or seen.address or "*", seen.protocol, None, seen.family, None, *_holder(door.owners),
        None, None, door.verdict.word, door.verdict.standing, door.verdict.concern,
        _namespace(seen.namespace), None, None,
    )  # fmt: skip


def _holder(owners: tuple[Owner, ...] | Unknown) -> tuple[object, object, object]:
    """Return program, pid and user of the first holder."""
    if isinstance(owners, Unknown) or not owners:
        return None, None, None
    return owners[0].program, owners[0].pid, _known(owners[0].user)


def _namespace(namespace: NetworkNamespace | Unknown) -> str | None:
    """Return the name of another network namespace than ours, or what the kernel calls it."""
    if isinstance(namespace, Unknown) or namespace.is_own:
        return None
    return namespace.name or namespace.id


def _known(value: object) -> object:
    return None if isinstance(value, Unknown) else value
