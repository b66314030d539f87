"""Sockets that the kernel itself opened: no process holds them, and nobody hides them (truth 10).

Tunnels tell their port over netlink, NFS and the storage targets in files. A port that a kernel service took
without telling (lockd, an NFS client's callback) is not named here: its modules are, as what might hold it.

A kernel socket has an owner like any other: ``kernel_owner`` makes one of pid 0 and without executable,
which is what a thread of the kernel looks like too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.host import generic_netlink
from quietport.host.links import PORT_ATTRIBUTES
from quietport.host.netlink import attribute
from quietport.model.owner import Activation, Owner
from quietport.model.port import PORT_COUNT, Port, Transport
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from quietport.host.links import Link
    from quietport.host.netlink import Channel

WIREGUARD_KIND = "wireguard"
SILENT_MODULES = ("lockd", "nfsv4", "rxrpc", "smc")
"""Modules that open sockets on ports which nothing tells (``/sys/module``)."""

_NFSD_TRANSPORTS = {"tcp": Transport.TCP, "udp": Transport.UDP}
_KSMBD_PORT = "445"  # ksmbd.conf: "tcp port", which the kernel does not tell
_NO_FILE = Unknown(Reason.NOT_SUPPORTED, "file of a kernel socket")


class KernelSocket(Struct, frozen=True):
    """A port that the kernel itself listens on; plain values, so that it crosses a pipe."""

    transport: str
    """``tcp`` or ``udp``: a Transport."""
    port: int
    """Its number."""
    what: str
    """What listens there: ``vxlan vx0``, ``nfsd``; hostile text, for names of interfaces are."""
    is_moved: bool
    """The socket is in another namespace than what it belongs to."""


class KernelSockets(Struct, frozen=True):
    """What one network namespace tells of the kernel's own sockets."""

    sockets: list[KernelSocket]
    """Those whose port is known."""
    silent: list[str]
    """What is there and listens on a port that could not be read: ``wireguard wg0``, ``lockd``."""


def tunnel_sockets(links: Iterable[Link]) -> list[KernelSocket]:
    """Return the sockets of the tunnels that tell their port with the link."""
    return [
        KernelSocket(str(Transport.UDP), link.port, f"{link.kind} {link.name}", link.is_moved)
        for link in links
        if link.port is not None and link.kind in PORT_ATTRIBUTES
    ]


def read_kernel_sockets(
    links: Sequence[Link], proc: str = "/proc", sys_root: str = "/sys", *, is_own: bool = True
) -> KernelSockets:
    """Return the kernel's sockets in this network namespace, as far as they are told; raises nothing.

    What files tell is of the namespace that they were mounted in, so they are read for our own alone.
    """
    sockets, silent = _ask_families(links)
    if is_own:
        sockets += read_nfsd(proc) + read_targets(sys_root)
        silent += [name for name in SILENT_MODULES if os.path.isdir(f"{sys_root}/module/{name}")]
    return KernelSockets(tunnel_sockets(links) + sockets, silent)


def _ask_families(links: Sequence[Link]) -> tuple[list[KernelSocket], list[str]]:
    """Return what WireGuard tells of each of its links, and FOU and L2TP of what they have; and what told nothing.

    WireGuard's answer holds the private key, to whom it answers at all: nothing but the port is kept of it.
    """
    wireguards = [link for link in links if link.kind == WIREGUARD_KIND]
    sockets: list[KernelSocket] = []
    silent: list[str] = []
    try:
        with generic_netlink.open_channel() as channel:
            for link in wireguards:
                name = attribute(generic_netlink.WGDEVICE_A_IFNAME, os.fsencode(link.name) + b"\0")
                what = f"{WIREGUARD_KIND} {link.name}"
                ports = _ports_or_none(channel, generic_netlink.WIREGUARD, name)
                sockets += [_udp(port, what, is_moved=link.is_moved) for port in ports]
                silent += [] if ports else [what]
            for family in (generic_netlink.FOU, generic_netlink.L2TP):
                sockets += [_udp(port, family.name) for port in _ports_or_none(channel, family)]
    except OSError:
        silent = [f"{WIREGUARD_KIND} {link.name}" for link in wireguards]
    return sockets, silent


