"""All that one network namespace tells beside its TCP and UDP listeners, and those too where they are asked for.

``read_tables`` looks around in the namespace of the calling thread: in our own, or inside a helper that has entered
another (``namespace_entry``); ``pack`` and ``unpack`` carry what it found through a pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, structs

from quietport.host import kernel_sockets, links, packet_diag, proc_net, raw_sockets, sock_diag
from quietport.host.kernel_sockets import KernelSocket, KernelSockets
from quietport.host.links import Link
from quietport.host.nat import redirections
from quietport.host.nat.redirections import Redirecting
from quietport.host.raw_entry import RawEntry
from quietport.host.socket_entry import TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN, SocketEntry
from quietport.model.errors import SurveyError
from quietport.model.port import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FoundT = TypeVar("FoundT")

BOUND_INACTIVE = 13
"""Bit that asks for TCP sockets which are bound and neither listen nor connect; the answer calls them TCP_CLOSE.
Kernels before 6.8 know no such bit, and answer with none (include/net/tcp_states.h: TCP_BOUND_INACTIVE)."""
FIRST_WITH_BOUND_INACTIVE = (6, 8)

_LISTENING = ((Transport.TCP, 1 << TCP_LISTEN), (Transport.UDP, 1 << TCP_CLOSE))
_LITE = (("udplite", False), ("udplite6", True))


class NamespaceTables(Struct, frozen=True):
    """What one network namespace tells."""

    sockets: list[SocketEntry]
    """TCP listeners and unconnected UDP, and established connections where they were asked for; empty in our own
    namespace, whose sockets are read by who asks."""
    bound: list[SocketEntry]
    """TCP sockets that are bound and neither listen nor connect."""
    lite: list[SocketEntry]
    """Unconnected UDP-Lite sockets, as UDP ones: the port numbers are those of UDP (RFC 3828)."""
    sctp: list[SocketEntry]
    """SCTP endpoints that accept."""
    raw: list[RawEntry]
    """Packet and raw sockets."""
    links: list[Link]
    """Interfaces."""
    addresses: list[str]
    """Addresses of the interfaces."""
    kernel: KernelSockets
    """The kernel's own sockets."""
    redirecting: Redirecting
    """What answers without a listener."""
    missing: dict[str, str]
    """Message id of what could not be read, and what the system said."""
    damaged: int
    """Entries that were malformed."""

    @property
    def interfaces(self) -> dict[int, str]:
        """Return the names of the interfaces by index."""
        return {link.index: link.name for link in self.links}

    @property
    def inodes(self) -> set[int]:
        """Return the inodes of all sockets here, to look for their holders."""
        entries = (*self.sockets, *self.bound, *self.lite, *self.sctp)
        return {entry.inode for entry in entries} | {entry.inode for entry in self.raw}


def read_tables(
    proc: str = "/proc", sys_root: str = "/sys", *, sockets: bool, established: bool = False, is_own: bool = True
) -> NamespaceTables:
    """Return what the network namespace of this thread tells; what cannot be read is named, and raises nothing.

    ``sockets``: its TCP and UDP listeners too; ``established``: its connections as well; ``is_own``:
    it is the one that this process was started in, or was told to look at.
    """
    missing: dict[str, str] = {}
    damage: list[int] = []
    nothing: tuple[list[RawEntry], int] = ([], 0)
    packets, damaged = _try(lambda: packet_diag.read_packet_sockets(proc), nothing, "unseen.packet-sockets", missing)
    raws, malformed = _try(lambda: raw_sockets.read_raw_sockets(proc), nothing, "unseen.raw-sockets", missing)
    damage += [damaged, malformed]
    no_links: tuple[list[Link], list[str]] = ([], [])
    found_links, addresses = _try(links.read_links, no_links, "unseen.links", missing)
    return NamespaceTables(
        sockets=_try(
            lambda: _read_sockets(proc, damage, established=established), [], "unseen.namespace-sockets", missing
        )
        if sockets
        else [],
        bound=_read_bound(proc, missing),
        lite=_read_lite(proc, damage),
        sctp=_read_sctp(proc, damage),
        raw=packets + raws,
        links=found_links,
        addresses=addresses,
        kernel=kernel_sockets.read_kernel_sockets(found_links, proc, sys_root, is_own=is_own),
        redirecting=redirections.read_redirections(proc),
        missing=missing,
        damaged=sum(damage),
    )


