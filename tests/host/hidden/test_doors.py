"""What a cross-view found, among the listeners that are judged."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from quietport.host.hidden.doors import NO_SOCKET, NOT_LOOKED, mark_doors
from quietport.model.cross_view import Answer, CrossView, HiddenPort, Mismatch, Table
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerRun, ListenerState, run_of
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


def listener(number: int, *, address: str = "0.0.0.0", owners: Any = (), sockets: int = 1) -> Listener:
    return Listener(
        Endpoint(address, Port(number, TCP)), Family.IPV4, ListenerState.LISTENING, "eth0", 0, sockets, owners
    )


def run(*numbers: int, namespace: NetworkNamespace = HOST) -> ListenerRun:
    return replace(run_of(listener(numbers[0])), numbers=numbers, namespace=namespace)


def told(doors: tuple[ListenerRun, ...]) -> list[tuple[tuple[int, ...], ListenerState]]:
    return [(door.numbers, door.state) for door in doors]


def test_where_nothing_disagrees_the_listeners_stay_as_they_are() -> None:
    runs = (run(9), run(2, 7))
    assert mark_doors(runs, view()) == runs


def test_a_hidden_port_is_a_door_of_which_nothing_else_is_known() -> None:
    hidden = HiddenPort(Endpoint("::", Port(851, UDP)), Family.DUAL, Answer.NOT_TRIED)
    others, door = mark_doors((run(22, 900),), view((hidden,)), namespace=HOST)
    assert others == run(22, 900)
    assert door == run_of(
        Listener(
            endpoint=Endpoint("::", Port(851, UDP)),
            family=Family.DUAL,
            state=ListenerState.HIDDEN,
            interface=None,
            uid=Unknown(Reason.NOT_SUPPORTED, "user of a port without a socket in any table"),
            sockets=0,
            owners=NO_SOCKET,
            namespace=HOST,
        )
    )


def test_a_listener_that_one_table_leaves_out_stands_once_with_its_owners() -> None:
    owners = Unknown(Reason.EXITED, "owner")
    held = (run(22), replace(run(80, 81, 82), owners=owners), replace(run(81), address="127.0.0.1"))
    doors = mark_doors(held, view((), (mismatch(81, 5),)))
    assert told(doors) == [
        ((22,), ListenerState.LISTENING),
        ((81,), ListenerState.MISMATCH),
        ((80, 82), ListenerState.LISTENING),
        ((81,), ListenerState.LISTENING),
    ]
    assert (doors[1].owners, doors[1].interface) == (owners, "eth0")


def test_a_listener_in_another_namespace_is_another_one() -> None:
    elsewhere = NetworkNamespace("net:[8]", "blue", 2, False)
    assert told(mark_doors((run(81, namespace=elsewhere),), view((), (mismatch(81, 5),)))) == [
        ((81,), ListenerState.LISTENING),
        ((81,), ListenerState.MISMATCH),
    ]


def test_a_listener_that_only_the_text_lists_is_added_and_its_holder_found_by_inode() -> None:
    asked: list[int] = []

    def owners_of(inode: int) -> Unknown:
        asked.append(inode)
        return NOT_LOOKED

    (door,) = mark_doors((), view((), (mismatch(80, 5),)), owners_of, HOST)
    assert asked == [5]
    assert door == run_of(
        Listener(
            endpoint=Endpoint("0.0.0.0", Port(80, TCP)),
            family=Family.IPV4,
            state=ListenerState.MISMATCH,
            interface=None,
            uid=1000,
            sockets=1,
            owners=NOT_LOOKED,
            namespace=HOST,
        )
    )


def test_connections_are_one_door_a_near_end_and_none_where_their_listener_is_one() -> None:
    found = (
        mismatch(80, 5),
        mismatch(80, 0, listens=False, remote=40_001, address="10.0.0.1"),
        mismatch(4444, 6, listens=False, remote=1),
        mismatch(4444, 7, listens=False, remote=2),
    )
    assert told(mark_doors((), view((), found))) == [
        ((80,), ListenerState.MISMATCH),
        ((4444,), ListenerState.MISMATCH),
    ]
