"""Our own document, ``quietport.check/1``, as the records it was made from.

Registry, verdict and evidence in it are passed over: they are made anew here, with what is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from quietport.host.printed.endpoint_text import Address, parse_address
from quietport.host.view import HostView
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState, run_of
from quietport.model.namespace import NO_NAMESPACE, NetworkNamespace
from quietport.model.owner import Activation, Ancestor, Container, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import Port, Transport
from quietport.model.unknown import NO_SOCKETS_HIDDEN, Coverage, Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
"""What ``json`` makes of text: anything at all."""
FactT = TypeVar("FactT")

SCHEMA = "quietport.check/"
REMEDIES = {
    "unseen.owners": "remedy.root",
    "unseen.hidepid": "remedy.root",
    "unseen.sock-diag": "remedy.inet-diag",
    "unseen.connections": "remedy.repeat",
    "unseen.dump-interrupted": "remedy.repeat",
    "unseen.damaged-sockets": "remedy.repeat",
    "unseen.owners-of-sockets": "remedy.root",
    "unseen.transports": "remedy.ss",
    "unseen.sockets-of-processes": "remedy.root",
    "unseen.in-flight": "remedy.repeat",
    "unseen.io-uring": "remedy.io-uring",
    "unseen.kernel-ports": "remedy.kernel",
    "unseen.legacy-nat": "remedy.iptables-legacy",
    "unseen.namespaces": "remedy.root",
    "unseen.namespace-entry": "remedy.enter",
    "unseen.namespace-sockets": "remedy.inet-diag",
    "unseen.bound": "remedy.hidden",
    "unseen.packet-sockets": "remedy.packet-diag",
    "unseen.raw-sockets": "remedy.proc-net",
    "unseen.links": "remedy.proc-net",
    "unseen.nat": "remedy.net-admin",
    "unseen.nat-rules": "remedy.nft",
    "unseen.xdp": "remedy.xdp",
}
"""What a document may say was not seen, and what would help; anything else is told in its own words."""
COUNTED = frozenset(
    {
        "unseen.damaged-sockets",
        "unseen.in-flight",
        "unseen.io-uring",
        "unseen.kernel-ports",
        "unseen.namespace-entry",
        "unseen.namespaces",
        "unseen.nat-rules",
        "unseen.owners",
        "unseen.owners-of-sockets",
        "unseen.sockets-of-processes",
        "unseen.xdp",
    }
)
"""Those that need a count."""


class Entry(msgspec.Struct):
    """A door, of which the rest is not even made: verdict and evidence are nine tenths of a document."""

    transport: Json = msgspec.UNSET
    """As in the document, like all below."""
    address: Json = msgspec.UNSET
    port: Json = msgspec.UNSET
    remote_address: Json = msgspec.UNSET
    remote_port: Json = msgspec.UNSET
    direction: Json = msgspec.UNSET
    family: Json = msgspec.UNSET
    state: Json = msgspec.UNSET
    interface: Json = msgspec.UNSET
    sockets: Json = msgspec.UNSET
    namespace: Json = msgspec.UNSET
    uid: Json = msgspec.UNSET
    namespace_name: Json = msgspec.UNSET
    is_lite: Json = msgspec.UNSET
    owner: Json = msgspec.UNSET
    other_owners: Json = msgspec.UNSET


class Document(msgspec.Struct):
    """A well-formed document."""

    schema: str
    """Name and version."""
    listeners: list[Entry] = []
    """Its listeners."""
    connections: list[Entry] = []
    """Its connections."""
    host: Json = None
    """As in the document, like all below."""
    namespace: Json = None
    generated_at: Json = None
    coverage: Json = None


def find_document(text: str) -> dict[str, Json] | None:
    """Return the one document that a text is, with no more of its doors than is read; None for any other text."""
    try:
        found = msgspec.json.decode(text, type=Document)
    except (msgspec.DecodeError, RecursionError):
        return None
    document: dict[str, Json] = msgspec.structs.asdict(found)
    return document if is_report(document) else None


class Report:
    """One document, read; what in it is malformed is counted and left out."""

    def __init__(self, document: Json) -> None:
        """Read a document that ``is_report`` is true of."""
        self.host: str | None = _text_or_none(document.get("host"))
        """The host that it is about."""
        self.generated_at: str | None = _text_or_none(document.get("generated_at"))
        """When that host was looked at."""
        self._own = document.get("namespace")
        self.damaged = 0
        """Doors left out."""
        self._owners: dict[bytes, tuple[Owner, ...] | Unknown] = {}
        self.listeners = self._each(document.get("listeners"), self._listener)
        """In the order of the document."""
        self.connections = self._each(document.get("connections"), self._connection)
        """In the order of the document."""
        self.unseen = _unseen(document.get("coverage"))
        """What was not seen there."""

    def view(self) -> HostView:
        """Return what the document shows."""
        return HostView(tuple(map(run_of, self.listeners)), tuple(self.connections), Coverage(self.unseen), "quietport")

    def _each(self, entries: Json, make: Callable[[Json], FactT]) -> list[FactT]:
        made: list[FactT] = []
        for entry in entries if isinstance(entries, list) else []:
            try:
                made.append(make(_told(entry) if isinstance(entry, Entry) else entry))
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
                self.damaged += 1
        return made

    def _listener(self, entry: Json) -> Listener:
        sockets = entry.get("sockets", 0)
        return Listener(
            endpoint=_endpoint(entry["address"], entry["port"], entry["transport"]),
            family=Family(entry["family"]),
            state=ListenerState(entry["state"]),
            interface=_text_or_none(entry.get("interface")),
            uid=_fact(entry.get("uid", _NOT_TOLD), _number),
            sockets=_number(sockets),
            owners=self._find_owners(entry["owner"], entry["other_owners"]),
            namespace=self._namespace(entry),
            is_lite=entry.get("is_lite") is True,
        )

    def _connection(self, entry: Json) -> Connection:
        return Connection(
            local=_endpoint(entry["address"], entry["port"], entry["transport"]),
            remote=_endpoint(entry["remote_address"], entry["remote_port"], entry["transport"]),
            direction=Direction(entry["direction"]),
            uid=_fact(entry.get("uid", _NOT_TOLD), _number),
            inode=0,
            owners=self._find_owners(entry["owner"], entry["other_owners"]),
            namespace=self._namespace(entry),
        )

    def _find_owners(self, first: Json, others: Json) -> tuple[Owner, ...] | Unknown:
        """Return owners, as one tuple for all doors with the same ones: who judges tells them apart by identity."""
        key = msgspec.json.encode([first, others])
        if key not in self._owners:
            self._owners[key] = _fact(first, lambda one: () if one is None else tuple(map(_owner, [one, *others])))
        return self._owners[key]

    def _namespace(self, entry: Json) -> NetworkNamespace | Unknown:
        id_ = _fact(entry.get("namespace", _NOT_TOLD), _text)
        if isinstance(id_, Unknown):
            return NO_NAMESPACE
        return NetworkNamespace(id_, _text_or_none(entry.get("namespace_name")), None, is_own=id_ == self._own)


_NOT_TOLD = {"unknown": str(Reason.NOT_SUPPORTED)}


def _told(entry: Entry) -> dict[str, Json]:
    return {name: value for name, value in msgspec.structs.asdict(entry).items() if value is not msgspec.UNSET}


def is_report(document: Json) -> bool:
    """Tell whether a document is one of ``check``."""
    schema = document.get("schema") if isinstance(document, dict) else None
    return isinstance(schema, str) and schema.startswith(SCHEMA)


def _fact(value: Json, make: Callable[[Json], FactT], what: str = "not told") -> FactT | Unknown:
    """Return a value, or why it is not known."""
    if isinstance(value, dict) and set(value) == {"unknown"}:
        return Unknown(Reason(value["unknown"]), what)
    return make(value)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _optional(value: Json) -> str | None:
    return None if value is None else _text(value)


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**32:
        raise ValueError(value)
    return value


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _endpoint(address: Json, port: Json, transport: Json) -> Endpoint:
    found: Address | None = parse_address(_text(address))
    if found is None:
        raise ValueError(address)
    return Endpoint(found.text, Port(_number(port), Transport(transport)))


def _owner(value: Json) -> Owner:
    told = {name: value.get(name, _NOT_TOLD) for name in Owner.__struct_fields__}
    return Owner(
        pid=_number(told["pid"]),
        program=_text(told["program"]),
        executable=_fact(told["executable"], _optional, "executable"),
        file=_fact(told["file"], ExecutableFile, "file"),
        uid=_fact(told["uid"], _number, "user"),
        user=_fact(told["user"], _optional, "user"),
        started_at=_fact(told["started_at"], _text, "start"),
        ancestors=_fact(told["ancestors"], lambda several: tuple(map(_ancestor, several))),
        command=_fact(told["command"], lambda several: tuple(map(_text, several))),
        script=_fact(told["script"], _optional),
        unit=_fact(told["unit"], _optional),
        container=_fact(told["container"], _container),
        package=_fact(told["package"], _package),
        activation=_fact(told["activation"], Activation),
        stdin_socket=_fact(told["stdin_socket"], _flag),
        debugger=_fact(told["debugger"], _optional),
        debugger_port=_fact(told["debugger_port"], lambda port: None if port is None else _number(port)),
        runs_shell=_fact(told["runs_shell"], _flag),
    )


def _ancestor(value: Json) -> Ancestor:
    return Ancestor(_number(value["pid"]), _text(value["program"]))


def _container(value: Json) -> Container | None:
    if value is None:
        return None
    return Container(
        _text(value["engine"]), _text(value["id"]), _optional(value.get("name")), _optional(value.get("image"))
    )


def _package(value: Json) -> Package | None:
    if value is None:
        return None
    return Package(
        manager=_text(value["manager"]),
        name=_text(value["name"]),
        version=_optional(value.get("version")),
        is_claim=_flag(value["is_claim"]),
        changed_at=_fact(value.get("changed_at"), _optional),
    )


def _unseen(coverage: Json) -> tuple[Unseen, ...]:
    entries = coverage.get("unseen") if isinstance(coverage, dict) else None
    return (
        tuple(_one_unseen(entry) for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()
    )


def _one_unseen(entry: dict[str, Json]) -> Unseen:
    told, count = entry.get("id"), entry.get("count")
    counted = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
    reason = entry.get("reason")
    because = Reason(reason) if isinstance(reason, str) and reason in set(Reason) else Reason.NOT_SUPPORTED
    detail = _text_or_none(entry.get("detail"))
    if isinstance(told, str) and told in REMEDIES and (counted is not None or told not in COUNTED):
        return Unseen(told, because, REMEDIES[told], counted, detail)
    hides_sockets = told not in NO_SOCKETS_HIDDEN if isinstance(told, str) else True
    what = "unseen.printed-elsewhere" if hides_sockets else "unseen.printed-elsewhere-details"
    return Unseen(what, because, "remedy.printed-there", None, _text_or_none(entry.get("what")))
