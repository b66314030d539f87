"""Crowds to look at, in a network namespace of their own; they end with the command they were made for.

    unshare -n python bench/crowd.py SCENE COMMAND...

Scenes: `listeners-20000` (two processes hold 10,000 each), `files-50000` (300 listeners among 2,000
processes that hold 50,000 files), `listeners-10`, `listeners-5000`, `listeners-0`, `namespaces-20` (200 listeners
in 20 namespaces).
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial


def hold_listeners(first: int, count: int) -> None:
    """Listen on a run of loopback ports."""
    keep = []
    for port in range(first, first + count):
        keep.append(socket.socket())
        keep[-1].bind(("127.0.0.1", port))
        keep[-1].listen(1)
    wait(keep)


def hold_files(index: int) -> None:
    """Hold 25 files, and a listener in the first 300 processes."""
    keep: list[object] = []
    if index < 300:
        held = socket.socket()
        held.bind(("127.0.0.1", 10_000 + index))
        held.listen(1)
        keep.append(held)
    while len(os.listdir("/proc/self/fd")) - 1 < 25:
        keep.append(open(os.devnull))  # noqa: PTH123, SIM115 - held until the end
    wait(keep)


def hold_in_namespace(count: int) -> None:
    """Listen on a run of ports in a network namespace of its own."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hold_listeners(20_000, count)


def wait(kept: object) -> None:
    """Say that everything is held, and wait to be ended."""
    os.write(READY, b"x")
    signal.pause()
    del kept


SCENES: dict[str, list[Callable[[], None]]] = {
    "listeners-10": [partial(hold_listeners, 20_000, 10)],
    "listeners-0": [],
    "listeners-5000": [partial(hold_listeners, 20_000, 5_000)],
    "listeners-20000": [partial(hold_listeners, 20_000, 10_000), partial(hold_listeners, 30_000, 10_000)],
    "namespaces-20": [partial(hold_in_namespace, 10) for _ in range(20)],
    "files-50000": [partial(hold_files, index) for index in range(2_000)],
}
READY = -1
CLONE_NEWNET = 0x4000_0000  # linux/sched.h


def main() -> int:
    """Gather the crowd, run the command in its midst, send the crowd home."""
    global READY
    scene, *command = sys.argv[1:]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    reader, READY = os.pipe()
    pids = []
    try:
        for hold in SCENES[scene]:
            pid = os.fork()
            if pid == 0:
                os.close(reader)
                hold()
                os._exit(0)
            pids.append(pid)
        for _ in pids:
            os.read(reader, 1)
        return subprocess.run(command, check=False).returncode
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


if __name__ == "__main__":
    sys.exit(main())
