"""A door: a listener, or a connection to a quiet port, together with what it means."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from quietport.model.listener import Connection, Direction, Listener
from quietport.model.unknown import Unknown
from quietport.model.verdict import Concern, Standing, Verdict

if TYPE_CHECKING:
    from quietport.model.owner import Owner
    from quietport.model.port import Port
    from quietport.model.registration import Registration, Status
    from quietport.model.unknown import Coverage

SeenT_co = TypeVar("SeenT_co", Listener, Connection, covariant=True)


class Door(Struct, Generic[SeenT_co], frozen=True):
    """Something that was seen, what the registry says of its port, and the verdict."""

    seen: SeenT_co
    """The listener or connection."""
    registration: Registration
    """What the registry says of its port; of the quiet end, for a connection."""
    verdict: Verdict
    """What it means; one object for all doors that are alike."""
    program: str | Unknown
    """The program as the door key has it (``program_key``)."""

    @property
    def port(self) -> Port:
        """Return the port that the door is judged by."""
        return self.registration.port

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
        return self.verdict.concern is not Concern.NONE or self.verdict.standing is Standing.UNEXPLAINED


AnyDoor = Door[Listener] | Door[Connection]


class CheckReport(Struct, frozen=True):
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
    listeners: tuple[Door[Listener], ...]
    """In order of port number, transport and address."""
    connections: tuple[Door[Connection], ...]
    """Established connections from or to quiet ports."""
    coverage: Coverage
    """What could not be seen."""
    namespace: str | Unknown
    """The network namespace that was looked at."""

    @property
    def doors(self) -> tuple[AnyDoor, ...]:
        """Return listeners, then connections."""
        return (*self.listeners, *self.connections)

    @property
    def findings(self) -> tuple[AnyDoor, ...]:
        """Return the doors that need a person, gravest verdict first, then by port."""
        order = {concern: rank for rank, concern in enumerate(_GRAVEST_FIRST)}
        return tuple(sorted((d for d in self.doors if d.needs_a_person), key=lambda d: order[d.verdict.concern]))

    @property
    def settled(self) -> tuple[AnyDoor, ...]:
        """Return the doors that are as they should be."""
        return tuple(door for door in self.doors if not door.needs_a_person)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Return how many doors there are of each verdict, gravest first."""
        doors = Counter(id(door.verdict) for door in self.doors)
        words = {id(door.verdict): door.verdict for door in self.doors}
        counted: Counter[str] = Counter()
        for identity, verdict in words.items():
            counted[verdict.word] += doors[identity]
        order = [*map(str, _GRAVEST_FIRST), "unexplained", "custom", "declared", "expected"]
        return tuple((word, counted[word]) for word in order if counted[word])


_GRAVEST_FIRST = (Concern.SUSPICIOUS, Concern.MISCONFIGURED, Concern.UNRESOLVED, Concern.NONE)
