"""What one look at a host shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.listener import listeners_of
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port

if TYPE_CHECKING:
    from quietport.model.cross_view import CrossView
    from quietport.model.listener import Connection, Listener, ListenerRun
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.raw_socket import RawSocket
    from quietport.model.redirection import Behind
    from quietport.model.unknown import Coverage, Unknown

Quiet = Callable[[Port], bool]
"""Tells whether a port is one where no traffic is expected; asked once a port."""


Wanted = Callable[[Port], bool]
"""Tells whether a port is one that was asked about."""


class HostView(Struct, frozen=True):
    """The doors of this host and the connections from or to quiet ports, at one moment."""

    runs: tuple[ListenerRun, ...]
    """The listeners, those together that differ in nothing but their number."""
    connections: tuple[Connection, ...]
    """In the same order, of the local end; empty where no quiet ports were named."""
    coverage: Coverage
    """What could not be seen."""
    method: str
    """How the sockets were read: ``sock_diag``, ``proc-net``, ``psutil``."""
    namespace: str | Unknown = NO_NAMESPACE
    """The network namespace that was looked at, as ``net:[4026531840]``."""
    raw_sockets: tuple[RawSocket, ...] = ()
    """Packet and raw sockets: what listens without a port."""
    redirections: tuple[Behind, ...] = ()
    """What answers without a listener."""
    namespaces: tuple[NetworkNamespace, ...] = ()
    """The network namespaces that were looked at."""
    all_namespaces: bool = False
    """Those are all that this host has."""
    cross_view: CrossView | None = None
    """What a bind to every port showed, where it was asked for."""

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Return them one by one, in order of port number, transport and address."""
        return listeners_of(self.runs)
