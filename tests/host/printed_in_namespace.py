"""Opens one listener of each kind, then prints what we see of them and what we read of what tools print, as JSON.

Run in a network namespace of its own (``unshare -n``) with the tools to ask; it leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys

from listeners_in_namespace import DATAGRAM, STREAM, V4, V6, door

from quietport.host.linux import read_listeners
from quietport.host.printed.printed_host import read_printed
from quietport.host.view import HostView
from quietport.model.unknown import Unknown


def rows_of(view: HostView) -> list[list[object]]:
    """Return transport, address, port, family, interface, number of sockets, and pids of every listener."""
    return sorted(
        (
            [
                str(seen.port.transport),
                seen.endpoint.address,
                seen.port.number,
                str(seen.family),
                seen.interface,
                seen.sockets,
                [] if isinstance(seen.owners, Unknown) else [[one.pid, one.program] for one in seen.owners],
            ]
            for seen in view.listeners
        ),
        key=str,
    )


def main() -> None:
    """Open, look with our own eyes and with theirs, print."""
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
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    told = {"ours": rows_of(read_listeners())}
    for command in sys.argv[1:]:
        printed = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, check=False).stdout
        found = read_printed(printed, None, lambda *_: None)
        told[command] = rows_of(found.view)
        told[f"{command}: complete"] = [[found.view.coverage.sockets_complete]]
    print(json.dumps(told))  # noqa: T201 - its one output
    os.close(writer)
    os.waitpid(child, 0)
    for opened in doors:
        opened.close()


if __name__ == "__main__":
    main()
