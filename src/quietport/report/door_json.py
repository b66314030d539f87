"""A door in JSON: what is the same for many is made once, and 20,000 of them cost one joined line each."""

from __future__ import annotations

import json
from itertools import repeat
from typing import TYPE_CHECKING

from quietport.model.door_key import KERNEL_CHOSEN
from quietport.model.endpoint import scope_of
from quietport.model.page import Phrase, Value
from quietport.model.unknown import Unknown
from quietport.report.document import Json, known
from quietport.report.owner_json import owner_json
from quietport.words.gates import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quietport.model.door import Door, DoorRun, RawDoor
    from quietport.model.listener import Connection
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.owner import Owner
    from quietport.model.past import Change
    from quietport.model.registration import RegistrySummary
    from quietport.model.verdict import Evidence, Verdict
    from quietport.words.phrasebook import Phrasebook

    Owners = tuple[Owner, ...] | Unknown

PORT_MARK = "\0"
"""Stands for the port in a text that is made once for many doors; values of others never stand in that text."""


class DoorWriter:
    """Writes doors, and keeps what is the same for many of them."""

    def __init__(self, book: Phrasebook) -> None:
        """Write in the language of a phrasebook."""
        self._book = book
        self._holders: dict[int, tuple[object, str]] = {}
        self._verdicts: dict[int, tuple[Verdict, str]] = {}

    def listeners(self, door: DoorRun) -> Iterator[tuple[str, ...]]:
        """Return the text of each listener of a run in pieces, in order of number; each begins with a comma."""
        first, *rest = self._listener_pieces(door)
        numbers = list(map(str, door.run.numbers))
        columns: list[Iterable[str]] = [repeat(first)]
        for piece in rest:
            columns += (numbers, repeat(piece))
        return zip(*columns, strict=False)

    def connection(self, door: Door[Connection]) -> str:
        """Return the text of a connection, which begins with a comma."""
        seen = door.seen
        pieces = self._meaning_pieces(door.verdict, door.owners, None, None)  # the history keeps no connections
        meaning = str(door.port.number).join(pieces)
        return (
            f',\n  {{"transport": "{door.port.transport}", "address": "{seen.local.address}", '
            f'"port": {seen.local.port.number}, "scope": "{seen.local.scope}", '
            f'"remote_address": "{seen.remote.address}", "remote_port": {seen.remote.port.number}, '
            f'"direction": "{seen.direction}", {_namespace_json(seen.namespace)}, '
            f"{self._holders_json(door.owners)}, {meaning}{_registration_json(door.registration)}}}"
        )

    def raw_socket(self, door: RawDoor) -> str:
        """Return the text of a packet or raw socket, which begins with a comma."""
        seen = door.seen
        fields: dict[str, Json] = {
            "kind": str(seen.kind),
            "family": seen.family,
            "protocol": seen.protocol,
            "interface": known(seen.interface),
            "address": seen.address,
            "uid": known(seen.uid),
        }
        # No step of it names a port, and the history does not keep it.
        meaning = "".join(self._meaning_pieces(door.verdict, door.owners, None, None))
        return (
            f",\n  {json.dumps(fields)[:-1]}, {_namespace_json(seen.namespace)}, "
            f"{self._holders_json(door.owners)}, {meaning}}}"
        )

    def _listener_pieces(self, door: DoorRun) -> list[str]:
        """Return the text of a listener in the pieces that the number of its port stands between."""
        run, scope = door.run, scope_of(door.run.address)
        interface = "null" if run.interface is None else json.dumps(readable(run.interface))
        before = f',\n  {{"transport": "{run.transport}", "address": "{run.address}", "port": '
        between = (
            f', "scope": "{scope}", "family": "{run.family}", "state": "{run.state}", "interface": {interface}, '
            f'"sockets": {run.sockets}, "is_lite": {json.dumps(run.is_lite)}, '
            f'{_namespace_json(run.namespace)}, "door_key": "'
        )
        kind = json.dumps(readable(door.kind))[1:-1]
        first, *rest = self._meaning_pieces(door.verdict, run.owners, door.since, door.change)
        key = f'/{kind}", {self._holders_json(run.owners)}, {first}'
        pieces = [before, f"{between}{KERNEL_CHOSEN}{key}", *rest] if door.is_chosen else [before, between, key, *rest]
        pieces[-1] += f"{_registration_json(door.registration)}}}"
        return pieces

    def _holders_json(self, owners: Owners) -> str:
        held = self._holders.get(id(owners))
        if held is None:
            if isinstance(owners, Unknown):
                first, others = known(owners), known(owners)
            else:
                first = owner_json(owners[0]) if owners else None
                others = list(map(owner_json, owners[1:]))
            text = f'"owner": {json.dumps(first)}, "other_owners": {json.dumps(others)}'
            held = self._holders[id(owners)] = owners, text
        return held[1]

    def _meaning_pieces(
        self,
        verdict: Verdict,
        owners: Owners,
        since: str | Unknown | None,
        change: Change | Unknown | None,
    ) -> list[str]:
        """Return verdict, evidence and past, in the pieces that the number of the port stands between."""
        first, *rest = self._next_step_pieces(verdict, owners)
        past = f'"since": {json.dumps(known(since))}, "change": {json.dumps(known(change))}'
        return [f'{self._verdict_json(verdict)}, {past}, "next_step": {first}', *rest]

    def _verdict_json(self, verdict: Verdict) -> str:
        held = self._verdicts.get(id(verdict))
        if held is None:
            settles = verdict.settles
            fields: dict[str, Json] = {
                "verdict": verdict.word,
                "standing": str(verdict.standing),
                "concern": str(verdict.concern),
                "evidence": [_evidence_json(piece, self._book) for piece in verdict.evidence],
                "settles": None if settles is None else self._book.render(Phrase(settles, {})),
            }
            held = self._verdicts[id(verdict)] = verdict, json.dumps(fields)[1:-1]
        return held[1]

    def _next_step_pieces(self, verdict: Verdict, owners: Owners) -> list[str]:
        if not verdict.needs_a_person:
            return ["null"]
        pid = owners[0].pid if isinstance(owners, tuple) and owners else "PID"
        values: dict[str, Value] = {"pid": pid, "port": PORT_MARK}
        step = self._book.render(Phrase(verdict.next_step, values))
        return json.dumps(step).split(json.dumps(PORT_MARK)[1:-1])


def _registration_json(registration: RegistrySummary) -> str:
    names = json.dumps(registration.names)
    return f', "registry": {{"status": "{registration.status.label}", "names": {names}}}'


def _namespace_json(namespace: NetworkNamespace | Unknown) -> str:
    name = None if isinstance(namespace, Unknown) else namespace.name
    id_ = known(namespace if isinstance(namespace, Unknown) else namespace.id)
    return f'"namespace": {json.dumps(id_)}, "namespace_name": {json.dumps(known(name))}'


def _evidence_json(piece: Evidence, book: Phrasebook) -> Json:
    return {
        "rule": piece.rule,
        "says": book.render(Phrase(f"rule.{piece.rule}", piece.values)),
        "decibans": piece.decibans,
        "for": str(piece.speaks_for),
        "source": piece.source,
        "values": {name: readable(value) if isinstance(value, str) else value for name, value in piece.values.items()},
    }
