"""Opens one socket and waits: listen.py TRANSPORT ADDRESS PORT [bound] [reuseport] [drop-privileges].

TRANSPORT is tcp or udp, or packet (every frame of every interface; address and port are not heeded).
Appearance of the file ``open`` says that it is.
"""

import os
import signal
import socket
import sys
from pathlib import Path

ETH_P_ALL = 3  # linux/if_ether.h
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def open_socket(transport: str, address: str, port: int, flags: set[str]) -> socket.socket:
    """Return the socket."""
    if transport == "packet":
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, KINDS[transport])
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if "reuseport" in flags:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind((address, port))
    if transport == "tcp" and "bound" not in flags:
        opened.listen()
    return opened


def main() -> None:
    """Open it, and wait to be ended."""
    transport, address, port, *flags = sys.argv[1:]
    opened = open_socket(transport, address, int(port), set(flags))
    Path("open").touch()
    signal.pause()
    opened.close()
    os._exit(0)


main()
