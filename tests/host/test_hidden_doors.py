"""What a cross-view found, among the listeners that are judged."""

from __future__ import annotations

from typing import Any

from quietport.host.hidden_doors import NO_SOCKET, NOT_LOOKED, mark_doors
from quietport.model.cross_view import Answer, CrossView, HiddenPort, Mismatch, Table
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.namespace import NO_NAMESPACE, NetworkNamespace
from quietport.model.port import Port, Transport
from quietport.model.unknown import Coverage, Reason, Unknown

TCP, UDP = Transport.TCP, Transport.UDP
HOST = NetworkNamespace("net:[7]", None, 1, True)


def view(hidden: tuple[HiddenPort, ...] = (), mismatches: tuple[Mismatch, ...] = ()) -> CrossView:
    told: dict[str, Any] = {"namespace": NO_NAMESPACE, "counts": (), "tables": tuple(Table), "coverage": Coverage()}
    return CrossView(
        hidden=hidden,
        mismatches=mismatches,
        probed=131_070,
        dual_stack=True,
        looks=5,
        settled=0,
        elapsed_s=0.7,
        **told,
    )


def mismatch(number: int, inode: int, *, listens: bool = True, remote: int = 0, address: str = "0.0.0.0") -> Mismatch:
    return Mismatch(
        local=Endpoint(address, Port(number, TCP)),
        remote=Endpoint("10.0.0.2", Port(remote, TCP)) if remote else None,
        family=Family.IPV4,
        listens=listens,
        listed_by=Table.SOCK_DIAG,
        uid=1000,
        inode=inode,
    )


def listener(number: int, *inodes: int, address: str = "0.0.0.0", owners: Any = ()) -> Listener:
    return Listener(
        Endpoint(address, Port(number, TCP)), Family.IPV4, ListenerState.LISTENING, "eth0", 0, inodes, owners
    )


def test_where_nothing_disagrees_the_listeners_stay_as_they_are() -> None:
    listeners = (listener(9, 1), listener(2, 2))
    assert mark_doors(listeners, view()) == listeners


def test_a_hidden_port_is_a_door_of_which_nothing_else_is_known() -> None:
    hidden = HiddenPort(Endpoint("::", Port(851, UDP)), Family.DUAL, Answer.NOT_TRIED)
    first, second, third = mark_doors((listener(22, 1), listener(900, 2)), view((hidden,)), namespace=HOST)
    assert (first, third) == (listener(22, 1), listener(900, 2))
    assert second == Listener(
        endpoint=Endpoint("::", Port(851, UDP)),
        family=Family.DUAL,
        state=ListenerState.HIDDEN,
        interface=None,
        uid=Unknown(Reason.NOT_SUPPORTED, "user of a port without a socket in any table"),
        inodes=(),
        owners=NO_SOCKET,
        namespace=HOST,
    )


def test_a_listener_that_one_table_leaves_out_stands_once_with_its_owners() -> None:
    owners = Unknown(Reason.EXITED, "owner")
    held = (listener(22, 1), listener(80, 4, 5, owners=owners), listener(80, 6, address="127.0.0.1"))
    doors = mark_doors(held, view((), (mismatch(80, 5),)))
    assert [(door.inodes, door.state) for door in doors] == [
        ((1,), ListenerState.LISTENING),
        ((4, 5), ListenerState.MISMATCH),
        ((6,), ListenerState.LISTENING),
    ]
    assert (doors[1].owners, doors[1].interface) == (owners, "eth0")


def test_a_socket_of_the_kernel_is_known_by_its_place_alone() -> None:
    (door,) = mark_doors((listener(4789),), view((), (mismatch(4789, 0),)))
    assert (door.state, door.inodes) == (ListenerState.MISMATCH, ())


def test_a_listener_that_only_the_text_lists_is_added_and_its_holder_found_by_inode() -> None:
    asked: list[list[int]] = []

    def owners_of(inodes: list[int]) -> Unknown:
        asked.append(inodes)
        return NOT_LOOKED

    (door,) = mark_doors((), view((), (mismatch(80, 5),)), owners_of, HOST)
    assert asked == [[5]]
    assert door == Listener(
        endpoint=Endpoint("0.0.0.0", Port(80, TCP)),
        family=Family.IPV4,
        state=ListenerState.MISMATCH,
        interface=None,
        uid=1000,
        inodes=(5,),
        owners=NOT_LOOKED,
        namespace=HOST,
    )


def test_connections_are_one_door_a_near_end_and_none_where_their_listener_is_one() -> None:
    found = (
        mismatch(80, 5),
        mismatch(80, 0, listens=False, remote=40_001, address="10.0.0.1"),
        mismatch(4444, 6, listens=False, remote=1),
        mismatch(4444, 7, listens=False, remote=2),
    )
    doors = mark_doors((), view((), found))
    assert [(door.port.number, door.inodes, door.state) for door in doors] == [
        (80, (5,), ListenerState.MISMATCH),
        (4444, (6,), ListenerState.MISMATCH),
    ]


def test_doors_stand_in_order_of_port_transport_and_address() -> None:
    hidden = tuple(
        HiddenPort(Endpoint(address, Port(number, transport)), Family.IPV4, Answer.REFUSED)
        for number, transport, address in ((80, UDP, "::1"), (80, TCP, "::1"), (80, TCP, "127.0.0.1"), (7, UDP, "::"))
    )
    doors = mark_doors((listener(81, 1),), view(hidden))
    assert [(door.port.number, str(door.port.transport), door.endpoint.address) for door in doors] == [
        (7, "udp", "::"),
        (80, "tcp", "127.0.0.1"),
        (80, "tcp", "::1"),
        (80, "udp", "::1"),
        (81, "tcp", "0.0.0.0"),
    ]
