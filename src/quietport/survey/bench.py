"""The judge's bench: doors are brought before it in runs, and those that are alike are judged once."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from quietport.judge import (
    connection_facts,
    listener_facts,
    listener_likeness,
    raw_socket_facts,
    read_rules,
    weigh,
)
from quietport.judge.facts import BINDRESVPORT, program_name, relate, speaking_holder
from quietport.judge.holder import holds_several, least_explained_first, package_name, upgrade_word
from quietport.model.door import Door, DoorRun, RawDoor
from quietport.model.listener import Connection, ListenerRun
from quietport.model.port import PORT_COUNT, RANGES, Port, PortRange, RangeName, Transport
from quietport.model.registration import RegistrySummary
from quietport.model.unknown import Reason, Unknown
from quietport.policy.find import find_declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quietport.judge.facts import Context
    from quietport.model.owner import Owner
    from quietport.model.raw_socket import RawSocket
    from quietport.model.registration import KnownProgram
    from quietport.model.verdict import Verdict
    from quietport.policy.policy import Policy
    from quietport.registry.snapshot import Registry

    Owners = tuple[Owner, ...] | Unknown

_ONE_BY_ONE = 0xFFFF
"""The class of numbers that some source speaks of: each is looked up for itself."""


class _Ground(NamedTuple):
    """What tells the numbers of one transport apart before a judge."""

    spans: array[int]
    """The span of the registry that each number lies in."""
    classes: array[int]
    """A class for each number, equal for two between which no rule can tell."""


class _Holder(NamedTuple):
    """Who holds some doors, as the judge needs to know it."""

    owners: Owners
    """The same owners, with the one first that speaks for them."""
    programs: tuple[KnownProgram, ...]
    """What its executable is known as."""
    aliases: tuple[KnownProgram, ...]
    """What the name that it goes by is known as."""
    program: str | Unknown
    """The program as the door key has it."""
    debugger_port: int | Unknown | None
    """The port that its command line gives a debugging interface."""
    likeness: object
    """Equal for two holders only if no rule and no sentence can tell them apart."""
    is_nameless: bool
    """No name of a service means anything to it: two registered ports are alike to its judge."""


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
        self._misuse = registry.practice.misuse
        self._grounds: dict[Transport, _Ground] = {}
        self._holders: dict[tuple[int, Port | None], tuple[Owners, Owners, _Holder]] = {}
        self._judged: dict[tuple[object, ...], Verdict] = {}
        self._weighed: dict[tuple[object, ...], Verdict] = {}

    def judge_run(self, run: ListenerRun) -> Iterator[DoorRun]:
        """Yield the doors that some listeners are, those of one verdict and one registration together."""
        holder = self._holder(run.owners, run.numbers, run.transport)
        run = run if holder.owners is run.owners else replace(run, owners=holder.owners)
        together: dict[tuple[int, int], tuple[RegistrySummary, Verdict, list[int]]] = {}
        known: dict[tuple[object, int], Verdict] = {}
        classes = self._ground(run.transport).classes
        for numbers in self._alike(run, holder):
            port = Port(numbers[0], run.transport)
            summary = self._registry.summary(port)
            # Of one class are numbers that no source speaks of one by one: only their names may tell them apart.
            alike = summary.status if holder.is_nameless else id(summary), classes[port.number]
            verdict = None if len(numbers) == 1 else known.get(alike)
            if verdict is None:
                verdict = self._judge(run, port, summary, holder)
            if classes[port.number] != _ONE_BY_ONE and port.number != holder.debugger_port:
                known[alike] = verdict
            held = together.setdefault((id(summary), id(verdict)), (summary, verdict, []))
            held[2].extend(numbers)
        for summary, verdict, numbers in together.values():
            one = run if len(together) == 1 else replace(run, numbers=tuple(sorted(numbers)))
            yield DoorRun(one, summary, verdict, holder.program)

    def judge_connection(self, connection: Connection) -> Door[Connection]:
        """Return a connection with the verdict on it, judged by its quiet port."""
        port = connection.quiet_port
        holder = self._holder(connection.owners, (port.number,), port.transport)
        summary = self._registry.summary(port)
        context = connection_facts(
            replace(connection, owners=holder.owners), summary, self._uses.find(port), holder.programs,
            self._ephemeral, misuse=self._misuse.find(port), alias_programs=holder.aliases,
        )  # fmt: skip
        return Door(connection, summary, self._weigh(context), holder.program)

    def judge_raw_socket(self, raw: RawSocket) -> RawDoor:
        """Return a packet or raw socket with the verdict on it."""
        holder = self._holder(raw.owners)
        raw = replace(raw, owners=holder.owners)
        context = raw_socket_facts(raw, holder.programs, alias_programs=holder.aliases)
        return RawDoor(raw, self._weigh(context), holder.program)

    def _alike(self, run: ListenerRun, holder: _Holder) -> Iterable[list[int]]:
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
        alone = [number for (_, place), group in groups.items() if place == _ONE_BY_ONE for number in group]
        together = [group for (_, place), group in groups.items() if place != _ONE_BY_ONE]
        if holder.debugger_port in numbers and holder.debugger_port not in alone:
            together = [rest for group in together if (rest := [n for n in group if n != holder.debugger_port])]
            alone.append(holder.debugger_port)
        return together + [[number] for number in alone]

    def _ground(self, transport: Transport) -> _Ground:
        ground = self._grounds.get(transport)
        if ground is None:
            classes = _number_classes(self._runs_that_matter(transport))
            for index in (self._uses, self._misuse):
                for number in index.single_numbers(transport):
                    classes[number] = _ONE_BY_ONE
            ground = self._grounds[transport] = _Ground(self._registry.spans(transport), classes)
        return ground

    def _runs_that_matter(self, transport: Transport) -> list[PortRange]:
        runs = [RANGES[RangeName.USER], RANGES[RangeName.DYNAMIC], BINDRESVPORT]
        runs += self._uses.wide_ranges(transport) + self._misuse.wide_ranges(transport)
        runs += [entry.ports for entry in self._policy.declarations if entry.transport is transport]
        return runs if isinstance(self._ephemeral, Unknown) else [*runs, self._ephemeral]

    def _judge(self, run: ListenerRun, port: Port, summary: RegistrySummary, holder: _Holder) -> Verdict:
        """Return the verdict on one number of a run; one object for all between which no rule or sentence can tell."""
        listener = run.at(port.number)
        uses, misuse = self._uses.find(port), self._misuse.find(port)
        declaration = find_declaration(self._policy, listener, self._host, self._today)
        alike = (
            holder.likeness,
            *listener_likeness(
                listener, summary, uses, holder.programs, self._ephemeral, misuse=misuse, declaration=declaration
            ),
        )
        verdict = self._judged.get(alike)
        if verdict is None:
            context = listener_facts(
                listener, summary, uses, holder.programs, self._ephemeral,
                misuse=misuse, declaration=declaration, alias_programs=holder.aliases,
            )  # fmt: skip
            verdict = self._judged[alike] = self._weigh(context)
        return verdict

    def _weigh(self, context: Context) -> Verdict:
        """Return the verdict on what is known; one object for the doors of different holders that are alike."""
        known = context.facts, *context.values.items()
        verdict = self._weighed.get(known)
        if verdict is None:
            verdict = self._weighed[known] = weigh(context, self._rules)
        return verdict

    def _holder(self, owners: Owners, numbers: Sequence[int] = (), transport: Transport = Transport.TCP) -> _Holder:
        """Return who holds some doors; the same for the same owners, unless different programs hold one port."""
        port = Port(numbers[0], transport) if len(numbers) == 1 and holds_several(owners) else None
        held = self._holders.get((id(owners), port))
        if held is None:
            in_order = owners
            if port is not None and not isinstance(owners, Unknown):
                in_order = least_explained_first(owners, lambda owner: self._is_known(owner, port))
            # Both are kept, since what is freed may give its id to another.
            held = self._holders[id(owners), port] = owners, in_order, self._find_holder(in_order)
        return held[2]

    def _is_known(self, owner: Owner, port: Port) -> bool:
        """Tell whether a program is one that is known for a port."""
        programs = self._registry.practice.find_programs(program_name(owner))
        relation = relate(self._registry.summary(port).names, self._uses.find(port), programs)
        return bool(relation.agreeing) or relation.is_default

    def _find_holder(self, owners: Owners) -> _Holder:
        speaker = speaking_holder(owners)
        if isinstance(owners, Unknown) or speaker is None:
            program = owners if isinstance(owners, Unknown) else Unknown(Reason.NO_OWNER, "owner")
            return _Holder(owners, (), (), program, None, id(owners), is_nameless=True)
        in_order = owners if owners[0] is speaker else (speaker, *(one for one in owners if one is not speaker))
        find = self._registry.practice.find_programs
        programs = find(program_name(speaker))
        return _Holder(
            owners=in_order,
            programs=programs,
            aliases=find(speaker.program),
            program=_program(speaker),
            debugger_port=speaker.debugger_port,
            likeness=_likeness(speaker) if len(owners) == 1 else id(owners),
            is_nameless=not programs and package_name(speaker) is None,
        )


def _likeness(owner: Owner) -> tuple[object, ...]:
    """Return all that a rule or a sentence could tell of an owner: not its number, unless it has no other name."""
    number = 0 if owner.program and isinstance(owner.executable, str) else owner.pid
    same = replace(owner, pid=number, started_at="", ancestors=(), command=())
    return same, upgrade_word(owner)


def _program(owner: Owner) -> str | Unknown:
    name = owner.executable if isinstance(owner.executable, str) else owner.program
    return name or Unknown(Reason.NOT_SUPPORTED, "program")


def _number_classes(runs: list[PortRange]) -> array[int]:
    """Return a class for every port number, equal for two that lie in the same of these runs."""
    edges = sorted({0, PORT_COUNT, *(run.first for run in runs), *(run.last + 1 for run in runs)})
    lengths = (end - start for start, end in pairwise(edges))
    classes = array("H")
    for index, length in enumerate(lengths):
        classes += array("H", [index]) * length
    return classes
