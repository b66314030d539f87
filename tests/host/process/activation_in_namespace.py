"""Has an inetd, systemd-socket-activate and ourselves hand over sockets; prints what quietport tells of each.

Run in a network namespace of its own (``unshare -n``) with an empty directory as argument; it leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from quietport.host.process.owners import OwnerReader

if TYPE_CHECKING:
    from collections.abc import Callable

INETD = "127.0.0.1:1001 stream tcp nowait root /bin/cat cat -\n1002 dgram udp wait root /bin/sleep sleep 61\n"
PATIENCE_S = 10.0


def wait_for(find: Callable[[], int | None]) -> int:
    """Return what a question finds, once it finds something."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = find()
        if found is not None:
            return found
        time.sleep(0.02)
    raise TimeoutError(find)


def child_of(parent: int, program: str) -> int | None:
    """Return the child of a process that runs a program, or None."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next((int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text() == program + "\n"), None)


def connect(port: int) -> socket.socket:
    """Return a connection to a port, once somebody listens there."""
    connected: list[socket.socket] = []

    def attempt() -> int | None:
        try:
            connected.append(socket.create_connection(("127.0.0.1", port)))
        except ConnectionRefusedError:
            return None
        return 0

    wait_for(attempt)
    return connected[0]


def told(pid: int) -> list[object]:
    """Return what is told of a process."""
    owner = OwnerReader("/proc").find_owner(pid)
    if owner is None:
        return []
    parent = owner.ancestors[0] if isinstance(owner.ancestors, tuple) else None
    name = None if parent is None or parent.pid == os.getpid() else parent.program
    return [owner.program, owner.stdin_socket, owner.activation, name]


def main() -> None:
    """Start everything, look, print, end it."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    directory = Path(sys.argv[1])
    (directory / "inetd.conf").write_text(INETD)
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str, stdin: int = subprocess.DEVNULL) -> int:
        started.append(subprocess.Popen(command, stdin=stdin, stderr=subprocess.DEVNULL))
        return started[-1].pid

    seen = {}
    held: list[socket.socket] = []
    children: list[int] = []
    try:
        inetd = start("inetd", "-i", str(directory / "inetd.conf"))
        held.append(connect(1001))
        children.append(wait_for(lambda: child_of(inetd, "cat")))
        seen["inetd, one for each connection"] = told(children[-1])
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        held.append(datagram)
        datagram.sendto(b"x", ("127.0.0.1", 1002))
        children.append(wait_for(lambda: child_of(inetd, "sleep")))
        seen["inetd, one for all"] = told(children[-1])

        activate = start("systemd-socket-activate", "-l", "127.0.0.1:1003", "sleep", "62")
        held.append(connect(1003))
        wait_for(lambda: 0 if Path(f"/proc/{activate}/comm").read_text() == "sleep\n" else None)
        seen["systemd-socket-activate"] = told(activate)
        accept = start("systemd-socket-activate", "--accept", "--inetd", "-l", "127.0.0.1:1004", "cat", "-")
        held.append(connect(1004))
        children.append(wait_for(lambda: child_of(accept, "cat")))
        seen["systemd-socket-activate --inetd"] = told(children[-1])

        listener = socket.create_server(("127.0.0.1", 1005))
        held += [listener, socket.create_connection(("127.0.0.1", 1005))]
        shell = start("sleep", "63", stdin=held[-1].fileno())
        seen["a shell that was sent out"] = told(shell)
        seen["a program without a socket"] = told(start("sleep", "64"))
    finally:
        for pid in children:
            os.kill(pid, 9)
        for process in started:
            process.kill()
            process.wait()
        for opened in held:
            opened.close()
    print(json.dumps(seen))  # noqa: T201 - its one output


main()
