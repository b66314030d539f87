from __future__ import annotations

import pytest

from quietport.host.quiet_connections import Bound, make_connections, select_quiet
from quietport.host.socket_entry import SocketEntry
from quietport.host.socket_run import SocketRun
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port, Transport
from quietport.model.unknown import Reason, Unknown

TCP = Transport.TCP
NOBODY = Unknown(Reason.NO_OWNER, "owner")


def established(local: str, local_port: int, remote: str, remote_port: int) -> SocketEntry:
    return SocketEntry(TCP, ":" in local, 1, local, local_port, remote, remote_port, 0, 1000, 41, None)


def listening(address: str, port: int) -> SocketRun:
    return SocketRun(TCP, ":" in address, 10, address, 0, 0, None, [port], [40])


def quiet(port: Port) -> bool:
    return port.number in {700, 851}


def directions(connection: SocketEntry, *listeners: SocketRun) -> list[Direction]:
    return [direction for _, direction in select_quiet([connection], Bound(run.place for run in listeners), quiet)]


@pytest.mark.parametrize(
    ("local_port", "remote_port", "direction"),
    [
        (40000, 851, [Direction.OUTBOUND]),
        (700, 851, [Direction.OUTBOUND]),
        (700, 2049, [Direction.LOCAL_QUIET]),
        (40000, 443, []),
    ],
)
def test_without_a_listener_on_the_local_end(local_port: int, remote_port: int, direction: list[Direction]) -> None:
    assert directions(established("10.0.0.2", local_port, "10.0.0.5", remote_port)) == direction


@pytest.mark.parametrize(
    ("local_port", "remote_port", "direction"),
    [
        (851, 40000, [Direction.INBOUND]),
        (851, 700, [Direction.INBOUND]),
        (2049, 700, []),
    ],
    ids=["from anywhere", "from a quiet port", "a client's quiet source port is no service"],
)
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.2"])
def test_with_a_listener_on_the_local_end(
    local_port: int, remote_port: int, direction: list[Direction], address: str
) -> None:
    connection = established("10.0.0.2", local_port, "10.0.0.5", remote_port)
    assert directions(connection, listening(address, local_port)) == direction


def test_a_listener_on_another_address_or_port_did_not_take_it() -> None:
    connection = established("10.0.0.2", 851, "10.0.0.5", 40000)
    assert directions(connection, listening("127.0.0.1", 851), listening("10.0.0.2", 852)) == [Direction.LOCAL_QUIET]


def test_an_ipv4_mapped_connection_came_through_the_ipv4_address_too() -> None:
    connection = established("::ffff:10.0.0.2", 851, "::ffff:10.0.0.5", 40000)
    assert directions(connection, listening("10.0.0.2", 851)) == [Direction.INBOUND]


def test_a_port_is_asked_about_once() -> None:
    asked: list[Port] = []
    connections = [established("10.0.0.2", 40000, "10.0.0.5", 443)] * 3
    list(select_quiet(connections, Bound([]), lambda port: asked.append(port) is not None))
    assert asked == [Port(40000, TCP), Port(443, TCP)]


def test_records_in_order_of_the_local_port() -> None:
    late, early = established("10.0.0.2", 40000, "10.0.0.5", 851), established("10.0.0.2", 700, "10.0.0.6", 2049)
    selected = [(late, Direction.OUTBOUND), (early, Direction.LOCAL_QUIET)]
    first, second = make_connections(selected, lambda _: NOBODY, NO_NAMESPACE)
    assert first.local == Endpoint("10.0.0.2", Port(700, TCP))
    assert second == Connection(
        Endpoint("10.0.0.2", Port(40000, TCP)),
        Endpoint("10.0.0.5", Port(851, TCP)),
        Direction.OUTBOUND,
        1000,
        41,
        NOBODY,
    )
