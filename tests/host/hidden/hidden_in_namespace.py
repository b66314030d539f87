"""Opens sockets of every kind, hides some from the tables, and prints what the cross-view makes of them, as JSON.

Run as root in namespaces of its own (``unshare -nm``); it leaves nothing behind.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec

from quietport.host import sock_diag
from quietport.host.hidden import bind_probe
from quietport.host.hidden.bind_probe import locate, probe_ports
from quietport.host.hidden.both_tables import TableReader
from quietport.host.hidden.connect import try_connect
from quietport.host.hidden.cross_view import classify, compare
from quietport.host.hidden.ports import find_hidden
from quietport.host.hidden.unlisted_bound import lists_bound_sockets
from quietport.model.cross_view import CrossView
from quietport.model.endpoint import Endpoint
from quietport.model.port import Port, PortRange, Transport

V4, V6, STREAM, DATAGRAM = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
SOL, V6ONLY = socket.SOL_SOCKET, (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
DUAL = (socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
REUSEPORT, REUSEADDR = (SOL, socket.SO_REUSEPORT, 1), (SOL, socket.SO_REUSEADDR, 1)
SO_BINDTODEVICE, IP_FREEBIND, IP_TRANSPARENT = 25, 15, 19  # asm-generic/socket.h, linux/in.h
FREEBIND, TRANSPARENT = (0, IP_FREEBIND, 1), (0, IP_TRANSPARENT, 1)
TCP, UDP = Transport.TCP, Transport.UDP

Option = tuple[int, int, int | bytes]
kept: list[socket.socket] = []


def keep(
    family: int,
    kind: int,
    address: str,
    port: int,
    *options: Option,
    listens: bool = True,
    backlog: int = 8,
) -> socket.socket:
    """Return a bound socket, which stays open."""
    opened = socket.socket(family, kind)
    for option in options:
        opened.setsockopt(*option)
    opened.bind((address, port))
    if kind == STREAM and listens:
        opened.listen(backlog)
    kept.append(opened)
    return opened


def device(name: str) -> Option:
    """Return the option that binds to an interface."""
    return SOL, SO_BINDTODEVICE, name.encode()


def connected(port: int) -> tuple[socket.socket, socket.socket]:
    """Return both ends of a connection to a listener, which is closed."""
    with socket.socket() as listener:
        listener.setsockopt(*REUSEADDR)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        near = socket.create_connection(("127.0.0.1", port))
        far, _ = listener.accept()
    return near, far


def wait_for_end(near: socket.socket) -> None:
    """Read until the other end has closed."""
    while near.recv(64):
        pass


def open_all() -> dict[str, tuple[int, Transport]]:
    """Return name, port and transport of a socket of every kind."""
    ports: dict[str, tuple[int, Transport]] = {}
    stream: dict[str, Callable[[int], object]] = {
        "listening 0.0.0.0": lambda port: keep(V4, STREAM, "0.0.0.0", port),
        "listening 127.0.0.2": lambda port: keep(V4, STREAM, "127.0.0.2", port),
        "listening 10.9.0.1": lambda port: keep(V4, STREAM, "10.9.0.1", port),
        "listening ::1": lambda port: keep(V6, STREAM, "::1", port),
        "listening :: v6only": lambda port: keep(V6, STREAM, "::", port, V6ONLY),
        "listening :: dual": lambda port: keep(V6, STREAM, "::", port, DUAL),
        "listening reuseport": lambda port: [keep(V4, STREAM, "0.0.0.0", port, REUSEPORT, REUSEADDR) for _ in "ab"],
        "listening lo": lambda port: keep(V4, STREAM, "0.0.0.0", port, device("lo")),
        "listening veth": lambda port: keep(V4, STREAM, "0.0.0.0", port, device("near")),
        "listening transparent": lambda port: keep(V4, STREAM, "192.0.2.7", port, TRANSPARENT),
        "listening freebind": lambda port: keep(V4, STREAM, "192.0.2.7", port, FREEBIND),
        "bound 0.0.0.0": lambda port: keep(V4, STREAM, "0.0.0.0", port, listens=False),
        "bound ::1": lambda port: keep(V6, STREAM, "::1", port, listens=False),
        "bound veth reuse": lambda port: keep(V4, STREAM, "0.0.0.0", port, device("near"), REUSEADDR, listens=False),
        "bound after shutdown": lambda port: keep(V4, STREAM, "0.0.0.0", port).shutdown(socket.SHUT_RDWR),
        "client accepted": lambda port: kept.extend(connected(port)),
        "client half closed": half_closed,
        "client time-wait": time_wait,
    }
    datagram: dict[str, Callable[[int], object]] = {
        "udp 0.0.0.0": lambda port: keep(V4, DATAGRAM, "0.0.0.0", port),
        "udp 127.0.0.2": lambda port: keep(V4, DATAGRAM, "127.0.0.2", port),
        "udp ::1": lambda port: keep(V6, DATAGRAM, "::1", port),
        "udp :: v6only": lambda port: keep(V6, DATAGRAM, "::", port, V6ONLY),
        "udp reuseport": lambda port: [keep(V4, DATAGRAM, "0.0.0.0", port, REUSEPORT) for _ in "ab"],
        "udp veth": lambda port: keep(V4, DATAGRAM, "0.0.0.0", port, device("near")),
        "udp connected": lambda port: keep(V4, DATAGRAM, "127.0.0.1", port).connect(("127.0.0.1", 9)),
    }
    for first, transport, kinds in ((2001, TCP, stream), (2101, UDP, datagram)):
        for port, (name, make) in enumerate(kinds.items(), start=first):
            make(port)
            ports[name] = port, transport
    near = socket.create_connection(("127.0.0.1", ports["listening 0.0.0.0"][0]))
    asking, silent = socket.socket(V4, DATAGRAM), socket.socket(V4, DATAGRAM)
    asking.connect(("127.0.0.1", 9))
    silent.sendto(b"", ("127.0.0.1", ports["udp 0.0.0.0"][0]))
    kept.extend((near, asking, silent))
    for name, opened, transport in (("client", near, TCP), ("udp client", asking, UDP), ("udp autobound", silent, UDP)):
        ports[name] = opened.getsockname()[1], transport
    return ports


def half_closed(port: int) -> None:
    """Leave a connection whose far end was closed: FIN_WAIT2, of no process."""
    near, far = connected(port)
    far.close()
    wait_for_end(near)
    kept.append(near)


def time_wait(port: int) -> None:
    """Leave TIME_WAIT."""
    near, far = connected(port)
    far.close()
    wait_for_end(near)
    near.close()


def classes_of(ports: dict[str, tuple[int, Transport]]) -> dict[str, list[object]]:
    """Return of every socket whether its port is busy, and its class."""
    busy, tables = probe_ports().busy, TableReader().read().tables
    suspects = compare(tables, busy)
    found = classify(tables, suspects, frozenset())
    wanted = {name: Port(*place) for name, place in ports.items()}
    return {name: [port in busy, found.get(port)] for name, port in wanted.items()}


def strangers(ports: dict[str, tuple[int, Transport]]) -> list[int]:
    """Return busy ports that nobody here has opened."""
    opened = {opened.getsockname()[1] for opened in kept} | {number for number, _ in ports.values()}
    return sorted(port.number for port in probe_ports().busy if port.number not in opened)


class LyingTables:
    """Both tables without some ports, as a rootkit would show them."""

    def __init__(self, folder: str, netlink: Iterable[int], text: Iterable[int]) -> None:
        """Hide these from netlink, those from the text."""
        self.proc = folder
        self._netlink, self._text = frozenset(netlink), frozenset(text)
        (Path(folder) / "net").mkdir()
        (Path(folder) / "self" / "ns").mkdir(parents=True)
        (Path(folder) / "self" / "ns" / "net").symlink_to("net:[7]")

    def ask(self, wanted: Iterable[tuple[Transport, int]]) -> list[sock_diag.Dump]:
        """Answer as the kernel does, and write the text anew."""
        self.write()
        dumps = sock_diag.read_sockets(wanted)
        for dump in dumps:
            dump.sockets = [entry for entry in dump.sockets if entry.local_port not in self._netlink]
        return dumps

    def write(self) -> None:
        """Write the text as it is now."""
        for name in ("tcp", "tcp6", "udp", "udp6"):
            (Path(self.proc) / "net" / name).write_text(without(f"/proc/net/{name}", self._text))

    def look(self) -> CrossView:
        """Return the cross-view of these tables."""
        return find_hidden(proc=self.proc, ask_kernel=self.ask)


def without(path: str, ports: Iterable[int]) -> str:
    """Return a text table without the rows of some local ports."""
    marks = tuple(f":{port:04X}" for port in ports)
    return "".join(
        f"{line}\n" for line in Path(path).read_text("ascii").splitlines() if not line.split()[1].endswith(marks)
    )


def lie(netlink: Iterable[int], text: Iterable[int]) -> CrossView:
    """Return the cross-view where netlink and text leave out some ports."""
    with tempfile.TemporaryDirectory() as folder:
        return LyingTables(folder, netlink, text).look()


def lie_in_proc(port: int) -> CrossView:
    """Return the cross-view where another /proc is mounted over the real one, without one row."""
    with tempfile.TemporaryDirectory() as folder:
        LyingTables(folder, [], [port]).write()
        subprocess.run(["mount", "--bind", folder, "/proc"], check=True)
        try:
            return find_hidden()
        finally:
            subprocess.run(["umount", "/proc"], check=True)


def amid_churn() -> CrossView:
    """Return the cross-view while sockets come and go by the thousand."""
    ended = threading.Event()
    listener = keep(V4, STREAM, "127.0.0.1", 2200, backlog=128)
    listener.setblocking(False)

    def churn() -> None:
        while not ended.is_set():
            with socket.socket(V4, DATAGRAM) as asking, socket.socket(V6, STREAM) as idle:
                asking.connect(("127.0.0.1", 9))
                idle.bind(("::1", 0))
                socket.create_connection(("127.0.0.1", 2200)).close()
                listener.accept()[0].close()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        return find_hidden()
    finally:
        ended.set()
        thread.join()


def as_nobody(look: Callable[[], object]) -> object:
    """Return what a child without rights sees."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setgid(65534)
        os.setuid(65534)
        os.write(writer, msgspec.json.encode(look()))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        seen = msgspec.json.decode(answer.read())
    os.waitpid(child, 0)
    return seen


