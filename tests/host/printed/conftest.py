"""Recorded output, and its listeners in a form that a test can write down whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quietport.host.printed.printed_host import PrintedHost, read_printed
from quietport.model.listener import Connection, Listener
from quietport.model.port import Port, Transport
from quietport.model.unknown import Unknown

RECORDED = Path(__file__).with_name("recorded")
NAMES = {"ssh": 22, "domain": 53, "bootpc": 68, "dhcpv6-client": 546, "redis": 6379}

Read = Callable[[bytes | str], PrintedHost]
Row = tuple[object, ...]


def name_to_port(name: str, _transport: Transport) -> int | None:
    """Return the number of the few services that were recorded by name."""
    return NAMES.get(name)


def is_quiet(port: Port) -> bool:
    """Tell that 851, 852 and 1004 are quiet."""
    return port.number in {851, 852, 1004}


@pytest.fixture(scope="session")
def read() -> Read:
    """Return a reader of output, or of a recorded file by its name."""

    def reader(printed: bytes | str) -> PrintedHost:
        data = (RECORDED / printed).read_bytes() if isinstance(printed, str) else printed
        return read_printed(data, is_quiet, name_to_port)

    return reader


def holders(seen: Listener | Connection) -> object:
    """Return process ids and names, or why they are not known."""
    if isinstance(seen.owners, Unknown):
        return str(seen.owners.reason)
    return [(owner.pid, owner.program) for owner in seen.owners]


Rows = Callable[[PrintedHost], list[Row]]


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Return a function that tells listeners as rows: transport, endpoint, family, state, interface, holders."""

    def told(printed: PrintedHost) -> list[Row]:
        return [
            (
                str(seen.port.transport),
                str(seen.endpoint),
                str(seen.family),
                str(seen.state),
                seen.interface,
                holders(seen),
            )
            for seen in printed.view.listeners
        ]

    return told


@pytest.fixture(scope="session")
def calls() -> Rows:
    """Return a function that tells connections as rows: near end, far end, direction, holders."""

    def told(printed: PrintedHost) -> list[Row]:
        return [
            (str(seen.local), str(seen.remote), str(seen.direction), holders(seen)) for seen in printed.view.connections
        ]

    return told


@pytest.fixture(scope="session")
def unseen() -> Callable[[PrintedHost], dict[str, int | None]]:
    """Return a function that tells what was not seen, and how many of it."""
    return lambda printed: {entry.what: entry.count for entry in printed.view.coverage.unseen}
