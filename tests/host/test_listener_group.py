from __future__ import annotations

import socket

import pytest

from quietport.host.listener_group import group_listeners, interface_name
from quietport.host.socket_entry import SocketEntry
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.port import Port, Transport
from quietport.model.unknown import Reason, Unknown

NOBODY = Unknown(Reason.NO_OWNER, "owner")
LISTENING = ListenerState.LISTENING


def entry(
    port: int,
    inode: int,
    *,
    transport: Transport = Transport.TCP,
    address: str = "0.0.0.0",
    uid: int = 0,
    interface: int = 0,
    v6only: bool | None = None,
) -> SocketEntry:
    state = 10 if transport is Transport.TCP else 7
    return SocketEntry(transport, ":" in address, state, address, port, "", 0, interface, uid, inode, v6only)


def listener(transport: Transport, address: str, port: int, family: Family, *inodes: int, uid: int = 0) -> Listener:
    return Listener(Endpoint(address, Port(port, transport)), family, LISTENING, None, uid, inodes, NOBODY)


def test_a_reuseport_group_is_one_listener_and_order_is_by_port_transport_and_address() -> None:
    asked: list[list[int]] = []

    def owners_of(inodes: list[int]) -> Unknown:
        asked.append(inodes)
        return NOBODY

    sockets = [
        entry(8080, 9),
        entry(53, 5, transport=Transport.UDP),
        entry(8080, 8),
        entry(53, 4, address="127.0.0.1"),
        entry(53, 3),
        entry(8080, 7, uid=1000),
        entry(8080, 6, address="::", v6only=True),
    ]
    assert group_listeners(sockets, owners_of) == (
        listener(Transport.TCP, "0.0.0.0", 53, Family.IPV4, 3),
        listener(Transport.TCP, "127.0.0.1", 53, Family.IPV4, 4),
        listener(Transport.UDP, "0.0.0.0", 53, Family.IPV4, 5),
        listener(Transport.TCP, "0.0.0.0", 8080, Family.IPV4, 8, 9),
        listener(Transport.TCP, "0.0.0.0", 8080, Family.IPV4, 7, uid=1000),
        listener(Transport.TCP, "::", 8080, Family.IPV6, 6),
    )
    assert asked == [[3], [4], [5], [8, 9], [7], [6]]


def test_a_socket_without_inode_has_none() -> None:
    (found,) = group_listeners([entry(2049, 0)], lambda _: NOBODY)
    assert found.inodes == ()


@pytest.mark.skipif(not hasattr(socket, "if_nameindex"), reason="no interface names")
def test_the_name_of_an_interface() -> None:
    index, name = socket.if_nameindex()[0]
    assert interface_name(index) == name
    assert interface_name(2_000_000_007) == "if2000000007"