def answers() -> dict[str, str]:
    """Return what connecting to a few ports comes to."""
    full = keep(V4, STREAM, "127.0.0.1", 2301, backlog=0)
    for _ in range(4):
        more = socket.socket()
        more.setblocking(False)
        more.connect_ex(full.getsockname())
        kept.append(more)
    keep(V4, STREAM, "127.0.0.1", 2302)
    keep(V4, STREAM, "127.0.0.1", 2303, listens=False)
    silent = keep(V6, STREAM, "::", 2304, V6ONLY)
    silent.settimeout(5)
    wanted = {
        "full": Endpoint("127.0.0.1", Port(2301, TCP)),
        "listening": Endpoint("0.0.0.0", Port(2302, TCP)),
        "bound": Endpoint("127.0.0.1", Port(2303, TCP)),
        "listening ::": Endpoint("::", Port(2304, TCP)),
        "nothing": Endpoint("::", Port(2305, TCP)),
        "nowhere": Endpoint("2001:db8::1", Port(2306, TCP)),
        "udp": Endpoint("0.0.0.0", Port(2307, UDP)),
    }
    found = try_connect(tuple(wanted.values()))
    with silent.accept()[0] as heard:
        heard.settimeout(5)
        return {name: found[endpoint] for name, endpoint in wanted.items()} | {"heard": heard.recv(64).decode()}


