"""The sockets of macOS, Windows and any other system, asked through psutil.

psutil tells no socket inode, no user of a socket and no IPV6_V6ONLY.
As a macOS user the question for the whole system is refused (psutil.AccessDenied); then every process is
asked for its own sockets, and those of other users are missing.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple, cast

from quietport.host.psutil_owners import PsutilOwners
from quietport.host.quiet_connections import direction_of
from quietport.host.view import HostView, Quiet
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState, run_of
from quietport.model.port import Port, Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quietport.host.psutil_api import PsutilAddress, PsutilApi, PsutilSocket
    from quietport.model.owner import Owner

_KIND = "inet"
_NO_USER = Unknown(Reason.NOT_SUPPORTED, "user of the socket")


class _Seen(NamedTuple):
    port: Port
    address: str
    family: Family
    interface: str
    remote: Endpoint | None


def read_through_psutil(
    quiet: Quiet | None, *, system: str, api: PsutilApi | None = None, with_command: bool = False
) -> HostView:
    """Return what psutil shows of this host; what it refuses is in the coverage."""
    if api is None:
        import psutil  # noqa: PLC0415 - 35 ms, only here

        api = cast("PsutilApi", psutil)
    remedy = "remedy.administrator" if system == "win32" else "remedy.root"
    answers, unseen = _ask(api, remedy)
    listening: dict[_Seen, set[int]] = {}
    established: dict[_Seen, set[int]] = {}
    for answer, pid in answers:
        seen = _parse(answer)
        if seen is not None:
            table = listening if seen.remote is None else established
            table.setdefault(seen, set()).update([pid] if pid else [])
    nobodys = sum(not pids for pids in listening.values())
    if nobodys:
        unseen.append(Unseen("unseen.owners-of-sockets", Reason.PERMISSION, remedy, nobodys))
    owners = PsutilOwners(api, with_command=with_command)
    order = sorted(listening, key=lambda seen: (seen.port, seen.address, seen.family, seen.interface))
    runs = tuple(run_of(_listener(seen, owners.find(listening[seen]))) for seen in order)
    connections = () if quiet is None else tuple(_connections(established, set(listening), quiet, owners))
    return HostView(runs, connections, Coverage(tuple(unseen)), "psutil")


def _ask(api: PsutilApi, remedy: str) -> tuple[list[tuple[PsutilSocket, int | None]], list[Unseen]]:
    try:
        return [(answer, answer.pid) for answer in api.net_connections(_KIND)], []
    except api.AccessDenied:
        pass
    answers: list[tuple[PsutilSocket, int | None]] = []
    refused = 0
    for process in api.process_iter():
        try:
            answers += [(answer, process.pid) for answer in process.net_connections(_KIND)]
        except api.NoSuchProcess:
            continue
        except api.AccessDenied:
            refused += 1
    return answers, [Unseen("unseen.sockets-of-processes", Reason.PERMISSION, remedy, refused)]


def _parse(answer: PsutilSocket) -> _Seen | None:
    """Return a listening or established socket, or None for any other (and for one without an address)."""
    local, remote = answer.laddr, answer.raddr
    is_tcp = answer.type == socket.SOCK_STREAM
    if not local or not local.port or (is_tcp and answer.status not in {"LISTEN", "ESTABLISHED"}):
        return None
    transport = Transport.TCP if is_tcp else Transport.UDP
    address, _, zone = local.ip.partition("%")
    listens = answer.status == "LISTEN" if is_tcp else not remote
    if not listens and not remote:
        return None
    return _Seen(
        Port(local.port, transport),
        address,
        _family(answer.family, address),
        zone,
        None if listens or not remote else _endpoint(remote, transport),
    )


def _endpoint(address: PsutilAddress, transport: Transport) -> Endpoint:
    return Endpoint(address.ip.partition("%")[0], Port(address.port, transport))


def _family(family: int, address: str) -> Family:
    if family == socket.AF_INET:
        return Family.IPV4
    return Family.IPV6_MAYBE_DUAL if address == "::" else Family.IPV6


def _listener(seen: _Seen, owners: tuple[Owner, ...] | Unknown) -> Listener:
    return Listener(
        endpoint=Endpoint(seen.address, seen.port),
        family=seen.family,
        state=ListenerState.LISTENING,
        interface=seen.interface or None,
        uid=_NO_USER,
        sockets=1,
        owners=owners,
    )


def _connections(
    established: dict[_Seen, set[int]], listening: Iterable[_Seen], quiet: Quiet, owners: PsutilOwners
) -> Iterator[Connection]:
    bound = {(seen.port, seen.address) for seen in listening}
    order = sorted(established, key=lambda seen: (seen.port, seen.address))
    for seen in order:
        remote = seen.remote
        if remote is None:
            continue
        addresses = (seen.address, seen.address.removeprefix("::ffff:"), "::", "0.0.0.0")  # noqa: S104 - compared with
        direction: Direction | None = direction_of(
            listener=any((seen.port, address) in bound for address in addresses),
            local_quiet=quiet(seen.port),
            remote_quiet=quiet(remote.port),
        )
        if direction is not None:
            local = Endpoint(seen.address, seen.port)
            yield Connection(local, remote, direction, _NO_USER, 0, owners.find(established[seen]))
