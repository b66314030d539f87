"""Whether this kernel's tables list a TCP socket that is bound and does not listen."""

from __future__ import annotations

import os
import socket

from quietport.host import sock_diag
from quietport.model.port import Transport

BOUND_INACTIVE = 1 << 13
"""The state that ``sock_diag`` has for it since Linux 6.8 (linux/tcp_states.h: TCP_BOUND_INACTIVE)."""


def lists_bound_sockets() -> bool:
    """Tell whether a socket that we bind, to a loopback port of the kernel's choosing, is listed."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as opened:
            opened.bind(("127.0.0.1", 0))
            inode = os.fstat(opened.fileno()).st_ino
            dumps = sock_diag.read_sockets([(Transport.TCP, BOUND_INACTIVE)])
    except OSError:
        return False
    return any(entry.inode == inode for dump in dumps for entry in dump.sockets)
