"""One packet or raw socket, before anyone knows who holds it."""

from __future__ import annotations

from msgspec import Struct


class RawEntry(Struct, frozen=True):
    """A socket without a port, as the kernel tells of it; plain values, so that it crosses a pipe."""

    kind: str
    """``packet`` or ``raw``: a RawKind."""
    family: str
    """``packet``, ``ipv4`` or ``ipv6``."""
    protocol: int
    """ETH_P_* for a packet socket, else the IP protocol number."""
    interface: int
    """Index of the interface it is bound to, or 0."""
    address: str | None
    """Local address of a raw socket that is bound to one, or None."""
    uid: int | None
    """User id it was made by; None where it is not told."""
    inode: int
    """Socket inode."""
