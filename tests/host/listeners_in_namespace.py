"""Opens one listener of each kind, then prints what quietport and ``ss`` see of them, as JSON.

Run in a network namespace of its own (``unshare -n``); it leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess

from quietport.host.linux import read_listeners
from quietport.model.unknown import Unknown

V4, V6, STREAM, DATAGRAM = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
SO_BINDTODEVICE = 25  # asm-generic/socket.h


def door(
    family: int,
    kind: int,
    address: str,
    port: int,
    *,
    v6only: bool | None = None,
    reuse: bool = False,
    device: str | None = None,
) -> socket.socket:
    """Return an open socket that takes what arrives."""
    opened = socket.socket(family, kind)
    if v6only is not None:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    if reuse:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if device is not None:
        opened.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    opened.bind((address, port))
    if kind == STREAM:
        opened.listen()
    return opened


def opened_by_ss() -> list[list[object]]:
    """Return transport, address, port, interface and pids of every line of ``ss -H -ltnup``."""
    lines = subprocess.run(["ss", "-H", "-ltnup"], capture_output=True, text=True, check=True).stdout.splitlines()
    rows: set[tuple[str, str, int, str | None, int]] = set()
    for line in lines:
        transport, _, _, _, local, *_ = line.split()
        address, _, port = local.rpartition(":")
        address, _, interface = address.partition("%")
        address = {"*": "::"}.get(address, address.strip("[]"))
        rows.update(
            (transport, address, int(port), interface or None, int(pid)) for pid in re.findall(r"pid=([0-9]+)", line)
        )
    return sorted(map(list, rows), key=str)


def opened_by_us() -> tuple[list[list[object]], list[list[object]]]:
    """Return the same, and port, family and number of sockets of every listener."""
    view = read_listeners()
    rows: list[list[object]] = []
    for found in view.listeners:
        if isinstance(found.owners, Unknown):
            continue
        rows += [
            [found.port.transport, found.endpoint.address, found.port.number, found.interface, owner.pid]
            for owner in found.owners
        ]
    kinds = [[found.port.number, found.family, found.sockets] for found in view.listeners]
    return sorted(rows, key=str), kinds


def main() -> None:
    """Open, look twice, print."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    doors = [
        door(V4, STREAM, "127.0.0.1", 1001),
        door(V6, STREAM, "::", 1002, v6only=True),
        door(V6, STREAM, "::", 1003, v6only=False),
        door(V4, DATAGRAM, "0.0.0.0", 1004),
        door(V6, DATAGRAM, "::1", 1004),
        door(V4, STREAM, "0.0.0.0", 1005, reuse=True),
        door(V4, STREAM, "0.0.0.0", 1005, reuse=True),
        door(V4, STREAM, "0.0.0.0", 1006, device="lo"),
        door(V6, DATAGRAM, "::", 1007, v6only=False),
    ]
    connected = door(V4, DATAGRAM, "127.0.0.1", 1008)
    connected.connect(("127.0.0.1", 1004))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    rows, kinds = opened_by_us()
    seen = {"ours": rows, "ss": opened_by_ss(), "kinds": kinds, "pids": [os.getpid(), child]}
    print(json.dumps(seen))  # noqa: T201 - its one output
    os.close(writer)
    os.waitpid(child, 0)
    for opened in (*doors, connected):
        opened.close()


if __name__ == "__main__":
    main()
