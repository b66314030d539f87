"""A network namespace: sockets, interfaces and addresses of their own (``man 7 network_namespaces``)."""

from __future__ import annotations

from msgspec import Struct

from quietport.model.unknown import Reason, Unknown

NO_NAMESPACE = Unknown(Reason.NOT_SUPPORTED, "network namespace")
"""Stands where the system or the input has no such thing, or does not tell."""


class NetworkNamespace(Struct, frozen=True):
    """One network namespace of this host."""

    id: str
    """As the kernel names it, ``net:[4026531840]``; of another boot it means nothing."""
    name: str | None
    """The name that ``ip netns`` knows it by, or None; hostile text."""
    pid: int | None
    """The lowest process id that lives in it; None where only a name or an open file keeps it."""
    is_own: bool
    """It is the one that we look from."""

    @property
    def label(self) -> str:
        """Return what stays the same over restarts, as far as there is such a thing: ``host``, or the name."""
        return "host" if self.is_own else self.name or "unnamed"
