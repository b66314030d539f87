"""What differs between two snapshots of IANA's registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.page import SourceKind
from quietport.model.port import PORT_COUNT, Port, PortRange, Transport
from quietport.model.registration import Status
from quietport.registry import iana
from quietport.registry.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quietport.model.registration import IanaRow
    from quietport.registry.snapshot import Registry

States = dict[Transport, list[State]]
"""Status and names of every port number, by transport."""


class Difference(Struct, frozen=True):
    """A run of ports that two snapshots see differently, and in the same way."""

    ports: PortRange
    """The run."""
    transport: Transport
    """Over which transport."""
    old: State
    """Status and names in the older snapshot."""
    new: State
    """Status and names in the newer one."""


def diff(old: States, new: States) -> Iterator[Difference]:
    """Yield what differs in status or names (letter case aside), by transport and number."""
    for transport in Transport:
        run: Difference | None = None
        for number, (before, after) in enumerate(zip(old[transport], new[transport], strict=True)):
            if before == after or _folded(before) == _folded(after):
                continue
            if run and run.ports.last == number - 1 and (run.old, run.new) == (before, after):
                run = Difference(PortRange(run.ports.first, number), transport, before, after)
                continue
            if run:
                yield run
            run = Difference(PortRange(number, number), transport, before, after)
        if run:
            yield run


def states_of_rows(rows: Sequence[IanaRow]) -> States:
    """Return what rows of IANA's registry say of every port."""
    planes = iana.status_plane(rows)
    states: States = {}
    for index, transport in enumerate(Transport):
        names: dict[int, dict[str, None]] = {}
        for row in rows:
            if row.name is not None and transport in iana.transports_of(row):
                for number in range(row.ports.first, row.ports.last + 1):
                    names.setdefault(number, {})[row.name] = None
        plane = planes[index * PORT_COUNT : (index + 1) * PORT_COUNT]
        states[transport] = [(Status(plane[number]), tuple(names.get(number, ()))) for number in range(PORT_COUNT)]
    return states


def states_of_registry(registry: Registry) -> States:
    """Return what a snapshot says of every port."""
    return {
        transport: [_state(registry, Port(number, transport)) for number in range(PORT_COUNT)]
        for transport in Transport
    }


def _state(registry: Registry, port: Port) -> State:
    entry = registry.lookup(port)
    return entry.status, entry.names


def states_on(registry: Registry, as_of: str) -> States | None:
    """Return what the snapshot of an older date said, from what is kept of it; None where none is held."""
    dates = {source.as_of for source in registry.sources().values() if source.kind is SourceKind.REGISTRY}
    if as_of not in dates:
        return None
    states = states_of_registry(registry)
    for date in sorted(dates, reverse=True):
        for ports, transport, state in registry.past_of(date):
            states[transport][ports.first : ports.last + 1] = [state] * len(ports)
        if date == as_of:
            break
    return states


def _folded(state: State) -> tuple[Status, frozenset[str]]:
    return state[0], frozenset(name.casefold() for name in state[1])
