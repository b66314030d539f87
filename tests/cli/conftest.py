"""A home that holds nothing of anybody's, and a host as the test wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from quietport.host.view import HostView
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState, run_of
from quietport.model.owner import Owner
from quietport.model.port import Port, Transport
from quietport.model.unknown import Coverage, Unknown
from quietport.registry.snapshot import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

PutHost = Callable[..., None]
COMPLETE = Coverage()


@pytest.fixture(autouse=True)
def _neutral(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("quietport.registry.store.current_snapshot", lambda: SHIPPED)


@pytest.fixture
def put_host(monkeypatch: pytest.MonkeyPatch) -> PutHost:
    """Return what puts listeners on the host that the command line looks at; until then it has none."""

    def put(*ports: int, owners: tuple[Owner, ...] | Unknown = (), coverage: Coverage = COMPLETE) -> None:
        listeners = tuple(
            Listener(
                Endpoint("127.0.0.1", Port(port, Transport.TCP)),
                Family.IPV4,
                ListenerState.LISTENING,
                None,
                0,
                1,
                owners,
            )
            for port in ports
        )
        view = HostView(tuple(map(run_of, listeners)), (), coverage, "sock_diag")
        monkeypatch.setattr("quietport.host.host_reader.read_host", lambda _quiet, **_wanted: view)
        monkeypatch.setattr("quietport.host.host_reader.start_reading", lambda **_with: lambda _quiet: view)

    put()
    return put


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a snapshot in force that was cut off in the middle."""
    path = tmp_path / "registry.sqlite"
    path.write_bytes(SHIPPED.read_bytes()[:4096])
    monkeypatch.setattr("quietport.registry.store.current_snapshot", lambda: path)
    return path
