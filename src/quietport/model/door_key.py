"""The door key: what makes a door the same one tomorrow (truth 8). Never a pid, an inode, an address or a time.

As text it is ``851/tcp/ipv4/any/host//usr/sbin/sshd``: the port, or ``*`` where the kernel chose it, and then the
*kind*, which all doors have in common that differ in their port alone: transport, family, scope, namespace, program.
The number stands first and once, so that keys of many alike doors are made by joining. The program stands last:
no ``/`` in it can be taken for the end of a field before it, and in the namespace ``/`` is escaped. The host is the
history's own: a key never leaves it without saying which.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.model.namespace import NetworkNamespace
from quietport.model.port import RANGES, PortRange, RangeName
from quietport.model.program_key import escaped
from quietport.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quietport.model.listener import Listener

KERNEL_CHOSEN = "*"
"""Stands in a key for a port that the kernel chose."""

CHOSEN_NUMBER = 0
"""Stands for it where a number is needed: to ask bind(2) for port 0 is to ask the kernel to choose."""

UNKNOWN_PROGRAM = "?"
"""Stands in a key for a program that is not known."""

UNNAMED = "unnamed"
"""The namespaces that have no name of their own are one in a key."""

BINDRESVPORT = PortRange(512, 1023)
"""Numbers that bindresvport(3) and the kernel's RPC clients choose from."""

_IDENTIFIER = r"(?:cni-)?[0-9a-f-]{12,}"
# Container engines mount a namespace under an identifier that they make anew at each start.

_FIELDS = 5


class DoorKind(Struct, frozen=True, order=True):
    """What alike doors have in common: the door key without its port."""

    transport: str
    """``tcp``, ``udp``..."""
    family: str
    """``ipv4``, ``ipv6``, ``dual``..."""
    scope: str
    """``any``, ``loopback``..."""
    namespace: str
    """``host``, the name of the network namespace, or ``unnamed``; escaped."""
    program: str
    """Who holds it, as ``program_key`` has it, or ``?``."""

    @property
    def place(self) -> str:
        """Return everything but the program: another program on the same port of the same place is a change."""
        return f"{self.transport}/{self.family}/{self.scope}/{self.namespace}"

    def __str__(self) -> str:
        """Return ``tcp/ipv4/any/host//usr/sbin/sshd``."""
        return f"{self.place}/{self.program}"

    def key(self, number: int) -> str:
        """Return the door key of one port of this kind."""
        return f"{number or KERNEL_CHOSEN}/{self}"


def door_kind(seen: Listener, program: str | Unknown) -> DoorKind:
    """Return the kind of a door whose program is as ``program_key`` told it."""
    return DoorKind(
        str(seen.port.transport),
        str(seen.family),
        str(seen.scope),
        namespace_key(seen.namespace),
        UNKNOWN_PROGRAM if isinstance(program, Unknown) else program,
    )


def door_key(seen: Listener, program: str | Unknown, *, chosen: bool = False) -> str:
    """Return the door key of a listener; ``chosen`` where ``without_chosen`` leaves it out."""
    return door_kind(seen, program).key(CHOSEN_NUMBER if chosen else seen.port.number)


def namespace_key(namespace: NetworkNamespace | Unknown) -> str:
    """Return the namespace as a key has it; where there is no such thing, everything stands in the host's own."""
    if isinstance(namespace, Unknown):
        return "host"
    label = namespace.label
    return UNNAMED if re.fullmatch(_IDENTIFIER, label) else escaped(label, "/*")


def without_chosen(
    numbers: Sequence[int], ephemeral: PortRange | Unknown, *, takes_reserved: bool = False
) -> Sequence[int]:
    """Return the ports that a program most likely chose itself, of tcp or udp, where nothing agrees that it is there.

    A socket does not tell whether it was bound to 0. Taken for chosen by the kernel is a number in the range that
    this machine chooses from (``ip_local_port_range``; where that is not known, the Dynamic Ports). Not to be asked
    where the registry, de-facto use or a declaration agrees that this program is there. ``takes_reserved`` tells that
    it takes free system ports by bindresvport(3), as parts of Sun RPC do.
    """
    chosen_from = RANGES[RangeName.DYNAMIC] if isinstance(ephemeral, Unknown) else ephemeral
    for run in (chosen_from, BINDRESVPORT) if takes_reserved else (chosen_from,):
        first, last = run.first, run.last
        numbers = [number for number in numbers if not first <= number <= last]
    return numbers


def parse_door_kind(text: str) -> DoorKind | None:
    """Return the kind that a text names, or None."""
    fields = text.split("/", _FIELDS - 1)
    return DoorKind(*fields) if len(fields) == _FIELDS and all(fields) else None


def parse_door_key(text: str) -> tuple[int, DoorKind] | None:
    """Return number (0 for a chosen one) and kind of the door that a key names, or None."""
    number, _, rest = text.partition("/")
    kind = parse_door_kind(rest)
    if kind is None or not (number == KERNEL_CHOSEN or re.fullmatch(r"[1-9][0-9]{0,4}", number)):
        return None
    return (CHOSEN_NUMBER if number == KERNEL_CHOSEN else int(number)), kind
