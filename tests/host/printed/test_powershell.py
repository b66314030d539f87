"""Records of PowerShell that say too little, and those cut to fit a window."""

from __future__ import annotations

from typing import Any

import pytest

from quietport.host.printed.powershell import EndpointRecords
from quietport.host.printed.socket_line import PrintedState
from quietport.model.port import Transport


def add(**record: str) -> tuple[bool, list[Any]]:
    records = EndpointRecords(lambda *_: None)
    return records.add({"localaddress": "127.0.0.1", "localport": "80", **record}), records.found.sockets


@pytest.mark.parametrize(
    ("record", "transport", "state"),
    [
        ({"state": "Listen"}, Transport.TCP, PrintedState.LISTENS),
        ({"state": "2"}, Transport.TCP, PrintedState.LISTENS),
        ({"state": "Bound"}, Transport.TCP, PrintedState.BOUND),
        ({"remoteport": "0", "remoteaddress": "0.0.0.0"}, Transport.TCP, PrintedState.LISTENS),
        (
            {"state": "5", "remoteaddress": "10.0.0.1", "remoteport": "851"},
            Transport.TCP,
            PrintedState.CONNECTED,
        ),
        ({}, Transport.UDP, PrintedState.LISTENS),
    ],
)
def test_the_transport_shows_in_what_is_told(record: dict[str, str], transport: Transport, state: PrintedState) -> None:
    taken, (socket,) = add(**record)
    assert (taken, socket.transport, socket.state) == (True, transport, state)


@pytest.mark.parametrize(
    "record",
    [
        {"owningprocess": "7"},
        {"state": "Listen", "localport": "65536"},
        {"state": "Listen", "localaddress": "x"},
        {"state": "Established", "remoteport": "851"},
        {"state": "Listen", "remoteport": "-1"},
    ],
    ids=["tcp or udp", "port", "address", "no remote address", "remote port"],
)
def test_what_says_too_little_is_not_taken(record: dict[str, str]) -> None:
    assert add(**record) == (False, [])


def test_other_states_are_passed_over_and_strange_ones_counted() -> None:
    records = EndpointRecords(lambda *_: None)
    for state in ("TimeWait", "11", "Wartend"):
        assert records.add({"localaddress": "127.0.0.1", "localport": "80", "state": state})
    assert (records.found.sockets, records.found.states_unread) == ([], 1)


def test_an_address_that_a_narrow_window_cut_is_counted(read: Any, unseen: Any) -> None:
    table = (
        "LocalAddress LocalPort State  OwningProcess\n------------ --------- -----  -------------\n"
        "fe80::1c2d:… 135       Listen 952\n127.0.0.1    136       Listen 952\n"
    )
    found = read(table.encode())
    assert [seen.port.number for seen in found.view.listeners] == [136]
    assert unseen(found)["unseen.printed-cut"] == 1


def test_a_process_that_is_named_and_one_that_is_the_kernel(read: Any) -> None:
    csv = '"LocalAddress","LocalPort","State","OwningProcess","ProcessName"\n'
    found = read(f'{csv}"::","445","Listen","4","System"\n"::","22","Listen","900","sshd"\n'.encode())
    owners = [seen.owners[0] for seen in found.view.listeners]
    assert [(owner.pid, owner.program, owner.executable is None) for owner in owners] == [
        (900, "sshd", False),
        (4, "System", True),
    ]


def test_a_record_of_a_list_without_its_port_is_counted(read: Any, unseen: Any) -> None:
    text = "LocalAddress : ::\nState        : Listen\n\nLocalAddress : ::\nLocalPort    : 80\nState        : Listen\n"
    found = read(text.encode())
    assert len(found.view.listeners) == 1
    assert unseen(found)["unseen.printed-lines"] == 1
