"""A door: a listener, or a connection to a quiet port, together with what it means."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from quietport.model.listener import Connection, Direction, Listener, ListenerRun, run_of
from quietport.model.raw_socket import RawKind
from quietport.model.unknown import Reason, Unknown
from quietport.model.verdict import Concern, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quietport.model.cross_view import CrossView
    from quietport.model.declaration import DeclarationFlaw
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.past import Change, Past
    from quietport.model.port import Port
    from quietport.model.raw_socket import RawSocket
    from quietport.model.redirection import Behind
    from quietport.model.registration import RegistrySummary, Status
    from quietport.model.unknown import Coverage

NOT_LOOKED = Unknown(Reason.NOT_LOOKED, "history")
"""Stands where the history was not asked."""

SeenT_co = TypeVar("SeenT_co", Listener, Connection, covariant=True)


class Door(Struct, Generic[SeenT_co], frozen=True):
    """Something that was seen, what the registry says of its port, and the verdict."""

    seen: SeenT_co
    """The listener or connection."""
    registration: RegistrySummary
    """What the registry says of its port; of the quiet end, for a connection."""
    verdict: Verdict
    """What it means; one object for all doors that are alike."""
    program: str | Unknown
    """The program as the door key has it (``program_key``)."""
    since: str | Unknown | None = NOT_LOOKED
    """When it was first seen, RFC 3339 in UTC; None for what is no door."""
    change: Change | Unknown | None = NOT_LOOKED
    """How it differs from the last look; None where it does not."""

    @property
    def port(self) -> Port:
        """Return the port that the door is judged by."""
        return self.seen.port if isinstance(self.seen, Listener) else self.seen.quiet_port

    @property
    def owners(self) -> tuple[Owner, ...] | Unknown:
        """Return who holds it."""
        return self.seen.owners

    @property
    def where(self) -> str:
        """Return the local address and port, or both ends of a connection with an arrow from its opener."""
        if isinstance(self.seen, Listener):
            return str(self.seen.endpoint)
        arrow = "<-" if self.seen.direction is Direction.INBOUND else "->"
        return f"{self.seen.local} {arrow} {self.seen.remote}"

    @property
    def needs_a_person(self) -> bool:
        """Tell whether somebody should look: a concern, or nothing that explains it."""
        return self.verdict.needs_a_person


class DoorRun(Struct, frozen=True):
    """Doors that differ in nothing but the number of their port: judged once, written once."""

    run: ListenerRun
    """The listeners."""
    registration: RegistrySummary
    """What the registry says of each of their ports."""
    verdict: Verdict
    """What they mean."""
    program: str | Unknown
    """The program that holds them, as ``Door`` has it."""
    kind: str = ""
    """What their door keys have in common (``model.door_key``)."""
    is_chosen: bool = False
    """The kernel chose their ports, as far as can be told: the key has none."""
    since: str | Unknown | None = NOT_LOOKED
    """When they were first seen, RFC 3339 in UTC; None for what is no door."""
    change: Change | Unknown | None = NOT_LOOKED
    """How they differ from the last look; None where they do not."""
    was: str | None = None
    """For changed doors, the program that held them at the last look."""

    @property
    def doors(self) -> Iterator[Door[Listener]]:
        """Return them one by one."""
        return (self._door(number) for number in self.run.numbers)

    def _door(self, number: int) -> Door[Listener]:
        return Door(self.run.at(number), self.registration, self.verdict, self.program, self.since, self.change)


def run_of_door(door: Door[Listener]) -> DoorRun:
    """Return a door as a run of one."""
    return DoorRun(
        run_of(door.seen), door.registration, door.verdict, door.program, since=door.since, change=door.change
    )


class RawDoor(Struct, frozen=True):
    """A packet or raw socket, and the verdict: what listens without a port."""

    seen: RawSocket
    """The socket."""
    verdict: Verdict
    """What it means."""
    program: str | Unknown
    """The program that holds it, as in a door key."""

    @property
    def owners(self) -> tuple[Owner, ...] | Unknown:
        """Return who holds it."""
        return self.seen.owners

    @property
    def where(self) -> str:
        """Return what it receives: ``eth0 0x0003``, or the address and number of an IP protocol."""
        place = self.seen.interface or self.seen.address or "*"
        shown = f"0x{self.seen.protocol:04x}" if self.seen.kind is RawKind.PACKET else str(self.seen.protocol)
        return f"{place} {shown}"


AnyDoor = Door[Listener] | Door[Connection]
"""What stands at a port."""

Judged = Door[Listener] | Door[Connection] | RawDoor
"""What a verdict is about."""


class CheckReport(Struct, frozen=True, dict=True):
    """The answer of ``check``."""

    host: str
    """Name of this host."""
    generated_at: str
    """When it was looked at, RFC 3339 in UTC."""
    method: str
    """How the sockets were read: ``sock_diag``, ``proc-net``, ``psutil``."""
    asked: tuple[str, ...]
    """The ports asked about, as ``851/udp``; empty for all of them."""
    asked_status: Status | None
    """What the registry says over tcp and udp of the one port asked about, where they agree."""
    runs: tuple[DoorRun, ...]
    """The listeners, those together that differ in nothing but their number."""
    connections: tuple[Door[Connection], ...]
    """Established connections from or to quiet ports."""
    coverage: Coverage
    """What could not be seen."""
    namespace: str | Unknown
    """The network namespace that was looked at."""
    raw_sockets: tuple[RawDoor, ...] = ()
    """Packet and raw sockets, judged."""
    redirections: tuple[Behind, ...] = ()
    """What answers without a listener, and what is behind it."""
    cross_view: CrossView | None = None
    """What a bind to every port showed, where it was asked for."""
    policy_files: tuple[str, ...] = ()
    """Policy files in force."""
    flaws: tuple[DeclarationFlaw, ...] = ()
    """What is wrong with the declarations in them."""
    namespaces: tuple[NetworkNamespace, ...] = ()
    """The network namespaces that were looked at."""
    all_namespaces: bool = False
    """Those are all that this host has."""
    past: Past | Unknown = NOT_LOOKED
    """What the history knows of what was seen."""

    @cached_property
    def listeners(self) -> tuple[Door[Listener], ...]:
        """Return the listeners one by one, in order of port number, transport and address."""
        return _in_order(self.runs)

    @property
    def doors(self) -> tuple[AnyDoor, ...]:
        """Return listeners, then connections."""
        return (*self.listeners, *self.connections)

    @property
    def door_count(self) -> int:
        """Return how many doors there are, and sockets below the ports."""
        return sum(len(run.run.numbers) for run in self.runs) + len(self.connections) + len(self.raw_sockets)

    @property
    def findings(self) -> tuple[Judged, ...]:
        """Return what needs a person, gravest verdict first, then by port."""
        order = {concern: rank for rank, concern in enumerate(_GRAVEST_FIRST)}
        found = self.where(lambda verdict: verdict.needs_a_person)
        return tuple(sorted(found, key=lambda door: order[door.verdict.concern]))

    @property
    def settled(self) -> tuple[Judged, ...]:
        """Return what is as it should be."""
        return self.where(lambda verdict: not verdict.needs_a_person)

    def where(self, wanted: Callable[[Verdict], bool]) -> tuple[Judged, ...]:
        """Return what has certain verdicts, listeners first; no others are made for it."""
        listeners = _in_order(run for run in self.runs if wanted(run.verdict))
        connections = (door for door in self.connections if wanted(door.verdict))
        return (*listeners, *connections, *(one for one in self.raw_sockets if wanted(one.verdict)))

    @property
    def verdicts(self) -> tuple[tuple[Verdict, int], ...]:
        """Return every verdict with the number of doors that it is on; one may stand there several times."""
        runs = ((run.verdict, len(run.run.numbers)) for run in self.runs)
        connections = ((door.verdict, 1) for door in self.connections)
        return (*runs, *connections, *((one.verdict, 1) for one in self.raw_sockets))

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how many doors there are of each verdict, gravest first."""
        counted: Counter[str] = Counter()
        for verdict, count in self.verdicts:
            counted[verdict.word] += count
        order = [*map(str, _GRAVEST_FIRST), "unexplained", "custom", "declared", "expected"]
        return tuple((word, counted[word]) for word in order if counted[word])


def _in_order(runs: Iterable[DoorRun]) -> tuple[Door[Listener], ...]:
    doors = [door for run in sorted(runs, key=lambda run: run.run.order) for door in run.doors]
    return tuple(sorted(doors, key=lambda door: door.seen.endpoint.port.number))


_GRAVEST_FIRST = (Concern.SUSPICIOUS, Concern.MISCONFIGURED, Concern.UNRESOLVED, Concern.NONE)
