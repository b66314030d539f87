"""``check`` as JSON (``quietport.check/1``) and as plain lines.

Doors that are alike (same verdict, owners, names) differ only in numbers and addresses: the rest of
their text is made once. 20,000 listeners then cost one formatted line each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quietport.model.listener import Connection, Listener
from quietport.model.page import Phrase, Value
from quietport.model.unknown import Reason, Unknown
from quietport.report.document import Json, Occasion, envelope, known
from quietport.report.plain import render_table
from quietport.words.gates import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.model.door import AnyDoor, CheckReport, Door
    from quietport.model.owner import Ancestor, Container, Owner
    from quietport.model.package import Package
    from quietport.model.registration import Registration
    from quietport.model.verdict import Evidence
    from quietport.words.phrasebook import Phrasebook

PORT_MARK = "\0"
"""Stands for the port in a next step that is made once for many doors; its other values are never text of others."""

NOT_LOOKED: Json = {"unknown": str(Reason.NOT_LOOKED)}

PLAIN_COLUMNS = (
    "transport", "address", "port", "scope", "family", "state", "program", "pid", "user", "status", "names",
    "verdict", "standing", "concern",
)  # fmt: skip


def render_check_json(report: CheckReport, book: Phrasebook) -> str:
    """Return the document, one door a line."""
    head = envelope("check", Occasion(book, report.host, report.generated_at, report.coverage))
    head |= {
        "method": report.method,
        "asked": list(report.asked),
        "counts": dict(report.counts),
        "policy_files": [],
        "gone": NOT_LOOKED,
    }
    writer = _DoorWriter(book, report.namespace)
    pieces = [json.dumps(head, indent=1)[:-2], ',\n "listeners": [\n']
    for door in report.listeners:
        writer.add_listener(door, pieces)
    _end_list(pieces)
    pieces.append(',\n "connections": [\n')
    for connection in report.connections:
        pieces += (writer.connection(connection), _NEXT)
    _end_list(pieces)
    pieces.append("\n}")
    return "".join(pieces)


_NEXT = ",\n"
_END = "},\n"


def _end_list(pieces: list[str]) -> None:
    if pieces[-1] in {_NEXT, _END}:
        pieces[-1] = pieces[-1].replace(",", "")
    pieces.append(" ]")


class _DoorWriter:
    """Writes doors, and keeps what is the same for many of them."""

    def __init__(self, book: Phrasebook, namespace: str | Unknown) -> None:
        self._book = book
        self._namespace = json.dumps(known(namespace))
        self._owners: dict[int, tuple[object, str]] = {}
        self._registrations: dict[tuple[int, int], tuple[object, str]] = {}
        self._alike: dict[tuple[object, ...], tuple[Door[Listener], list[str]]] = {}

    def add_listener(self, door: Door[Listener], pieces: list[str]) -> None:
        """Add a listener; all that differ in their port number alone are written once, in pieces around it.

        Verdict and owners are told apart by identity: they live as long as the report does.
        """
        seen, registration = door.seen, door.registration
        endpoint = seen.endpoint
        key = (
            endpoint.address, id(door.verdict), id(seen.owners),
            endpoint.port.transport, seen.family, seen.state, seen.interface, len(seen.inodes),
        )  # fmt: skip
        held = self._alike.get(key)
        if held is None:
            held = self._alike[key] = (door, self._pieces(door))
        number = str(endpoint.port.number)
        for piece in held[1]:
            pieces += (piece, number)
        pieces[-1] = self._registration(registration)
        pieces.append(_END)

    def _registration(self, registration: Registration) -> str:
        key = registration.status, id(registration.names)
        held = self._registrations.get(key)
        if held is None:
            names = json.dumps(registration.names)
            text = f', "registry": {{"status": "{registration.status.label}", "names": {names}}}'
            held = self._registrations[key] = (registration.names, text)
        return held[1]

    def _pieces(self, door: Door[Listener]) -> list[str]:
        """Return the text of a listener in the pieces that the number of its port stands between."""
        seen = door.seen
        transport = seen.port.transport
        interface = "null" if seen.interface is None else json.dumps(readable(seen.interface))
        before = f'  {{"transport": "{transport}", "address": "{seen.endpoint.address}", "port": '
        between = (
            f', "scope": "{seen.scope}", "family": "{seen.family}", "state": "{seen.state}", "interface": {interface}, '
            f'"sockets": {len(seen.inodes)}, "namespace": {self._namespace}, "door_key": "'
        )
        key = f'/{transport}/{seen.family}/{seen.scope}/{_program(door)}", {self._holders(door)}, '
        first, *rest = self._meaning(door)
        return [before, between, key + first, *rest]

    def connection(self, door: Door[Connection]) -> str:
        """Return a connection."""
        seen = door.seen
        judged = str(door.port.number).join(self._meaning(door)) + self._registration(door.registration)
        return (
            f'  {{"transport": "{door.port.transport}", "address": "{seen.local.address}", '
            f'"port": {seen.local.port.number}, "scope": "{seen.local.scope}", '
            f'"remote_address": "{seen.remote.address}", "remote_port": {seen.remote.port.number}, '
            f'"direction": "{seen.direction}", "namespace": {self._namespace}, {self._holders(door)}, {judged}}}'
        )

    def _holders(self, door: AnyDoor) -> str:
        held = self._owners.get(id(door.owners))
        if held is None:
            owners = door.owners
            several = known(owners) if isinstance(owners, Unknown) else [_owner_json(owner) for owner in owners]
            first = (
                several[0]
                if isinstance(several, list) and several
                else known(owners)
                if isinstance(owners, Unknown)
                else None
            )
            text = f'"owner": {json.dumps(first)}, "owners": {json.dumps(several)}'
            held = self._owners[id(owners)] = (owners, text)
        return held[1]

    def _meaning(self, door: AnyDoor) -> list[str]:
        """Return registry and verdict, in the pieces that the number of the port stands between."""
        text = json.dumps(_meaning_json(door, self._book))[1:-1]
        first, *rest = _next_step_pieces(door, self._book)
        return [f'{text}, "next_step": {first}', *rest]


def _program(door: AnyDoor) -> str:
    """Return the program of the door key, escaped to stand inside a JSON string."""
    return json.dumps("?" if isinstance(door.program, Unknown) else readable(door.program))[1:-1]


def _meaning_json(door: AnyDoor, book: Phrasebook) -> dict[str, Json]:
    verdict = door.verdict
    return {
        "verdict": verdict.word,
        "standing": str(verdict.standing),
        "concern": str(verdict.concern),
        "evidence": [_evidence_json(piece, book) for piece in verdict.evidence],
        "since": NOT_LOOKED,
        "change": NOT_LOOKED,
    }


def _next_step_pieces(door: AnyDoor, book: Phrasebook) -> list[str]:
    """Return the next step as JSON, in the pieces that the number of the port stands between."""
    if not door.needs_a_person:
        return ["null"]
    values: dict[str, Value] = {"pid": _first_pid(door), "port": PORT_MARK}
    step = book.render(Phrase(door.verdict.next_step, values))
    return json.dumps(step).split(json.dumps(PORT_MARK)[1:-1])


def _first_pid(door: AnyDoor) -> str | int:
    return door.owners[0].pid if isinstance(door.owners, tuple) and door.owners else "PID"


def _evidence_json(piece: Evidence, book: Phrasebook) -> Json:
    return {
        "rule": piece.rule,
        "says": book.render(Phrase(f"rule.{piece.rule}", piece.values)),
        "decibans": piece.decibans,
        "for": str(piece.speaks_for),
        "source": piece.source,
        "values": {name: readable(value) if isinstance(value, str) else value for name, value in piece.values.items()},
    }


def _owner_json(owner: Owner) -> Json:
    return {
        "pid": owner.pid,
        "program": readable(owner.program),
        "executable": known(owner.executable),
        "file": known(owner.file),
        "uid": known(owner.uid),
        "user": known(owner.user),
        "started_at": known(owner.started_at),
        "ancestors": _ancestors_json(owner.ancestors),
        "command": known(owner.command) if isinstance(owner.command, Unknown) else list(map(readable, owner.command)),
        "script": known(owner.script),
        "unit": known(owner.unit),
        "container": _container_json(owner.container),
        "package": _package_json(owner.package),
        "activation": known(owner.activation),
        "stdin_socket": known(owner.stdin_socket),
        "debugger": known(owner.debugger),
    }


def _ancestors_json(ancestors: tuple[Ancestor, ...] | Unknown) -> Json:
    if isinstance(ancestors, Unknown):
        return known(ancestors)
    return [{"pid": ancestor.pid, "program": readable(ancestor.program)} for ancestor in ancestors]


def _container_json(container: Container | Unknown | None) -> Json:
    if container is None or isinstance(container, Unknown):
        return known(container)
    return {
        "engine": container.engine,
        "id": readable(container.id),
        "name": known(container.name),
        "image": known(container.image),
    }


def _package_json(package: Package | Unknown | None) -> Json:
    if package is None or isinstance(package, Unknown):
        return known(package)
    return {
        "manager": package.manager,
        "name": readable(package.name),
        "version": known(package.version),
        "is_claim": package.is_claim,
        "changed_at": known(package.changed_at),
    }


def render_check_plain(report: CheckReport) -> str:
    """Return the doors as tab-separated lines with a header; an empty field was not seen."""
    return render_table(PLAIN_COLUMNS, _plain_rows(report))


def _plain_rows(report: CheckReport) -> Iterator[tuple[object, ...]]:
    for door in report.doors:
        seen = door.seen
        local = seen.endpoint if isinstance(seen, Listener) else seen.local
        state = seen.state if isinstance(seen, Listener) else seen.direction
        family = seen.family if isinstance(seen, Listener) else ""
        first = door.owners[0] if isinstance(door.owners, tuple) and door.owners else None
        user = first.user if first and isinstance(first.user, str) else None
        yield (
            door.port.transport, local.address, local.port.number, local.scope, family, state,
            first.program if first else None, first.pid if first else None, user,
            door.registration.status.label, " ".join(door.registration.names),
            door.verdict.word, door.verdict.standing, door.verdict.concern,
        )  # fmt: skip
