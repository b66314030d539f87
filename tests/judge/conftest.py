"""Doors and facts to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quietport.judge import connection_facts, listener_facts, raw_socket_facts, read_rules, weigh
from quietport.judge.facts import Context, Facts, program_name, speaking_holder
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Connection, Direction, Family, Listener, ListenerState
from quietport.model.namespace import NetworkNamespace
from quietport.model.owner import Activation, ExecutableFile, Owner
from quietport.model.package import Package
from quietport.model.port import Port, PortRange, Transport
from quietport.model.raw_socket import RawKind, RawSocket
from quietport.model.unknown import Unknown
from quietport.model.verdict import Verdict
from quietport.registry.snapshot import Registry

MakeFacts = Callable[..., Facts]

LENT = PortRange(32768, 60999)
OWN = NetworkNamespace("net:[1]", None, 1, is_own=True)

NEUTRAL: dict[str, Any] = {
    "kind": "listener",
    "transport": "tcp",
    "scope": "any",
    "state": "listening",
    "range": "user",
    "bindresvport_range": False,
    "ephemeral": False,
    "client_end": False,
    "status": "assigned",
    "namespace": "own",
    "owner": "known",
    "several_programs": False,
    "several_sockets": False,
    "privileged_user": False,
    "program": "prog",
    "program_known": False,
    "software": (),
    "roles": (),
    "serves_registered": False,
    "services": (),
    "agreeing": (),
    "registered_agrees": False,
    "de_facto_agrees": False,
    "de_facto_known": False,
    "default_of": (),
    "malware_listed": False,
    "executable": "other",
    "hidden_place": False,
    "path_signs": (),
    "made_by": "none",
    "file": "present",
    "masked_name": "no",
    "package": "unread",
    "package_agrees": False,
    "upgrade": "unread",
    "unit": "none",
    "container": "no",
    "scripted": False,
    "development_server": False,
    "activation": "none",
    "stdin_socket": False,
    "runs_shell": False,
    "debugger": "none",
    "debugger_port": "unsaid",
    "declared": False,
    "declaration_expired": False,
}


@pytest.fixture
def make_facts() -> MakeFacts:
    """Return a maker of facts of which only some are told; the others say nothing in particular."""

    def make(**told: object) -> Facts:
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        return Facts(**NEUTRAL | told)

    return make


BOOTED = "2026-11-20T08:00:00Z"
INSTALLED = "2026-10-01T12:00:00Z"
UPGRADED = "2026-11-24T06:25:00Z"


class Bench:
    """Makes doors and judges them by the registry and the rules that ship."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def owner(
        self,
        executable: str | Unknown | None,
        package: str | None = None,
        *,
        program: str | None = None,
        changed_at: str = INSTALLED,
        is_claim: bool = False,
        **told: Any,
    ) -> Owner:
        """Return a process of root that nothing is odd about, but for what is told."""
        name = "?" if isinstance(executable, Unknown) else (executable or "kthread").rpartition("/")[2]
        told = {
            "file": ExecutableFile.PRESENT,
            "uid": 0,
            "user": "root",
            "started_at": BOOTED,
            "ancestors": (),
            "script": None,
            "unit": None,
            "container": None,
            "activation": Activation.NONE,
            "stdin_socket": False,
            "runs_shell": False,
            "debugger": None,
            "debugger_port": None,
            "package": package and Package("dpkg", package, "1.0", is_claim=is_claim, changed_at=changed_at),
        } | told
        if "package_is" in told:
            told["package"] = told.pop("package_is")
        return Owner(told.pop("pid", 700), program or name[:15], executable, **told)

    def listener(
        self,
        port: str,
        owners: tuple[Owner, ...] | Unknown,
        address: str = "0.0.0.0",
        state: ListenerState = ListenerState.LISTENING,
        namespace: NetworkNamespace | Unknown = OWN,
        sockets: int = 1,
        **told: Any,
    ) -> Verdict:
        """Return the verdict on a listener; ``port`` as ``22/tcp``."""
        at = Endpoint(address, parse(port))
        seen = Listener(at, Family.IPV4, state, None, 0, sockets, owners, namespace)
        return weigh(self.listener_context(seen, **told), read_rules())

    def listener_context(self, seen: Listener, **told: Any) -> Context:
        """Return the facts of a listener."""
        practice = self.registry.practice
        return listener_facts(
            seen,
            self.registry.lookup(seen.port),
            practice.uses.find(seen.port),
            self.known(seen.owners),
            LENT,
            misuse=practice.misuse.find(seen.port),
            alias_programs=self.aliases(seen.owners),
            **told,
        )

    def connection(
        self,
        remote: str,
        owners: tuple[Owner, ...] | Unknown,
        direction: Direction = Direction.OUTBOUND,
        local: str = "40000/tcp",
    ) -> Verdict:
        """Return the verdict on a connection to ``remote``, a port elsewhere."""
        ends = Endpoint("10.0.0.1", parse(local)), Endpoint("192.0.2.1", parse(remote))
        seen = Connection(*ends, direction, 0, 7, owners, OWN)
        quiet = seen.quiet_port
        practice = self.registry.practice
        context = connection_facts(
            seen,
            self.registry.lookup(quiet),
            practice.uses.find(quiet),
            self.known(owners),
            LENT,
            misuse=practice.misuse.find(quiet),
            alias_programs=self.aliases(owners),
        )
        return weigh(context, read_rules())

    def raw(self, kind: RawKind, owners: tuple[Owner, ...] | Unknown) -> Verdict:
        """Return the verdict on a socket below the ports."""
        seen = RawSocket(kind, "packet", 3, None, None, 0, 7, owners, OWN)
        return weigh(raw_socket_facts(seen, self.known(owners), alias_programs=self.aliases(owners)), read_rules())

    def known(self, owners: tuple[Owner, ...] | Unknown) -> Any:
        holder = speaking_holder(owners)
        return self.registry.practice.find_programs(program_name(holder)) if holder else ()

    def aliases(self, owners: tuple[Owner, ...] | Unknown) -> Any:
        holder = speaking_holder(owners)
        return self.registry.practice.find_programs(holder.program) if holder else ()


def parse(text: str) -> Port:
    number, _, transport = text.partition("/")
    return Port(int(number), Transport(transport))


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """Return a bench that makes doors and judges them."""
    with Registry() as registry:
        yield Bench(registry)
