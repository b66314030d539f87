"""Commands to copy, right for tcp and udp alike, and what their silence means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Claim, Form, Phrase, Section
from quietport.model.port import Transport

if TYPE_CHECKING:
    from quietport.almanac.subject import Subject

COMMANDS: tuple[tuple[str, str, frozenset[Transport], str], ...] = (
    ("howto.linux", "ss -H -ltnup 'sport = :{port}'", frozenset({Transport.TCP, Transport.UDP}), "man-ss"),
    ("howto.linux-lsof-tcp", "sudo lsof -nP -iTCP:{port} -sTCP:LISTEN", frozenset({Transport.TCP}), "man-lsof"),
    ("howto.linux-lsof-udp", "sudo lsof -nP -iUDP:{port}", frozenset({Transport.UDP}), "man-lsof"),
    (
        "howto.windows-tcp",
        "Get-NetTCPConnection -State Listen -LocalPort {port}",
        frozenset({Transport.TCP}),
        "ms-get-nettcpconnection",
    ),
    ("howto.windows-udp", "Get-NetUDPEndpoint -LocalPort {port}", frozenset({Transport.UDP}), "ms-get-netudpendpoint"),
)
"""Sentence, command, the transports it looks at, and the manual that says so."""


def howto_section(subject: Subject) -> Section:
    """Return the commands that look at the port on Linux, macOS and Windows."""
    asked = set(subject.transports)
    claims = [
        Claim(Phrase(id_, {"command": command.format(port=subject.number)}), (source,), Form.COMMAND)
        for id_, command, transports, source in COMMANDS
        if transports & asked
    ]
    claims.append(Claim(Phrase("howto.silence", {}), ("man-network-namespaces",)))
    if Transport.TCP in asked:
        claims.append(Claim(Phrase("howto.closed", {}), ("rfc9293",)))
    return Section("howto", tuple(claims))
