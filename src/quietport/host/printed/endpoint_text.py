"""Addresses and ports as tools spell them."""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from quietport.model.listener import Family
from quietport.model.port import PORT_COUNT

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort
    from quietport.model.port import Transport

ANY_IPV4, ANY_IPV6 = "0.0.0.0", "::"  # noqa: S104 - compared with, not bound to
_LOCALHOST = {"localhost": ("127.0.0.1", "::1"), "ip6-localhost": ("::1", "::1"), "localhost6": ("::1", "::1")}
_PORT_DIGITS = 5


class Address(NamedTuple):
    """An address, and what stands after ``%``."""

    text: str
    """In its usual text form, without brackets or zone."""
    zone: str
    """Interface or zone; empty where there is none."""

    @property
    def is_ipv6(self) -> bool:
        """Tell whether it is one of IPv6."""
        return ":" in self.text


@lru_cache(maxsize=8192)
def parse_address(text: str) -> Address | None:
    """Return the address that ``[fe80::1]%eth0``, ``fe80::1%12`` or ``10.0.0.1`` spells, or None.

    The text comes back as the C library writes it, so that one address is one text whoever printed it.
    """
    bare, _, zone = text.replace("[", "").replace("]", "").partition("%")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        return Address(socket.inet_ntop(family, socket.inet_pton(family, bare)), zone)
    except (OSError, ValueError):
        return None


def find_address(text: str, *, is_ipv6: bool) -> Address | None:
    """Return the address that a text spells or names: also ``*`` for every one, and ``localhost``."""
    bare, _, zone = text.partition("%")
    if bare in {"*", ""}:
        return Address(ANY_IPV6 if is_ipv6 else ANY_IPV4, zone)
    local = _LOCALHOST.get(bare)
    return Address(local[is_ipv6], zone) if local else parse_address(text)


def find_port(text: str, transport: Transport, name_to_port: NameToPort) -> int | None:
    """Return the number that a text spells or names, 0 for ``*``, or None."""
    if text == "*":
        return 0
    if not text.isascii() or not text[:1].isdigit():
        return name_to_port(text, transport) if text.isprintable() and text else None
    if text.isdigit():
        return int(text) if len(text) <= _PORT_DIGITS and int(text) < PORT_COUNT else None
    return name_to_port(text, transport)


class Ends(NamedTuple):
    """Both ends of a socket."""

    local: Address
    """Address it is bound to."""
    local_port: int
    """Port it is bound to, or 0."""
    remote: Address
    """Address of the other end; the unspecified one where there is none."""
    remote_port: int
    """Port of the other end, or 0."""


def find_ends(
    local: str, remote: str, transport: Transport, name_to_port: NameToPort, *, is_ipv6: bool, separator: str = ":"
) -> Ends | None:
    """Return the ends that ``10.0.0.1:22`` and ``*:*`` spell, None where one is a name or cut off."""
    host, _, number = local.rpartition(separator)
    remote_host, _, remote_number = remote.rpartition(separator)
    address, remote_address = find_address(host, is_ipv6=is_ipv6), find_address(remote_host, is_ipv6=is_ipv6)
    port = find_port(number, transport, name_to_port)
    remote_port = find_port(remote_number or "*", transport, name_to_port)
    if address is None or port is None or remote_address is None or remote_port is None:
        return None
    return Ends(address, port, remote_address, remote_port)


def family_of(address: str, dual: Family = Family.IPV6_MAYBE_DUAL) -> Family:
    """Return the family of a socket on an address; ``dual`` is what ``::`` means where it was printed."""
    if ":" not in address:
        return Family.IPV4
    return dual if address == ANY_IPV6 else Family.IPV6


def is_number(text: str) -> bool:
    """Tell whether a text is a number in ASCII digits of a length that is no attack."""
    return text.isascii() and text.isdigit() and len(text) <= 20  # noqa: PLR2004 - 64 bits have 20 digits


def find_pid(text: str) -> int | None:
    """Return the process id that a text spells, or None; process 0 holds no socket that it would answer for."""
    return int(text) or None if is_number(text) and len(text) <= 10 else None  # noqa: PLR2004 - 32 bits have 10
