"""What a status and a range mean (RFC 6335, RFC 7605), and what systems do with such numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Claim, Phrase, Section
from quietport.model.port import PortRange, range_name
from quietport.model.registration import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quietport.almanac.subject import Subject

LINUX_EPHEMERAL = PortRange(32768, 60999)
"""Default of net.ipv4.ip_local_port_range (Linux, Documentation/networking/ip-sysctl.rst)."""

RFC6335_EPHEMERAL = PortRange(49152, 65535)
"""Default of macOS and Windows (xnu, in.h; Microsoft, KB 929851)."""

LINUX_PRIVILEGED_BELOW = 1024
"""Default of net.ipv4.ip_unprivileged_port_start (the same file)."""


def meaning_section(subject: Subject) -> Section:
    """Return what the range and the status say, and what no number can say."""
    where = range_name(subject.number)
    claims = [Claim(Phrase(f"meaning.{where}", {"port": subject.number}), ("rfc6335",))]
    for status in dict.fromkeys(entry.status for entry in subject.main):
        if status is not Status.DYNAMIC:
            source = subject.registry.iana_source if status is Status.NO_ROW else "rfc6335"
            claims.append(Claim(Phrase(f"meaning.{status.label}", {}), (source,)))
    claims.append(Claim(Phrase("meaning.not-proof", {}), ("rfc6335",)))
    if any(entry.status in {Status.UNASSIGNED, Status.NO_ROW} for entry in subject.main):
        claims.append(Claim(Phrase("meaning.advice", {}), ("rfc7605",)))
    return Section("meaning", tuple(claims))


def system_section(subject: Subject) -> Section:
    """Return privilege and ephemeral defaults of Linux, macOS and Windows; facts of systems, not of numbers."""
    return Section("system", tuple(_system_claims(subject.number)))


def _system_claims(number: int) -> Iterator[Claim]:
    values = {"port": number}
    privileged = "privileged" if number < LINUX_PRIVILEGED_BELOW else "unprivileged"
    sources = ("linux-ip-sysctl", "linux-capabilities") if privileged == "privileged" else ("linux-ip-sysctl",)
    yield Claim(Phrase(f"system.linux.{privileged}", values), sources)
    for system, lent, source in (
        ("linux", LINUX_EPHEMERAL, "linux-ip-sysctl"),
        ("macos", RFC6335_EPHEMERAL, "xnu-in-h"),
        ("windows", RFC6335_EPHEMERAL, "ms-dynamic-ports"),
    ):
        inside = "ephemeral" if number in lent else "not-ephemeral"
        yield Claim(Phrase(f"system.{system}.{inside}", values), (source,))
