"""Whether a process reads its standard input from the network, as inetd arranges it, and a reverse shell."""

from __future__ import annotations

import os
import sys

from quietport.model.unknown import Reason, Unknown

_PROTOCOL = b"system.sockprotoname"
"""Attribute of a socket file: the kernel's name for its protocol (net/socket.c: sockfs_xattr_get)."""
_NETWORK = ("TCP", "UDP", "SCTP", "DCCP", "MPTCP", "SMC", "RAW", "PING", "PACKET", "AF_VSOCK")
"""How the names of protocols begin that reach another machine; ``UNIX``, ``UNIX-STREAM`` and ``NETLINK`` do not."""
_TABLES = ("tcp", "tcp6", "udp", "udp6")
_MAX_BYTES = 1 << 20
_INODE = 9  # column of /proc/net/tcp, see proc_net


def read_stdin_socket(proc: str, pid: int) -> bool | Unknown:
    """Tell whether descriptor 0 of a process is a network socket; one of another kind does not count.

    Unix sockets, which service managers and containers use for it, are told apart by the name of the protocol,
    or, where the kernel does not tell it, by the first mebibyte of each socket table of the process's own namespace.
    """
    link = f"{proc}/{pid}/fd/0"
    try:
        target = os.readlink(link)
    except PermissionError:
        return Unknown(Reason.PERMISSION, f"standard input of process {pid}")
    except OSError:
        return False
    if not target.startswith("socket:["):
        return False
    protocol = read_protocol(link)
    if protocol is not None:
        return protocol.startswith(_NETWORK)
    return is_in_tables(f"{proc}/{pid}/net", target[len("socket:[") : -1].encode())


def read_protocol(link: str) -> str | None:
    """Return the kernel's name for the protocol of a socket file, as ``TCPv6``, or None where it does not tell."""
    if sys.platform != "linux":
        return None
    try:
        return os.getxattr(link, _PROTOCOL).rstrip(b"\0").decode("ascii", "replace")
    except OSError:
        return None


def is_in_tables(directory: str, inode: bytes) -> bool:
    """Tell whether one of the tables of TCP and UDP sockets lists an inode."""
    for table in _TABLES:
        try:
            with open(f"{directory}/{table}", "rb") as file:
                text = file.read(_MAX_BYTES)
        except OSError:
            continue
        if any(line.split()[_INODE : _INODE + 1] == [inode] for line in text.split(b"\n")):
            return True
    return False
