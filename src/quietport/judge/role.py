"""What a program is for, by the base name of its executable: a shell, a sniffer, a part of Sun RPC...

The table is text (``data/roles/*.tsv``), each row with its source, and is compiled with the rules.
A name is of its owner's choosing: a role explains what a program does, it never proves which program it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES: dict[str, str] = {
    "shell": "Runs what is typed to it.",
    "interpreter": "Runs programs that are text or bytecode: what it does is said by the script.",
    "multi-call": "Many programs in one file (BusyBox).",
    "relay": "Joins a port to another port, a file or a program (netcat, socat).",
    "super-server": "Listens for others and starts them when somebody calls (inetd, systemd).",
    "container-proxy": "Stands at the published port of a container.",
    "rpc": "Belongs to Sun RPC, NFS or NIS, whose parts take free reserved ports.",
    "sniffer": "Reads every frame that passes.",
    "scanner": "Asks other hosts what they answer.",
    "dhcp": "Speaks DHCP before it has an address, and so below IP.",
    "lldp": "Tells and hears which neighbours a link has.",
    "arp": "Asks or watches who has which address.",
    "wireless": "Keys and joins wireless links.",
    "routing": "Speaks a routing or redundancy protocol that has no ports.",
    "link": "Joins, bridges or times links below IP.",
    "icmp": "Sends and receives ICMP: ping, traceroute, router advertisements.",
    "ids": "Watches traffic for intrusions.",
    "development-server": "A script or module that serves while somebody develops, and says itself that it is no more.",
    "kernel-thread": "The name that the kernel gives a thread of its own; ends in * where more follows.",
}
"""The closed vocabulary, with what each word means."""


class Roles(Struct, frozen=True):
    """The table of roles, as it is asked."""

    of_program: Mapping[str, tuple[str, ...]]
    """Roles by base name, without the version it may end in."""
    kernel_threads: tuple[str, ...]
    """How the names of kernel threads begin."""

    def find(self, program: str) -> tuple[str, ...]:
        """Return the roles of a base name: ``python3.11`` is found as ``python``."""
        return self.of_program.get(unversioned(program), ())

    def is_kernel_thread(self, name: str) -> bool:
        """Tell whether a process goes by a name that the kernel gives to its own threads, in brackets or not."""
        return name.removeprefix("[").startswith(self.kernel_threads)


def unversioned(program: str) -> str:
    """Return a base name without the version that it ends in; a name of digits alone stays."""
    return program.rstrip("0123456789.-") or program
