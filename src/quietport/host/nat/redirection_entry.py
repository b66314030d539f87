"""One redirection, before anyone knows in which namespace it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.port import PortRange, Transport
from quietport.model.redirection import Mechanism, Redirection

if TYPE_CHECKING:
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.unknown import Unknown


class RedirectionEntry(Struct, frozen=True):
    """The fields of a Redirection as plain values, so that it crosses a pipe."""

    mechanism: str
    """A Mechanism."""
    transport: str
    """A Transport."""
    address: str | None
    """Destination address or network that it takes packets for, or None for every one."""
    first: int
    """Lowest destination port that it takes packets for."""
    last: int
    """Highest one."""
    to_address: str | None
    """Where they go, or None for this host."""
    to_first: int | None
    """Lowest port they go to, or None for the same."""
    to_last: int | None
    """Highest one."""
    rule: str
    """The table and chain, or the service, that it stands in; hostile text."""
    is_local: bool
    """Only packets of this host's own programs are taken."""
    is_narrowed: bool
    """It has other conditions, which are not told."""

    def record(self, namespace: NetworkNamespace | Unknown) -> Redirection:
        """Return the record of it in a namespace."""
        to_ports = None
        if self.to_first is not None:
            to_ports = PortRange(self.to_first, self.to_first if self.to_last is None else self.to_last)
        return Redirection(
            mechanism=Mechanism(self.mechanism),
            transport=Transport(self.transport),
            address=self.address,
            ports=PortRange(self.first, self.last),
            to_address=self.to_address,
            to_ports=to_ports,
            rule=self.rule,
            namespace=namespace,
            is_local=self.is_local,
            is_narrowed=self.is_narrowed,
        )