def _ports_or_none(channel: Channel, family: generic_netlink.Family, *asked: bytes) -> list[int]:
    try:
        return generic_netlink.read_ports(channel, family, *asked)
    except OSError:
        return []


def _udp(port: int, what: str, *, is_moved: bool = False) -> KernelSocket:
    return KernelSocket(str(Transport.UDP), port, what, is_moved)


def parse_portlist(text: str) -> list[KernelSocket]:
    """Return what ``/proc/fs/nfsd/portlist`` lists, a transport and a port a line (``man 7 nfsd``)."""
    found: list[KernelSocket] = []
    for line in text.split("\n"):
        name, _, number = line.strip().partition(" ")
        transport = _NFSD_TRANSPORTS.get(name)
        port = _port(number)
        if transport is not None and port:
            found.append(KernelSocket(str(transport), port, "nfsd", is_moved=False))
    return list(dict.fromkeys(found))


def read_nfsd(proc: str) -> list[KernelSocket]:
    """Return the ports of the NFS server; none where there is no such server, or this user may not read them."""
    try:
        with open(f"{proc}/fs/nfsd/portlist", encoding="ascii", errors="replace") as file:
            return parse_portlist(file.read())
    except OSError:
        return []


def read_targets(sys_root: str) -> list[KernelSocket]:
    """Return the ports of the storage targets and of the SMB server in the kernel, as their files tell them."""
    found: list[KernelSocket] = []
    if os.path.isdir(f"{sys_root}/class/ksmbd-control"):
        found.append(_tcp(_KSMBD_PORT, "ksmbd"))
    iscsi = f"{sys_root}/kernel/config/target/iscsi"
    for target in _names(iscsi):
        for group in _names(f"{iscsi}/{target}"):
            portals = _names(f"{iscsi}/{target}/{group}/np")
            found += [_tcp(portal.rpartition(":")[2], "iscsi-target") for portal in portals]
    nvmet = f"{sys_root}/kernel/config/nvmet/ports"
    ports = [f"{nvmet}/{number}" for number in _names(nvmet)]
    found += [_tcp(_line(f"{port}/addr_trsvcid"), "nvmet") for port in ports if _line(f"{port}/addr_trtype") == "tcp"]
    return [entry for entry in dict.fromkeys(found) if entry.port]


def _tcp(number: str, what: str) -> KernelSocket:
    return KernelSocket(str(Transport.TCP), _port(number), what, is_moved=False)


def _port(text: str) -> int:
    """Return a port number, or 0 where the text is none."""
    text = text.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0  # noqa: PLR2004 - 65535 has five
    return number if number < PORT_COUNT else 0


def _names(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def _line(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""


def kernel_owner(what: str) -> Owner:
    """Return the kernel as the owner of a socket; ``program`` says which part of it, as ``vxlan vx0``."""
    return Owner(
        pid=0,
        program=what,
        executable=None,
        file=_NO_FILE,
        uid=0,
        user=None,
        started_at=Unknown(Reason.NOT_SUPPORTED, "start of the kernel"),
        ancestors=(),
        command=(),
        script=None,
        unit=None,
        container=None,
        package=None,
        activation=Activation.NONE,
        stdin_socket=False,
        debugger=None,
        debugger_port=None,
        runs_shell=False,
    )


class KernelOwners:
    """Tells which sockets of one network namespace are the kernel's; an owner is made once."""

    def __init__(self, here: Iterable[KernelSocket], elsewhere: Iterable[KernelSocket] = ()) -> None:
        """Take those of this namespace, and those of others, whose sockets may have stayed here."""
        named = [entry for entry in elsewhere if entry.is_moved] + [entry for entry in here if not entry.is_moved]
        own_moved = [entry for entry in here if entry.is_moved]
        self._by_port: Mapping[tuple[str, int], tuple[Owner, ...]] = {
            (entry.transport, entry.port): (kernel_owner(entry.what),) for entry in (*own_moved, *named)
        }

    def explain(self, port: Port, owners: tuple[Owner, ...] | Unknown) -> tuple[Owner, ...] | Unknown:
        """Return the kernel as owner where no other is known and it listens on that port, else ``owners``."""
        if not isinstance(owners, Unknown):
            return owners
        return self._by_port.get((str(port.transport), port.number), owners)
