"""Opens one socket of each kind in a network namespace of its own, and records what each tool prints of them.

    unshare -n python tests/host/printed/record.py

``recorded/facts.json`` has the numbers that differ from run to run. The file of a name is ``recorded/NAME.txt``;
``COMMANDS`` has the line that made it. Recorded on Debian 12 (iproute2 6.1.0, net-tools 2.10, busybox 1.35.0,
lsof 4.95.0), as root.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import time
from ipaddress import IPv6Address
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded")
NARROW = f"{sys.executable} {Path(__file__).with_name('narrow_terminal.py')} 60"

COMMANDS = {
    "ss-ltnup": "ss -ltnup",
    "ss-without-header": "ss -H -ltnup",
    "ss-extended": "ss -tulpn -e -o",
    "ss-all": "ss -anp",
    "ss-tcp-names": "ss -lt",
    "ss-udp-names": "ss -lu",
    "ss-tcp-all": "ss -tanp",
    "ss-one-line": "ss -Oltnupe -m -i --cgroup",
    "ss-several-lines": "ss -tanpei",
    "ss-narrow-terminal": f"{NARROW} ss -ltnup",
    "ss-state-filter": "ss -tn state established",
    "ss-tcp-then-udp": "ss -H -ltnp; ss -H -lunp",
    "netstat-ltnup": "netstat -ltnup",
    "netstat-all": "netstat -anp",
    "netstat-wide": "netstat -tulpnW",
    "netstat-names": "netstat -tlpe",
    "netstat-timers": "netstat -antop",
    "netstat-without-programs": "netstat -ltun",
    "netstat-as-user": "setpriv --reuid 65534 --clear-groups netstat -ltnup 2>&1",
    "busybox-netstat": "busybox netstat -ltun",
    "busybox-netstat-names": "busybox netstat -lt",
    "lsof-table": "lsof -nP -i",
    "lsof-names": "lsof -i",
    "lsof-whole-commands": "lsof -nP -i +c 0",
    "lsof-fields": "lsof -nP -i -F",
    "lsof-with-other-files": "lsof -nP -a -p $PPID -d 0-100",
    "netstat-then-lsof": "netstat -ltun; lsof -nP -i",
}

STREAM, DATAGRAM, V4, V6 = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.AF_INET, socket.AF_INET6
LONG = "2001:db8:1234:5678:9abc:def0:1234:5678"
NAMES = (b'a "b",pid=9)', b"x y),(z", b"n\xff\xc3\xbc\x1b[31m", b"fifteen-letters")
LINK_LOCAL = 13
PR_SET_NAME = 15
SO_BINDTODEVICE = 25


def door(
    family: int,
    kind: int,
    address: str,
    port: int,
    *,
    v6only: bool = False,
    reuse: bool = False,
    device: str = "",
    scope: int = 0,
) -> socket.socket:
    """Return an open socket that takes what arrives."""
    opened = socket.socket(family, kind)
    if family == V6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, reuse)
    if device:
        opened.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    opened.bind((address, port, 0, scope) if scope else (address, port))
    if kind == STREAM:
        opened.listen()
    return opened


def connection(family: int, kind: int, near: tuple[str, int], far: tuple[str, int]) -> socket.socket:
    """Return a connected socket."""
    opened = socket.socket(family, kind)
    opened.bind(near)
    opened.connect(far)
    return opened


def make_interface() -> str:
    """Make eth0 with addresses, and return its link-local one once it may be used."""
    for command in (
        "link set lo up",
        "link add eth0 type veth peer name eth1",
        "link set eth0 up",
        "link set eth1 up",
        "address add 192.0.2.10/24 dev eth0",
        f"-6 address add {LONG}/64 dev eth0 nodad",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    time.sleep(2.5)
    lines = Path("/proc/net/if_inet6").read_text().splitlines()
    raw = next(line.split()[0] for line in lines if line.startswith("fe80") and line.endswith("eth0"))
    return str(IPv6Address(bytes.fromhex(raw)))


def open_doors() -> list[socket.socket]:
    """Return one socket of each kind."""
    link_local = make_interface()
    doors = [
        door(V4, STREAM, "127.0.0.1", 1001),
        door(V6, STREAM, "::", 1002, v6only=True),
        door(V6, STREAM, "::", 1003),
        door(V4, DATAGRAM, "0.0.0.0", 1004),
        door(V6, DATAGRAM, "::1", 1004),
        door(V4, STREAM, "0.0.0.0", 1005, reuse=True),
        door(V4, STREAM, "0.0.0.0", 1005, reuse=True),
        door(V4, STREAM, "0.0.0.0", 1006, device="lo"),
        door(V6, DATAGRAM, "::", 1007),
        door(V4, STREAM, "0.0.0.0", 22),
        door(V4, STREAM, "127.0.0.53", 53, device="lo"),
        door(V4, DATAGRAM, "192.0.2.10", 68, device="eth0"),
        door(V6, STREAM, LONG, 6379, v6only=True),
        door(V6, DATAGRAM, link_local, 546, v6only=True, scope=socket.if_nametoindex("eth0")),
        door(V4, STREAM, "127.0.0.1", 851),
    ]
    to_quiet = connection(V4, STREAM, ("127.0.0.1", 40000), ("127.0.0.1", 851))
    accepted, _ = doors[-1].accept()
    doors += [to_quiet, accepted]
    doors.append(connection(V4, STREAM, ("127.0.0.1", 40001), ("127.0.0.1", 1001)))
    doors.append(connection(V4, DATAGRAM, ("127.0.0.1", 1008), ("127.0.0.1", 1004)))
    doors.append(connection(V6, STREAM, (LONG, 40002), (LONG, 6379)))
    return doors


def main() -> None:
    """Open, let every tool look, close."""
    doors = open_doors()
    reader, writer = os.pipe()
    children = []
    for name in NAMES:
        child = os.fork()
        if child == 0:
            os.close(writer)
            ctypes.CDLL(None).prctl(PR_SET_NAME, name, 0, 0, 0)
            for opened in doors[1:]:
                opened.close()
            os.read(reader, 1)
            os._exit(0)
        children.append(child)
    time.sleep(0.3)
    for name, command in COMMANDS.items():
        printed = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, check=False).stdout
        (RECORDED / f"{name}.txt").write_bytes(printed)
    facts = {
        "pid": os.getpid(),
        "children": children,
        "link_local": doors[LINK_LOCAL].getsockname()[0].partition("%")[0],
    }
    (RECORDED / "facts.json").write_text(json.dumps(facts) + "\n")
    os.close(writer)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
