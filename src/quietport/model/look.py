"""A look: when a host was looked at, and what the look could have seen."""

from __future__ import annotations

from msgspec import Struct

from quietport.model.door_key import CHOSEN_NUMBER, UNNAMED
from quietport.model.port import PortRange, Transport


class AskedPorts(Struct, frozen=True):
    """Ports that a look was about."""

    ports: PortRange
    """The numbers."""
    transports: tuple[Transport, ...]
    """Over which transports; empty for all."""


class Look(Struct, frozen=True):
    """One look at a host: a door that it could not have seen is not gone because it was not seen."""

    at: int
    """Seconds since 1970-01-01 in UTC."""
    host: str
    """Which host it was, as ``history.read_standpoint`` tells it."""
    asked: tuple[AskedPorts, ...] = ()
    """The ports asked about; empty for all of them."""
    transports: tuple[Transport, ...] = (Transport.TCP, Transport.UDP)
    """The transports whose sockets were read."""
    namespaces: tuple[str, ...] = ("host",)
    """The namespaces that were looked at, as ``namespace_key`` names them."""
    all_namespaces: bool = False
    """Every network namespace of the host was found and looked at."""
    sockets_complete: bool = True
    """Every socket there was seen, whoever holds it (``Coverage.sockets_complete``)."""

    @property
    def is_whole(self) -> bool:
        """Tell whether it was about every port, and saw every socket."""
        return not self.asked and self.sockets_complete

    def sees_namespace(self, namespace: str) -> bool:
        """Tell whether it saw a namespace; of the unnamed ones, only whether it saw them all."""
        return self.all_namespaces or (namespace in self.namespaces and namespace != UNNAMED)

    def asks(self, transport: str, number: int) -> bool:
        """Tell whether it was about a port; a port that the kernel chose (0) may be any, so only where all were."""
        if transport not in self.transports:
            return False
        return not self.asked or any(
            number != CHOSEN_NUMBER
            and number in asked.ports
            and (not asked.transports or transport in asked.transports)
            for asked in self.asked
        )

    def would_see(self, transport: str, namespace: str, number: int) -> bool:
        """Tell whether a door there would have been seen."""
        return self.sockets_complete and self.sees_namespace(namespace) and self.asks(transport, number)
