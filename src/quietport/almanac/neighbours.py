"""What stands next to a port in the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Claim, Form, Phrase, Section

if TYPE_CHECKING:
    from quietport.almanac.subject import Subject
    from quietport.model.page import Value


def neighbours_section(subject: Subject) -> Section:
    """Return the run of numbers that the same row covers, and the nearest assigned ones, over one transport."""
    registry, iana = subject.registry, subject.registry.iana_source
    port = subject.main[0].port
    claims = []
    around = registry.span_range(port)
    if len(around) > 1 and subject.main[0].rows:
        claims.append(Claim(Phrase("neighbours.row", {"ports": str(around)}), (iana,)))
    for id_, step in (("neighbours.below", -1), ("neighbours.above", +1)):
        neighbour = registry.neighbour(port, step)
        if neighbour is None:
            says = Phrase(f"{id_}-none", {"transport": str(port.transport)})
        else:
            entry = registry.lookup(neighbour)
            named = entry.names or tuple(dict.fromkeys(row.description for row in entry.rows))
            values: dict[str, Value] = {"transport": str(port.transport), "port": neighbour.number, "names": named}
            says = Phrase(id_, values)
        claims.append(Claim(says, (iana,), Form.ROW))
    return Section("neighbours", tuple(claims))
