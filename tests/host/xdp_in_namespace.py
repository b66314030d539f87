"""Attaches a program of two instructions to XDP of the loopback interface, then prints what quietport sees.

Run in a network namespace of its own (``unshare -n``); the program goes with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys

from quietport.host.links import read_links
from quietport.host.netlink import NETLINK_ROUTE, Channel, attribute

BPF, PROG_LOAD, PROG_TYPE_XDP, XDP_PASS = 321, 5, 6, 2  # the number of bpf(2) on x86_64, linux/bpf.h
RTM_SETLINK, IFLA_XDP, IFLA_XDP_FD, IFLA_XDP_FLAGS, FLAG_GENERIC = 19, 0x8000 | 43, 1, 3, 2


def load() -> int:
    """Return a program that lets every packet pass."""
    move, leave = struct.pack("=BBhi", 0xB7, 0, 0, XDP_PASS), struct.pack("=BBhi", 0x95, 0, 0, 0)
    code, licence = ctypes.create_string_buffer(move + leave), ctypes.create_string_buffer(b"GPL")
    told = struct.pack("=IIQQ", PROG_TYPE_XDP, 2, ctypes.addressof(code), ctypes.addressof(licence))
    question = ctypes.create_string_buffer(told.ljust(120, b"\0"), 120)
    program = int(ctypes.CDLL(None, use_errno=True).syscall(BPF, PROG_LOAD, question, 120))
    if program < 0:
        sys.exit(f"bpf: {os.strerror(ctypes.get_errno())}")
    return program


def main() -> None:
    """Look, attach, look."""
    before = [link.has_xdp for link in read_links()[0]]
    with Channel(NETLINK_ROUTE) as channel:
        how = attribute(IFLA_XDP_FD, struct.pack("=i", load())) + attribute(
            IFLA_XDP_FLAGS, struct.pack("=I", FLAG_GENERIC)
        )
        channel.get(RTM_SETLINK, struct.pack("=BxHiII", 0, 0, 1, 0, 0) + attribute(IFLA_XDP, how))
    after = [link.has_xdp for link in read_links()[0]]
    print(json.dumps([before, after]))  # noqa: T201 - its one output


if __name__ == "__main__":
    main()
