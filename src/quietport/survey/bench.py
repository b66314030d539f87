"""The judge's bench: doors are brought before it one by one, and those that are alike are judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.judge import connection_facts, listener_facts, read_rules, weigh
from quietport.judge.facts import program_name
from quietport.model.door import Door
from quietport.model.listener import Connection, Listener
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from quietport.judge.facts import Context
    from quietport.model.owner import Owner
    from quietport.model.port import Port, PortRange
    from quietport.model.registration import KnownProgram
    from quietport.model.verdict import Verdict
    from quietport.registry.snapshot import Registry


class Bench:
    """Judges doors, those that are alike only once."""

    def __init__(self, registry: Registry, ephemeral: PortRange | Unknown) -> None:
        self._registry = registry
        self._ephemeral = ephemeral
        self._rules = read_rules()
        self._verdicts: dict[object, Verdict] = {}
        self._programs: dict[int, tuple[object, str | Unknown]] = {}

    def judge_listener(self, listener: Listener) -> Door[Listener]:
        registration = self._registry.lookup(listener.port)
        program = self._program(listener.owners)
        alike = (
            listener.scope,
            listener.state,
            id(listener.owners),
            *self._port_class(listener.port),
        )
        verdict = self._verdicts.get(alike)
        if verdict is None:
            uses = self._registry.practice.uses.find(listener.port)
            context = listener_facts(listener, registration, uses, self._known(listener.owners), self._ephemeral)
            verdict = self._verdicts[alike] = self._weigh(context)
        return Door(listener, registration, verdict, program)

    def judge_connection(self, connection: Connection) -> Door[Connection]:
        port = connection.quiet_port
        registration = self._registry.lookup(port)
        uses = self._registry.practice.uses.find(port)
        context = connection_facts(connection, registration, uses, self._known(connection.owners), self._ephemeral)
        return Door(connection, registration, self._weigh(context), self._program(connection.owners))

    def _weigh(self, context: Context) -> Verdict:
        return weigh(context, self._rules)

    def _port_class(self, port: Port) -> tuple[object, ...]:
        """Return what of a port can matter to a rule: equal for ports that no rule can tell apart."""
        number = port.number
        lent = None if isinstance(self._ephemeral, Unknown) else number in self._ephemeral
        uses = self._registry.practice.uses.find(port)
        return port.transport, self._registry.span_of(port), number < 1024, 512 <= number < 1024, lent, uses  # noqa: PLR2004 - RFC 6335 and bindresvport(3)

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
