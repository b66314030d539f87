"""The judge's bench: doors are brought before it one by one, and those that are alike are judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.judge import connection_facts, listener_facts, read_rules, weigh
from quietport.judge.facts import BINDRESVPORT, program_name, relate
from quietport.model.door import Door
from quietport.model.listener import Connection, Listener
from quietport.model.port import PORT_COUNT, RANGES, RangeName
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.judge.facts import Context
    from quietport.model.owner import Owner
    from quietport.model.port import PortRange
    from quietport.model.registration import KnownProgram, Registration
    from quietport.model.verdict import Verdict
    from quietport.registry.snapshot import Registry


class Bench:
    """Judges doors, those that are alike only once."""

    def __init__(self, registry: Registry, ephemeral: PortRange | Unknown) -> None:
        """Open the bench for one look at a host; ``ephemeral`` is what this machine lends to clients."""
        self._registry = registry
        self._ephemeral = ephemeral
        self._class_of = _number_classes(ephemeral)
        self._rules = read_rules()
        self._uses = registry.practice.uses
        self._judged: dict[tuple[object, ...], tuple[Verdict, str | Unknown]] = {}
        self._places: dict[tuple[object, ...], tuple[Verdict, str | Unknown]] = {}
        self._programs: dict[int, tuple[object, str | Unknown]] = {}

    def judge_listener(self, listener: Listener) -> Door[Listener]:
        """Return a listener with the verdict on it."""
        endpoint, owners = listener.endpoint, listener.owners
        port = endpoint.port
        registration = self._registry.lookup(port)
        # Two listeners of one place differ in nothing that a rule or a sentence could tell; owners are shared.
        place = (
            self._registry.span_of(port), self._uses.covering(port), self._class_of[port.number],
            endpoint.address, listener.state, id(owners),
        )  # fmt: skip
        judged = self._places.get(place)
        if judged is None:
            judged = self._places[place] = self._judge(listener, registration)
        return Door(listener, registration, *judged)

    def _judge(self, listener: Listener, registration: Registration) -> tuple[Verdict, str | Unknown]:
        """Return verdict and program; the same objects for all places between which no rule or sentence can tell."""
        port, owners = listener.port, listener.owners
        uses, known = self._uses.find(port), self._known(owners)
        relation = relate(registration.names, uses, known)
        alike = (
            listener.endpoint.address, listener.state, id(owners), port.transport, registration.status,
            relation, self._class_of[port.number],
        )  # fmt: skip
        judged = self._judged.get(alike)
        if judged is None:
            context = listener_facts(listener, registration, uses, known, self._ephemeral)
            judged = self._judged[alike] = self._weigh(context), self._program(owners)
        return judged

    def judge_connection(self, connection: Connection) -> Door[Connection]:
        """Return a connection with the verdict on it, judged by its quiet port."""
        port = connection.quiet_port
        registration = self._registry.lookup(port)
        uses = self._registry.practice.uses.find(port)
        context = connection_facts(connection, registration, uses, self._known(connection.owners), self._ephemeral)
        return Door(connection, registration, self._weigh(context), self._program(connection.owners))

    def _weigh(self, context: Context) -> Verdict:
        return weigh(context, self._rules)

    def _program(self, owners: tuple[Owner, ...] | Unknown) -> str | Unknown:
        held = self._programs.get(id(owners))
        if held is None:
            name: str | Unknown = Unknown(Reason.NO_OWNER, "owner")
            if isinstance(owners, Unknown):
                name = owners
            elif owners:
                first = owners[0]
                name = first.executable if isinstance(first.executable, str) else first.program
            held = self._programs[id(owners)] = (owners, name)
        return held[1]

    def _known(self, owners: tuple[Owner, ...] | Unknown) -> tuple[KnownProgram, ...]:
        if isinstance(owners, Unknown) or not owners:
            return ()
        return self._registry.practice.find_programs(program_name(owners[0]))


def _number_classes(ephemeral: PortRange | Unknown) -> bytes:
    """Return a byte for every port number, equal for two that no rule can tell apart by the number alone."""
    classes = bytearray(PORT_COUNT)
    runs = [RANGES[RangeName.USER], RANGES[RangeName.DYNAMIC], BINDRESVPORT]
    runs += [] if isinstance(ephemeral, Unknown) else [ephemeral]
    for bit, run in enumerate(runs):
        marks = bytes(number | 1 << bit for number in range(256))
        classes[run.first : run.last + 1] = classes[run.first : run.last + 1].translate(marks)
    return bytes(classes)
