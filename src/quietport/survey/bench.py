"""The judge's bench: doors are brought before it one by one, and those that are alike are judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.judge import connection_facts, listener_facts, read_rules, weigh
from quietport.judge.facts import BINDRESVPORT, Relation, program_name, relate
from quietport.model.door import Door
from quietport.model.listener import Connection, Listener
from quietport.model.port import RANGES, RangeName
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.judge.facts import Context
    from quietport.model.owner import Owner
    from quietport.model.port import PortRange
    from quietport.model.registration import KnownProgram, Registration
    from quietport.model.verdict import Verdict
    from quietport.registry.snapshot import Registry

_USER_FIRST, _DYNAMIC_FIRST = RANGES[RangeName.USER].first, RANGES[RangeName.DYNAMIC].first
_BINDRESVPORT = range(BINDRESVPORT.first, BINDRESVPORT.last + 1)


class Bench:
    """Judges doors, those that are alike only once."""

    def __init__(self, registry: Registry, ephemeral: PortRange | Unknown) -> None:
        """Open the bench for one look at a host; ``ephemeral`` is what this machine lends to clients."""
        self._registry = registry
        self._ephemeral = ephemeral
        self._lent = () if isinstance(ephemeral, Unknown) else range(ephemeral.first, ephemeral.last + 1)
        self._rules = read_rules()
        self._uses = registry.practice.uses
        self._judged: dict[tuple[object, ...], tuple[Verdict, str | Unknown]] = {}
        self._equal_relations: dict[Relation, Relation] = {}
        self._relations: dict[tuple[object, ...], Relation] = {}
        self._programs: dict[int, tuple[object, str | Unknown]] = {}

    def judge_listener(self, listener: Listener) -> Door[Listener]:
        """Return a listener with the verdict on it."""
        endpoint, owners = listener.endpoint, listener.owners
        port, held_by = endpoint.port, id(owners)
        number = port.number
        registration = self._registry.lookup(port)
        place = self._registry.span_of(port), self._uses.covering(port), held_by
        relation = self._relations.get(place) or self._relate(place, registration, owners)
        # What of a listener a rule can ask about; owners are shared by all the sockets of the same holders.
        alike = (
            endpoint.address, listener.state, held_by, port.transport, registration.status, id(relation),
            number < _USER_FIRST, number in _BINDRESVPORT, number >= _DYNAMIC_FIRST, number in self._lent,
        )  # fmt: skip
        judged = self._judged.get(alike)
        if judged is None:
            context = listener_facts(
                listener, registration, self._uses.find(port), self._known(owners), self._ephemeral
            )
            judged = self._judged[alike] = self._weigh(context), self._program(owners)
        return Door(listener, registration, *judged)

    def judge_connection(self, connection: Connection) -> Door[Connection]:
        """Return a connection with the verdict on it, judged by its quiet port."""
        port = connection.quiet_port
        registration = self._registry.lookup(port)
        uses = self._registry.practice.uses.find(port)
        context = connection_facts(connection, registration, uses, self._known(connection.owners), self._ephemeral)
        return Door(connection, registration, self._weigh(context), self._program(connection.owners))

    def _weigh(self, context: Context) -> Verdict:
        return weigh(context, self._rules)

    def _relate(
        self, place: tuple[object, ...], registration: Registration, owners: tuple[Owner, ...] | Unknown
    ) -> Relation:
        """Return how the holder stands to a port; equal answers are one object, so that identity tells them apart."""
        made = relate(registration.names, self._uses.find(registration.port), self._known(owners))
        held = self._relations[place] = self._equal_relations.setdefault(made, made)
        return held

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
