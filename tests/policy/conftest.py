"""Doors and holders, and a folder that root trusts."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family, Listener, ListenerState
from quietport.model.owner import Container, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import Port, Transport
from quietport.model.unknown import Unknown

MakeOwner = Callable[..., Owner]
MakeListener = Callable[..., Listener]


@pytest.fixture(scope="session")
def owner() -> MakeOwner:
    """Return a maker of holders."""

    def make(
        executable: str | Unknown | None = "/usr/sbin/nginx",
        pid: int = 41,
        *,
        program: str = "nginx",
        script: str | Unknown | None = None,
        unit: str | Unknown | None = None,
        container: Container | Unknown | None = None,
        package: Package | Unknown | None = None,
    ) -> Owner:
        return Owner(
            pid,
            program,
            executable,
            ExecutableFile.PRESENT,
            0,
            "root",
            "2026-11-23T09:00:00Z",
            script=script,
            unit=unit,
            container=container,
            package=package,
        )

    return make


@pytest.fixture(scope="session")
def listener() -> MakeListener:
    """Return a maker of doors."""

    def make(
        *owners: Owner,
        number: int = 8080,
        transport: Transport = Transport.TCP,
        address: str = "127.0.0.1",
        unseen: Unknown | None = None,
        sockets: int = 1,
    ) -> Listener:
        endpoint = Endpoint(address, Port(number, transport))
        family = Family.IPV6 if ":" in address else Family.IPV4
        return Listener(endpoint, family, ListenerState.LISTENING, None, 0, sockets, unseen or owners)

    return make


@pytest.fixture
def trusted(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that nobody but this user can write to, nor replace on the way: for root not below /tmp."""
    if sys.platform == "win32" or os.geteuid() != 0:
        tmp_path.chmod(0o700)
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="quietport-test-", dir="/var/lib"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
