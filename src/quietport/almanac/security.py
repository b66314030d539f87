"""If something is there: the three explanations, the innocent ones, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Claim, Form, Phrase, Section
from quietport.model.port import PortRange
from quietport.model.registration import Status

if TYPE_CHECKING:
    from quietport.almanac.subject import Subject

BINDRESVPORT = PortRange(512, 1023)
"""Where bindresvport(3) and its kin take free numbers (glibc, libtirpc, sunrpc in Linux)."""

NFS_CLIENT = PortRange(665, 1023)
"""Default of sunrpc.min_resvport and sunrpc.max_resvport (Linux, net/sunrpc)."""


def security_section(subject: Subject) -> Section:
    """Return why a listener here would matter, and what to look at in each case."""
    number = {"port": subject.number}
    claims = [_first_claim(subject)]
    claims += [
        Claim(Phrase("security.custom", number), ("rfc6335",), Form.ROW),
        Claim(Phrase("security.misconfigured", number), ("attack-t1571", "rfc6335"), Form.ROW),
        Claim(Phrase("security.hostile", number), ("attack-t1571",), Form.ROW),
    ]
    claims.append(Claim(Phrase("security.both-directions", number), ("attack-t1571",)))
    if subject.number in BINDRESVPORT:
        claims.append(Claim(Phrase("security.innocent", {}), ("man-bindresvport",)))
    if subject.number in NFS_CLIENT:
        claims.append(Claim(Phrase("security.innocent-nfs", {}), ("linux-sunrpc-resvport",)))
    return Section("security", tuple(claims))


def _first_claim(subject: Subject) -> Claim:
    number = {"port": subject.number}
    iana = subject.registry.iana_source
    statuses = {entry.status for entry in subject.main}
    if Status.ASSIGNED in statuses:
        names = tuple(dict.fromkeys(name for entry in subject.main for name in entry.names))
        if names:
            return Claim(Phrase("security.assigned", {**number, "names": names}), (iana, "rfc6335"))
        return Claim(Phrase("security.assigned-nameless", number), (iana, "rfc6335"))
    if statuses == {Status.DYNAMIC}:
        return Claim(Phrase("security.dynamic", number), ("rfc6335", "linux-ip-sysctl"))
    return Claim(Phrase("security.unexplained", number), (iana, "rfc6335"))
