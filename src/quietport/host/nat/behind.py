"""What is behind a redirection: the listener that gets what its rule sends elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.model.endpoint import Scope
from quietport.model.listener import Family, ListenerState
from quietport.model.redirection import Behind
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quietport.model.listener import Listener
    from quietport.model.namespace import NetworkNamespace
    from quietport.model.redirection import Redirection

MAX_PORTS = 1024
"""Of a longer run of ports no listener is looked for: it is a rule for every port."""
_UNSPECIFIED = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to


def addresses_by_namespace(
    seen: Iterable[tuple[NetworkNamespace | Unknown, Iterable[str]]],
) -> dict[str, list[NetworkNamespace | Unknown]]:
    """Return the namespaces that have each address; the same loopback address is in all of them."""
    found: dict[str, list[NetworkNamespace | Unknown]] = {}
    for namespace, addresses in seen:
        for address in addresses:
            found.setdefault(address, []).append(namespace)
    return found


def find_behind(
    redirections: Iterable[Redirection],
    listeners: Iterable[Listener],
    namespaces: Mapping[str, list[NetworkNamespace | Unknown]],
) -> list[Behind]:
    """Return what is behind each redirection; ``namespaces`` is what ``addresses_by_namespace`` returns."""
    by_port: dict[tuple[str, int], list[Listener]] = {}
    for listener in listeners:
        if listener.state is ListenerState.LISTENING:
            by_port.setdefault((str(listener.port.transport), listener.port.number), []).append(listener)
    return [Behind(rule, _find(rule, by_port, namespaces)) for rule in redirections]


def _find(
    rule: Redirection,
    by_port: Mapping[tuple[str, int], list[Listener]],
    namespaces: Mapping[str, list[NetworkNamespace | Unknown]],
) -> tuple[Listener, ...] | Unknown:
    ports = rule.to_ports or rule.ports
    if len(ports) > MAX_PORTS:
        return Unknown(Reason.NOT_LOOKED, "listener behind a rule for every port")
    where = [rule.namespace] if rule.to_address is None else namespaces.get(rule.to_address, [])
    if not where:
        return Unknown(Reason.NOT_SUPPORTED, "listener at an address that is not of this host")
    if rule.namespace in where:
        where = [rule.namespace]
    return tuple(
        listener
        for number in range(ports.first, ports.last + 1)
        for listener in by_port.get((str(rule.transport), number), ())
        if listener.namespace in where and _takes(listener, rule)
    )


def _takes(listener: Listener, rule: Redirection) -> bool:
    """Tell whether a listener takes what a rule sends.

    ``redirect`` sends to the address of the interface that a packet came in by, so a listener on the loopback
    address alone gets only what programs of this host send (``man 8 iptables-extensions``, REDIRECT).
    """
    address = listener.endpoint.address
    if rule.to_address is None:
        return rule.is_local or listener.scope is not Scope.LOOPBACK
    if address == rule.to_address:
        return True
    is_ipv6 = ":" in rule.to_address
    takes_family = is_ipv6 == (listener.family is not Family.IPV4) or (
        not is_ipv6 and listener.family in {Family.DUAL, Family.IPV6_MAYBE_DUAL}
    )
    return address in _UNSPECIFIED and takes_family
