"""Not-known is a value with a reason, and reaches every output."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Reason(StrEnum):
    """Why something is not known."""

    PERMISSION = "permission"
    """This user may not read it."""
    EXITED = "exited"
    """The process was gone before it could be read."""
    NOT_SUPPORTED = "not-supported"
    """This kernel, system or input has no way to tell."""
    NOT_LOOKED = "not-looked"
    """It was not asked for, or asking would cost more than it tells."""
    NO_OWNER = "no-owner"
    """Every process that could be read was read, and none holds it."""


class Unknown(Struct, frozen=True):
    """Something that could not be seen, with the reason; takes the place of the value."""

    reason: Reason
    """Why it is not known."""
    what: str
    """What it is that is not known, as ``owner of inode 41``."""


class Unseen(Struct, frozen=True):
    """One thing that a survey could not look at, counted, with what would help."""

    what: str
    """Message id of what was not seen, as ``unseen.owners``."""
    reason: Reason
    """Why."""
    remedy: str
    """Message id of the exact right or step that would show it."""
    count: int | None = None
    """How many of it, where it can be counted."""
    detail: str | None = None
    """What the system said, where that helps; hostile text."""


NO_SOCKETS_HIDDEN = frozenset(
    {
        "unseen.bound",
        "unseen.hidepid",
        "unseen.in-flight",
        "unseen.io-uring",
        "unseen.kernel-ports",
        "unseen.legacy-nat",
        "unseen.links",
        "unseen.namespace-entry",
        "unseen.namespace-sockets",
        "unseen.namespaces",
        "unseen.nat",
        "unseen.nat-rules",
        "unseen.owners",
        "unseen.owners-of-sockets",
        "unseen.packet-sockets",
        "unseen.policy-refused",
        "unseen.policy-unreadable",
        "unseen.printed-connections",
        "unseen.printed-details",
        "unseen.printed-elsewhere-details",
        "unseen.printed-owners",
        "unseen.printed-programs",
        "unseen.printed-programs-cut",
        "unseen.printed-v6only",
        "unseen.raw-sockets",
        "unseen.sock-diag",
        "unseen.xdp",
    }
)
"""What hides who holds a socket, which families it takes, what is declared of it, or what is beside the listeners of
this network namespace, and not those."""


class Coverage(Struct, frozen=True):
    """How much of what was asked could be seen."""

    unseen: tuple[Unseen, ...] = ()
    """Everything that could not be, in the order in which it was noticed."""

    @property
    def sockets_complete(self) -> bool:
        """Tell whether every socket was seen; an owner that was not spoils only an answer that needs it."""
        return all(entry.what in NO_SOCKETS_HIDDEN for entry in self.unseen)

    @property
    def complete(self) -> bool:
        """Tell whether nothing was left out."""
        return not self.unseen
