"""The judge's bench: doors are brought before it in runs, and those that are alike are judged once."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from quietport.judge import connection_facts, listener_facts, read_rules, weigh
from quietport.judge.facts import BINDRESVPORT, program_name, relate
from quietport.model.door import Door, DoorRun
from quietport.model.listener import Connection, ListenerRun
from quietport.model.port import PORT_COUNT, RANGES, Port, PortRange, RangeName, Transport
from quietport.model.registration import RegistrySummary
from quietport.model.unknown import Reason, Unknown
from quietport.policy.find import find_declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quietport.judge.facts import Context
    from quietport.model.owner import Owner
    from quietport.model.registration import KnownProgram
    from quietport.model.verdict import Verdict
    from quietport.policy.policy import Policy
    from quietport.registry.snapshot import Registry

_ONE_BY_ONE = 0xFFFF
"""The class of numbers that some source speaks of: each is looked up for itself."""


class _Ground(NamedTuple):
    """What tells the numbers of one transport apart before a judge."""

    spans: array[int]
    """The span of the registry that each number lies in."""
    classes: array[int]
    """A class for each number, equal for two between which no rule can tell."""


class Bench:
    """Judges doors, those that are alike only once."""

    def __init__(
        self, registry: Registry, ephemeral: PortRange | Unknown, policy: Policy, host: str, today: str
    ) -> None:
        """Open the bench for one look at a host; ``ephemeral`` is what this machine lends to clients."""
        self._registry = registry
        self._policy, self._host, self._today = policy, host, today
        self._ephemeral = ephemeral
        self._rules = read_rules()
        self._uses = registry.practice.uses
        self._grounds: dict[Transport, _Ground] = {}
        self._judged: dict[tuple[object, ...], Verdict] = {}

    def judge_run(self, run: ListenerRun) -> Iterator[DoorRun]:
        """Yield the doors that some listeners are, those of one verdict and one registration together."""
        known, program = self._known(run.owners), _program(run.owners)
        together: dict[tuple[int, int], tuple[RegistrySummary, Verdict, list[int]]] = {}
        for numbers in self._alike(run):
            port = Port(numbers[0], run.transport)
            summary = self._registry.summary(port)
            verdict = self._judge(run, port, summary, known)
            held = together.setdefault((id(summary), id(verdict)), (summary, verdict, []))
            held[2].extend(numbers)
        for summary, verdict, numbers in together.values():
            one = run if len(together) == 1 else replace(run, numbers=tuple(sorted(numbers)))
            yield DoorRun(one, summary, verdict, program)

    def _alike(self, run: ListenerRun) -> Iterable[list[int]]:
        """Return the numbers of a run in groups between which alone a rule could tell."""
        numbers = run.numbers
        if len(numbers) == 1:
            return [list(numbers)]
        spans, classes = self._ground(run.transport)
        groups: dict[tuple[int, int], list[int]] = {}
        places = zip(map(spans.__getitem__, numbers), map(classes.__getitem__, numbers), strict=True)
        for number, place in zip(numbers, places, strict=True):
            groups.setdefault(place, []).append(number)
        self._registry.read_summaries(run.transport, [group[0] for group in groups.values()])
        alone = [[number] for (_, place), group in groups.items() if place == _ONE_BY_ONE for number in group]
        return [group for (_, place), group in groups.items() if place != _ONE_BY_ONE] + alone

    def _ground(self, transport: Transport) -> _Ground:
        ground = self._grounds.get(transport)
        if ground is None:
            classes = _number_classes(self._runs_that_matter(transport))
            for number in self._uses.single_numbers(transport):
                classes[number] = _ONE_BY_ONE
            ground = self._grounds[transport] = _Ground(self._registry.spans(transport), classes)
        return ground

    def _runs_that_matter(self, transport: Transport) -> list[PortRange]:
        runs = [RANGES[RangeName.USER], RANGES[RangeName.DYNAMIC], BINDRESVPORT, *self._uses.wide_ranges(transport)]
        runs += [entry.ports for entry in self._policy.declarations if entry.transport is transport]
        return runs if isinstance(self._ephemeral, Unknown) else [*runs, self._ephemeral]

    def _judge(
        self, run: ListenerRun, port: Port, summary: RegistrySummary, known: tuple[KnownProgram, ...]
    ) -> Verdict:
        """Return the verdict on one number of a run; one object for all between which no rule or sentence can tell."""
        uses = self._uses.find(port)
        declaration = find_declaration(self._policy, run.at(port.number), self._host, self._today)
        number_class = self._ground(port.transport).classes[port.number]
        alike = (
            run.address, run.state, id(run.owners), port.transport, summary.status, declaration,
            relate(summary.names, uses, known), number_class, port.number if number_class == _ONE_BY_ONE else None,
        )  # fmt: skip
        verdict = self._judged.get(alike)
        if verdict is None:
            context = listener_facts(run.at(port.number), summary, uses, known, self._ephemeral)
            verdict = self._judged[alike] = self._weigh(context)
        return verdict

    def judge_connection(self, connection: Connection) -> Door[Connection]:
        """Return a connection with the verdict on it, judged by its quiet port."""
        port = connection.quiet_port
        summary = self._registry.summary(port)
        uses = self._uses.find(port)
        context = connection_facts(connection, summary, uses, self._known(connection.owners), self._ephemeral)
        return Door(connection, summary, self._weigh(context), _program(connection.owners))

    def _weigh(self, context: Context) -> Verdict:
        return weigh(context, self._rules)

    def _known(self, owners: tuple[Owner, ...] | Unknown) -> tuple[KnownProgram, ...]:
        if isinstance(owners, Unknown) or not owners:
            return ()
        return self._registry.practice.find_programs(program_name(owners[0]))


def _program(owners: tuple[Owner, ...] | Unknown) -> str | Unknown:
    if isinstance(owners, Unknown):
        return owners
    if not owners:
        return Unknown(Reason.NO_OWNER, "owner")
    return owners[0].executable if isinstance(owners[0].executable, str) else owners[0].program


def _number_classes(runs: list[PortRange]) -> array[int]:
    """Return a class for every port number, equal for two that lie in the same of these runs."""
    edges = sorted({0, PORT_COUNT, *(run.first for run in runs), *(run.last + 1 for run in runs)})
    lengths = (end - start for start, end in pairwise(edges))
    classes = array("H")
    for index, length in enumerate(lengths):
        classes += array("H", [index]) * length
    return classes
