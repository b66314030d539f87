"""What this machine itself says about port numbers: facts of the machine, not of the numbers."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from quietport.model.errors import BadPortError
from quietport.model.port import PORT_COUNT, PortRange, parse_port_range
from quietport.model.unknown import Reason, Unknown

Run = Callable[[list[str]], str]
"""Runs a command and returns what it prints; raises OSError where it cannot."""

FactT = TypeVar("FactT")

_TIMEOUT_S = 5.0
_SYSCTL = ["sysctl", "-n", "net.inet.ip.portrange.first", "net.inet.ip.portrange.last"]
_NETSH = ["netsh", "int", "ipv4", "show", "dynamicport", "tcp"]


class PortFacts(Struct, frozen=True):
    """Privilege and ephemeral facts of this machine, read live."""

    system: str
    """``linux``, ``darwin``, ``win32``: Python's ``sys.platform``."""
    ip_unprivileged_port_start: int | Unknown
    """The first port that a process may bind to without CAP_NET_BIND_SERVICE; Linux only."""
    ip_local_port_range: PortRange | Unknown
    """The ports that the kernel chooses from for who asks for no port in particular."""
    ip_local_reserved_ports: tuple[PortRange, ...] | Unknown
    """Ports that the kernel leaves out of that choice; Linux only."""


def read_facts(proc: str = "/proc", system: str = sys.platform, run: Run | None = None) -> PortFacts:
    """Return what this machine says of its ports; what it does not say is Unknown."""
    run = run or run_command
    if system == "linux":
        return _read_linux(proc)
    local_range: PortRange | Unknown
    if system == "darwin":
        local_range = _ask(run, _SYSCTL, parse_sysctl_range)
    elif system == "win32":
        local_range = _ask(run, _NETSH, parse_netsh_range)
    else:
        local_range = _no_fact("ip_local_port_range")
    return PortFacts(system, _no_fact("ip_unprivileged_port_start"), local_range, _no_fact("ip_local_reserved_ports"))


def parse_sysctl_range(text: str) -> PortRange | None:
    """Return the range that two numbers, first and last, name (Linux and macOS), or None."""
    fields = text.split()
    return _range(*fields) if len(fields) == 2 else None  # noqa: PLR2004 - first and last


def parse_netsh_range(text: str) -> PortRange | None:
    """Return the range that ``netsh int ipv4 show dynamicport`` prints, or None.

    The words are in the language of the system; the first number after a colon is the start, the second the count.
    """
    numbers = re.findall(r":\s*([0-9]{1,5})\s*$", text, re.MULTILINE)
    if len(numbers) != 2:  # noqa: PLR2004 - start and count
        return None
    start, count = map(int, numbers)
    return _range(str(start), str(start + count - 1))


def parse_reserved(text: str) -> tuple[PortRange, ...] | None:
    """Return the ranges of ``8080,9000-9010``, none for an empty line; None where it is malformed."""
    text = text.strip()
    try:
        return tuple(parse_port_range(part) for part in text.split(",")) if text else ()
    except BadPortError:
        return None


def run_command(command: list[str]) -> str:
    """Return what a command prints; raises OSError where it is missing, fails or takes longer than 5 s."""
    import subprocess  # noqa: PLC0415 - 10 ms that Linux does not need

    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_TIMEOUT_S)
    except subprocess.SubprocessError as error:
        raise OSError(str(error)) from error
    return done.stdout.decode("ascii", "replace")


def _read_linux(proc: str) -> PortFacts:
    start = _read_fact(proc, "ip_unprivileged_port_start", _parse_start)
    local_range = _read_fact(proc, "ip_local_port_range", parse_sysctl_range)
    reserved = _read_fact(proc, "ip_local_reserved_ports", parse_reserved)
    return PortFacts("linux", start, local_range, reserved)


def _parse_start(text: str) -> int | None:
    text = text.strip()
    number = int(text) if text.isascii() and text.isdigit() else -1
    return number if 0 <= number <= PORT_COUNT else None


def _read_fact(proc: str, name: str, parse: Callable[[str], FactT | None]) -> FactT | Unknown:
    try:
        with open(f"{proc}/sys/net/ipv4/{name}", encoding="ascii", errors="replace") as file:
            fact = parse(file.read())
    except PermissionError:
        return Unknown(Reason.PERMISSION, name)
    except OSError:
        return _no_fact(name)
    return _no_fact(name) if fact is None else fact


def _ask(run: Run, command: list[str], parse: Callable[[str], PortRange | None]) -> PortRange | Unknown:
    try:
        return parse(run(command)) or _no_fact("ip_local_port_range")
    except OSError:
        return _no_fact("ip_local_port_range")


def _range(first: str, last: str) -> PortRange | None:
    try:
        return parse_port_range(f"{first}-{last}")
    except BadPortError:
        return None


def _no_fact(name: str) -> Unknown:
    return Unknown(Reason.NOT_SUPPORTED, name)
