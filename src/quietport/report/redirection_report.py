"""What answers without a listener, in words and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.page import Phrase
from quietport.model.unknown import Unknown
from quietport.report.document import Json, known
from quietport.words.gates import readable

if TYPE_CHECKING:
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.port import PortRange
    from quietport.model.redirection import Behind
    from quietport.words.phrasebook import Phrasebook


def redirection_text(one: Behind, book: Phrasebook) -> str:
    """Return what a rule does and what is behind it, in a sentence."""
    rule = one.redirection
    return book.say(
        "redirection.rule",
        ports=f"{_place(rule.address, rule.ports)}/{rule.transport}",
        target=_place(rule.to_address, rule.to_ports or rule.ports) if rule.to_address else str(rule.to_ports),
        rule=rule.rule,
        behind=_behind(one),
    )


def redirection_json(one: Behind, book: Phrasebook) -> Json:
    """Return a rule and what is behind it."""
    rule = one.redirection
    return {
        "mechanism": str(rule.mechanism),
        "transport": str(rule.transport),
        "address": rule.address,
        "first": rule.ports.first,
        "last": rule.ports.last,
        "to_address": rule.to_address,
        "to_first": rule.to_ports.first if rule.to_ports else None,
        "to_last": rule.to_ports.last if rule.to_ports else None,
        "rule": readable(rule.rule),
        "is_local": rule.is_local,
        "is_narrowed": rule.is_narrowed,
        "namespace": _namespace_json(rule.namespace),
        "behind": known(one.listeners) if isinstance(one.listeners, Unknown) else _listeners_json(one),
        "says": redirection_text(one, book),
    }


def _listeners_json(one: Behind) -> list[Json]:
    listeners = () if isinstance(one.listeners, Unknown) else one.listeners
    return [
        {
            "transport": str(listener.port.transport),
            "address": listener.endpoint.address,
            "port": listener.port.number,
            "namespace": _namespace_json(listener.namespace),
        }
        for listener in listeners
    ]


def _namespace_json(namespace: NetworkNamespace | Unknown) -> Json:
    return known(namespace if isinstance(namespace, Unknown) else namespace.id)


def _place(address: str | None, ports: PortRange) -> str:
    if address is None:
        return str(ports)
    return f"[{address}]:{ports}" if ":" in address else f"{address}:{ports}"


def _behind(one: Behind) -> Phrase:
    if isinstance(one.listeners, Unknown):
        return Phrase("redirection.behind-unknown", {})
    if not one.listeners:
        return Phrase("redirection.behind-nothing", {})
    programs = tuple(dict.fromkeys(_program(listener.owners) for listener in one.listeners))
    return Phrase("redirection.behind", {"listeners": tuple(programs)})


def _program(owners: object) -> str:
    return owners[0].program if isinstance(owners, tuple) and owners else "?"
