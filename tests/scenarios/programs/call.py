"""Calls a port, waits until it is answered, and keeps the line open: call.py PORT [TEXT]; makes the file called."""

import signal
import socket
import sys
import time
from pathlib import Path


def connect(port: int) -> socket.socket:
    """Return a connection, as soon as there is somebody."""
    for _ in range(400):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise SystemExit(f"nobody on {port}")


line = connect(int(sys.argv[1]))
line.sendall(b"echo here\n")
line.recv(64)
Path("called").touch()
signal.pause()