def places() -> dict[str, list[list[str]]]:
    """Return where a few busy ports are busy."""
    made: dict[str, list[tuple[int, str, tuple[Option, ...]]]] = {
        "any4": [(V4, "0.0.0.0", ())],
        "loopback4": [(V4, "127.0.0.1", ())],
        "other4": [(V4, "10.9.0.1", ())],
        "any6": [(V6, "::", (V6ONLY,))],
        "loopback6": [(V6, "::1", ())],
        "dual": [(V6, "::", (DUAL,))],
        "both loopbacks": [(V4, "127.0.0.1", ()), (V6, "::1", ())],
        "nothing": [],
    }
    found = {}
    for port, (name, sockets) in enumerate(made.items(), start=2401):
        for family, address, options in sockets:
            keep(family, DATAGRAM, address, port, *options)
        found[name] = [[*place] for place in locate(Port(port, UDP))]
    return found


def with_sysctl(name: str, value: str, probe: Callable[[], object]) -> object:
    """Return what is seen while a setting of this namespace is another one."""
    path = Path("/proc/sys/net/ipv6") / name
    before = path.read_text("ascii")
    path.write_text(value)
    try:
        return probe()
    finally:
        path.write_text(before)


def busy_ones(*ports: int) -> list[int]:
    """Return which of these tcp ports a bind finds busy."""
    return sorted(port.number for port in probe_ports([(TCP, PortRange(port, port)) for port in ports]).busy)


def without_ipv6() -> list[object]:
    """Return what is seen by a kernel without IPv6, which does not tell its default of IPV6_V6ONLY."""
    tells = bind_probe._default_v6only
    bind_probe._default_v6only = lambda: None
    try:
        probed = probe_ports([(TCP, PortRange(2001, 2004))])
    finally:
        bind_probe._default_v6only = tells
    return [sorted(port.number for port in probed.busy), probed.dual_stack]


def main() -> None:
    """Open, look in every way, print."""
    for line in (
        "link set lo up",
        "link add near type veth peer name far",
        "addr add 10.9.0.1/24 dev near",
        "link set near up",
        "link set far up",
    ):
        subprocess.run(["ip", *line.split()], check=True)
    ports = open_all()
    parts: list[float] = []
    listening, bound, udp = (ports[name][0] for name in ("listening :: dual", "bound 0.0.0.0", "udp ::1"))
    client = ports["client"][0]
    seen = {
        "ports": ports,
        "client": client,
        "classes": classes_of(ports),
        "strangers": strangers(ports),
        "honest": find_hidden(tell=parts.append),
        "progress": parts,
        "hidden": lie([listening, bound, udp], [listening, bound, udp]),
        "only text": lie([listening, client], []),
        "only netlink": lie([], [udp]),
        "doctored": lie_in_proc(listening),
        "churn": amid_churn(),
        "nobody": as_nobody(find_hidden),
        "lists bound": lists_bound_sockets(),
        "answers": answers(),
        "places": places(),
        "bindv6only": with_sysctl("bindv6only", "1", partial(busy_ones, 2001, 2004, 2999)),
        "disabled": with_sysctl("conf/all/disable_ipv6", "1", partial(busy_ones, 2001, 2004, 2999)),
        "without ipv6": without_ipv6(),
    }
    print(msgspec.json.encode(seen).decode())  # noqa: T201 - its one output
    for opened in kept:
        opened.close()


if __name__ == "__main__":
    main()
