"""Opens one socket of each kind in three network namespaces, then prints what quietport and others see, as JSON.

Run in namespaces of its own for network and mounts (``unshare -nm``); it leaves nothing behind.
"""

from __future__ import annotations

import ctypes  # noqa: F401 - who has no rights may have none to read the interpreter's own files either
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from quietport.host.holders import HolderWalk
from quietport.host.linux import read_listeners
from quietport.host.namespace.entry import Seen, look_into
from quietport.host.namespace.found import FoundNamespace, find_by_name, find_by_pid, find_namespaces
from quietport.host.namespace.tables import read_tables
from quietport.host.namespace.view import (
    NamespaceSockets,
    assemble,
    begin_look,
    explain_runs,
    finish_look,
)
from quietport.host.nat.behind import addresses_by_namespace, find_behind
from quietport.host.socket_owners import SocketOwners
from quietport.model.listener import listeners_of
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from quietport.model.listener import Listener
    from quietport.model.owner import Owner

IPPROTO_UDPLITE, ETH_P_ALL, ETH_P_IP, IPPROTO_ICMP, IPPROTO_ICMPV6 = 136, 0x0003, 0x0800, 1, 58
LISTEN_ON_2001 = "import socket,sys,os; s=socket.create_server(('', 2001)); os.write(1,b'.'); sys.stdin.read()"
DATAGRAM_ON_2002 = (
    "import socket,sys,os; s=socket.socket(socket.AF_INET6,socket.SOCK_DGRAM); s.bind(('::1',2002));"
    "os.write(1,b'.'); sys.stdin.read()"
)


def run(*command: str) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def namespace_of(pid: int | str) -> str:
    """Return the network namespace that a process lives in."""
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def bound(family: int, kind: int, address: str, port: int, *, protocol: int = 0, v6only: bool | None = None) -> Any:
    """Return a socket that is bound, and no more."""
    opened = socket.socket(family, kind, protocol)
    if v6only is not None:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    opened.bind((address, port))
    return opened


