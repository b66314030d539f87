from __future__ import annotations

import socket

import pytest

from quietport.host.holders import HeldRun
from quietport.host.listener_group import group_listeners, interface_name
from quietport.host.socket_run import SocketRun
from quietport.model.listener import Family
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Transport
from quietport.model.unknown import Reason, Unknown

NOBODY = Unknown(Reason.NO_OWNER, "owner")


def held(
    ports: dict[int, int],
    *pids: int,
    transport: Transport = Transport.TCP,
    address: str = "0.0.0.0",
    uid: int = 0,
    v6only: bool | None = None,
) -> HeldRun:
    """Return sockets as port and inode, with their holders."""
    state = 10 if transport is Transport.TCP else 7
    run = SocketRun(transport, ":" in address, state, address, 0, uid, v6only, list(ports), list(ports.values()))
    return HeldRun(run, pids)


def shown(*runs: HeldRun) -> list[tuple[object, ...]]:
    asked: list[tuple[int, ...]] = []

    def owners_of(pids: tuple[int, ...], *, has_file: bool) -> Unknown:
        asked.append((*pids, has_file))
        return NOBODY

    found = group_listeners(runs, owners_of, NO_NAMESPACE)
    return [
        (run.transport, run.address, run.family, run.uid, run.numbers, run.sockets, who)
        for run, who in zip(found, asked, strict=True)
    ]


TCP, UDP = Transport.TCP, Transport.UDP


def test_what_differs_in_more_than_its_number_stands_apart_and_numbers_ascend() -> None:
    assert shown(
        held({8080: 7, 53: 4}, 30),
        held({53: 5}, 30, transport=UDP),
        held({9090: 8}, 31),
        held({53: 6}, 30, address="127.0.0.1"),
        held({8080: 9}, 30, address="::", v6only=True),
        held({8081: 10}, 30, uid=1000),
    ) == [
        (TCP, "0.0.0.0", Family.IPV4, 0, (53, 8080), 1, (30, True)),
        (TCP, "0.0.0.0", Family.IPV4, 0, (9090,), 1, (31, True)),
        (UDP, "0.0.0.0", Family.IPV4, 0, (53,), 1, (30, True)),
        (TCP, "127.0.0.1", Family.IPV4, 0, (53,), 1, (30, True)),
        (TCP, "::", Family.IPV6, 0, (8080,), 1, (30, True)),
        (TCP, "0.0.0.0", Family.IPV4, 1000, (8081,), 1, (30, True)),
    ]


def test_a_reuseport_group_is_one_listener_with_everyone_who_holds_a_part() -> None:
    assert shown(held({8080: 7, 8081: 8}, 30), held({8080: 9}, 31, 30), held({8082: 10}, 31)) == [
        (TCP, "0.0.0.0", Family.IPV4, 0, (8080,), 2, (30, 31, True)),
        (TCP, "0.0.0.0", Family.IPV4, 0, (8081,), 1, (30, True)),
        (TCP, "0.0.0.0", Family.IPV4, 0, (8082,), 1, (31, True)),
    ]


def test_a_socket_without_inode_is_none() -> None:
    assert shown(held({2049: 0, 111: 5})) == [
        (TCP, "0.0.0.0", Family.IPV4, 0, (111,), 1, (True,)),
        (TCP, "0.0.0.0", Family.IPV4, 0, (2049,), 0, (False,)),
    ]


@pytest.mark.skipif(not hasattr(socket, "if_nameindex"), reason="no interface names")
def test_the_name_of_an_interface() -> None:
    index, name = socket.if_nameindex()[0]
    assert interface_name(index) == name
    assert interface_name(2_000_000_007) == "if2000000007"