def _try(read: Callable[[], FoundT], nothing: FoundT, what: str, missing: dict[str, str]) -> FoundT:
    try:
        return read()
    except SurveyError as error:
        missing[what] = str(error)
    except OSError as error:
        missing[what] = error.strerror or str(error)
    return nothing


def _read_sockets(proc: str, damage: list[int], *, established: bool) -> list[SocketEntry]:
    more = 1 << TCP_ESTABLISHED if established else 0
    try:
        dumps = sock_diag.read_sockets([(transport, states | more) for transport, states in _LISTENING])
    except OSError:
        tables = proc_net.read_tables(proc)
        damage += [table.damaged for table in tables]
        entries = [entry for table in tables for entry in table.sockets]
    else:
        damage += [dump.damaged for dump in dumps]
        entries = [entry for dump in dumps for entry in dump.sockets]
    return [entry for entry in entries if entry.listens or (established and entry.state == TCP_ESTABLISHED)]


def _read_bound(proc: str, missing: dict[str, str]) -> list[SocketEntry]:
    try:
        dumps = sock_diag.read_sockets([(Transport.TCP, 1 << BOUND_INACTIVE)])
    except OSError as error:
        missing["unseen.bound"] = error.strerror or str(error)
        return []
    found = [entry for dump in dumps for entry in dump.sockets if entry.local_port]
    if not found and not knows_bound_inactive(release := _read_text(f"{proc}/sys/kernel/osrelease").strip()):
        missing["unseen.bound"] = release
    return found


def knows_bound_inactive(release: str) -> bool:
    """Tell whether a kernel of this release lists sockets that are only bound; a distribution may add it earlier."""
    first, _, rest = release.partition(".")
    second = rest.partition(".")[0].partition("-")[0]
    if not (first.isdigit() and second.isdigit()):
        return False
    return (int(first), int(second)) >= FIRST_WITH_BOUND_INACTIVE


def _read_lite(proc: str, damage: list[int]) -> list[SocketEntry]:
    """Return the UDP-Lite sockets; none where the kernel has no such protocol (it was taken out after 6.18)."""
    found: list[SocketEntry] = []
    for name, is_ipv6 in _LITE:
        text = _read_text(f"{proc}/net/{name}")
        table = proc_net.parse_table(text, Transport.UDP, is_ipv6=is_ipv6)
        damage.append(table.damaged)
        found += [entry for entry in table.sockets if entry.listens]
    return found


def _read_sctp(proc: str, damage: list[int]) -> list[SocketEntry]:
    text = _read_text(f"{proc}/net/sctp/eps")
    if not text:
        return []
    from quietport.host.sctp_table import parse_eps  # noqa: PLC0415 - few kernels have it

    found, damaged = parse_eps(text)
    damage.append(damaged)
    return found


def _read_text(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def pack(tables: NamespaceTables) -> tuple[Any, ...]:
    """Return the same as plain tuples, lists and dictionaries, which marshal can write."""
    plain: tuple[Any, ...] = _plain(tables)
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the tables
    if isinstance(value, Struct):
        return tuple(map(_plain, structs.astuple(value)))
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, list):
        return list(map(_plain, value))
    return str(value) if isinstance(value, Transport) else value


def unpack(packed: Any) -> NamespaceTables:  # noqa: ANN401 - what came through a pipe
    """Return the tables that ``pack`` made plain; raises ValueError or TypeError where it was something else."""
    sockets, bound, lite, sctp, raw, links_, addresses, kernel, redirecting, missing, damaged = packed
    entries, *rest = redirecting
    return NamespaceTables(
        sockets=_entries(sockets),
        bound=_entries(bound),
        lite=_entries(lite),
        sctp=_entries(sctp),
        raw=[RawEntry(*one) for one in raw],
        links=[Link(*one) for one in links_],
        addresses=addresses,
        kernel=KernelSockets([KernelSocket(*one) for one in kernel[0]], kernel[1]),
        redirecting=Redirecting(redirections.unpack_entries(entries), *rest),
        missing=missing,
        damaged=damaged,
    )


def _entries(rows: Iterable[tuple[Any, ...]]) -> list[SocketEntry]:
    return [SocketEntry(Transport(row[0]), *row[1:]) for row in rows]