def open_own() -> list[socket.socket]:
    """Return sockets of every kind in our own namespace."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "vx0", "type", "vxlan", "id", "5", "dstport", "4789", "dev", "lo")
    run("ip", "link", "set", "vx0", "up")
    on_lo = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    on_lo.bind(("lo", ETH_P_IP))
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, IPPROTO_ICMP)
    raw.bind(("127.0.0.1", 0))
    return [
        bound(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", 1001),
        bound(socket.AF_INET6, socket.SOCK_STREAM, "::", 1002, v6only=True),
        bound(socket.AF_INET6, socket.SOCK_STREAM, "::", 1003, v6only=False),
        bound(socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1", 1031, protocol=IPPROTO_UDPLITE),
        bound(socket.AF_INET6, socket.SOCK_DGRAM, "::1", 1032, protocol=IPPROTO_UDPLITE),
        socket.create_server(("", 8080)),
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)),
        on_lo,
        raw,
        socket.socket(socket.AF_INET6, socket.SOCK_RAW, IPPROTO_ICMPV6),
    ]


def elsewhere(*command: str) -> subprocess.Popen[bytes]:
    """Start a program in another namespace, and wait until its socket is open."""
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stdout.read(1) == b"."
    return started


def holder(owners: tuple[Owner, ...] | Unknown, names: dict[int, str]) -> object:
    """Return who holds a socket, by the names of this program."""
    if isinstance(owners, Unknown):
        return str(owners.reason)
    return [owner.program if owner.pid == 0 else names.get(owner.pid, "another") for owner in owners]


def row(listener: Listener, names: dict[int, str]) -> list[object]:
    """Return what was seen of a listener."""
    assert not isinstance(listener.namespace, Unknown)
    port, lite = listener.port, "lite" if listener.is_lite else ""
    where = listener.namespace.label
    return [where, str(port), listener.endpoint.address, listener.family, listener.state, lite,
            holder(listener.owners, names)]  # fmt: skip


def look_as_nobody(found: list[FoundNamespace]) -> list[str]:
    """Return why a process without rights could not look into these namespaces."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setuid(65534)
        seen: list[Seen] = look_into(found, lambda _: 1)
        os.write(writer, json.dumps([str(one.found.reason) for one in seen]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer: list[str] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return answer


def look(pids: list[int], names: dict[int, str]) -> dict[str, object]:
    """Return what we see of the namespaces of these processes."""
    own_id = namespace_of("self")
    ids = {own_id, *(namespace_of(pid) for pid in pids)}
    found = [one for one in find_namespaces().found if one.namespace.id in ids]
    others = [one for one in found if not one.namespace.is_own]
    tables, unseen = finish_look(begin_look(others))
    seen = [NamespaceSockets(found[0].namespace, read_tables(sockets=False)), *tables]
    owners = SocketOwners("/proc", HolderWalk("/proc", share=False).finish())
    view = assemble(seen, owners)
    own = listeners_of(explain_runs(read_listeners().runs, view.kernel_owners[own_id]))
    addresses = addresses_by_namespace((one.namespace, one.tables.addresses) for one in seen)
    own_here = [structs.replace(listener, namespace=found[0].namespace) for listener in own]
    behind = find_behind(view.redirections, [*own_here, *listeners_of(view.runs)], addresses)
    return {
        "namespaces": [[one.namespace.label, names.get(one.namespace.pid or 0)] for one in found],
        "listeners": [row(listener, names) for listener in listeners_of(view.runs)],
        "own": [[str(listener.port), holder(listener.owners, names)] for listener in own],
        "raw": [
            [one.kind, one.family, one.protocol, one.interface, one.address, one.uid, holder(one.owners, names)]
            for one in view.raw_sockets
        ],
        "behind": [
            [str(one.redirection.ports), one.redirection.rule,
             str(one.listeners.reason) if isinstance(one.listeners, Unknown)
             else [str(listener.port) for listener in one.listeners]]
            for one in behind
        ],
        "unseen": [one.what for one in (*unseen, *view.unseen)],
        "refused": look_as_nobody(others),
        "by name": (by_name := find_by_name("blue")) is not None and by_name.namespace.id in ids,
        "by pid": (by_pid := find_by_pid(pids[1])) is not None and by_pid.namespace.id in ids,
        "no such": [find_by_name("green"), find_by_name("../netns/blue"), find_by_pid(0)],
    }  # fmt: skip


def ss_says(names: dict[int, str]) -> dict[str, object]:
    """Return what ``ss`` sees: packet and raw sockets here, listeners in the named namespace."""
    packet = [line.split()[3] for line in run("ss", "-H", "-0", "-n").splitlines()]
    raw = [line.split()[3] for line in run("ss", "-H", "-w", "-a", "-n").splitlines()]
    blue = run("ip", "netns", "exec", "blue", "ss", "-H", "-ltnup").splitlines()
    return {
        "packet": sorted(packet),
        "raw": sorted(raw),
        "blue": [[line.split()[4], names[int(pid)]] for line in blue for pid in re.findall(r"pid=([0-9]+)", line)],
    }


def main() -> None:
    """Open, look, print."""
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    opened = open_own()
    run("nft", "add table ip q; add chain ip q pre { type nat hook prerouting priority -100 ; }")
    run("nft", "add rule ip q pre tcp dport 8081 redirect to :8080; add rule ip q pre udp dport 53 dnat to 192.0.2.9")
    run("ip", "netns", "add", "blue")
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", "blue")
    run("ip", "-n", "blue", "address", "add", "10.9.0.2/24", "dev", "v1")
    run("nft", "add rule ip q pre tcp dport 8090 dnat to 10.9.0.2:2001")
    run("ip", "link", "add", "vx1", "type", "vxlan", "id", "6", "dstport", "4790", "dev", "lo")
    run("ip", "link", "set", "vx1", "netns", "blue")
    run("ip", "-n", "blue", "link", "set", "vx1", "up")
    python = (sys.executable, "-W", "ignore", "-c")
    programs = [
        elsewhere("ip", "netns", "exec", "blue", *python, LISTEN_ON_2001),
        elsewhere("unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", *python, DATAGRAM_ON_2002),
    ]
    names = {os.getpid(): "own", programs[0].pid: "blue", programs[1].pid: "unnamed"}
    pids = [os.getpid(), *(program.pid for program in programs)]
    try:
        started = time.monotonic()
        answer = look(pids, names)
        answer["quick"] = time.monotonic() - started < 5
        answer["ss"] = ss_says(names)
    finally:
        for program in programs:
            program.communicate()
        run("ip", "netns", "del", "blue")
    print(json.dumps(answer))  # noqa: T201 - its one output
    for one in opened:
        one.close()


if __name__ == "__main__":
    main()
