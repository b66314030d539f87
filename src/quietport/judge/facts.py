"""The closed vocabulary that rules may ask about: one flat record per door.

Text from outside is kept apart in ``values``, which rules can show and never test.
"""

from __future__ import annotations

from msgspec import Struct

from quietport.judge.holder import program_name, speaking_holder
from quietport.judge.relation import Relation, relate
from quietport.model.port import PortRange
from quietport.model.unknown import Unknown

__all__ = ["BINDRESVPORT", "Context", "Fact", "Facts", "Relation", "program_name", "relate", "speaking_holder"]

Fact = bool | str | tuple[str, ...] | Unknown
"""A yes or no, a word, a set of words, or not known."""

BINDRESVPORT = PortRange(512, 1023)
"""Numbers that bindresvport(3) and the like may take."""


class Facts(Struct, frozen=True):
    """What is known of one door when it is judged."""

    kind: str
    """``listener``, ``connection``, ``packet-socket`` or ``raw-socket``."""
    transport: str
    """``tcp``, ``udp``...; ``none`` below the ports."""
    scope: str
    """Class of the local address."""
    state: str
    """State of a listener, direction of a connection."""
    range: str
    """``system``, ``user`` or ``dynamic``; ``none`` below the ports."""
    bindresvport_range: bool
    """Between 512 and 1023."""
    ephemeral: Fact
    """Lies in the range this machine lends to outgoing connections."""
    client_end: bool
    """A UDP socket in that range: most likely the near end of somebody's question."""
    status: str
    """Status in IANA's registry; ``none`` below the ports."""
    namespace: str
    """``own``, ``other`` or ``unread``: which network namespace it stands in."""
    owner: str
    """``known``, ``kernel``, ``permission``, ``none`` (nobody holds it) or ``unseen``: could the holder be read?"""
    several_programs: bool
    """Different programs hold the same socket, or the same port."""
    several_sockets: bool
    """Several sockets share the port (SO_REUSEPORT)."""
    privileged_user: Fact
    """The holder runs as user 0."""
    program: Fact
    """Base name of the executable; of an attacker's choosing."""
    program_known: Fact
    """The executable's name is in the table of known programs."""
    software: tuple[str, ...]
    """What it is known as, in lower case."""
    roles: Fact
    """What a program of that name is for (``judge.role``)."""
    serves_registered: bool
    """The known program speaks at least one service that has a registered name."""
    services: tuple[str, ...]
    """Those services."""
    agreeing: tuple[str, ...]
    """Those of them that are registered for this port, in lower case."""
    registered_agrees: Fact
    """There are such."""
    de_facto_agrees: Fact
    """A source gives this port as the default of that software."""
    de_facto_known: bool
    """A source gives this port as the default of some software."""
    default_of: tuple[str, ...]
    """That software, in lower case: of those that a rule asks about."""
    malware_listed: bool
    """A report names this port as one that malware used."""
    executable: Fact
    """Where the executable is: ``system``, ``local``, ``home``, ``temporary``, ``memory``, ``kernel``,
    ``other`` or ``untold``."""
    hidden_place: Fact
    """Its path is made to be overlooked."""
    path_signs: Fact
    """What else is odd about its path: ``shared-memory``, ``among-keys``, ``misleading`` (``judge.place``)."""
    made_by: Fact
    """The tool that makes such paths: ``go-run``, ``appimage``, ``container-runtime`` or ``none``; a claim."""
    file: Fact
    """What has become of the file: ``present``, ``replaced``, ``gone`` or ``memory``."""
    masked_name: Fact
    """``kernel-thread`` or ``daemon``: the process goes by a name that is not its own; else ``no``."""
    package: str
    """``owned``, ``claimed`` (by its own container), ``none`` or ``unread``."""
    package_agrees: bool
    """The package is named for the software or the service of this port."""
    upgrade: str
    """The package changed ``after-start`` of the process or ``before-start``; ``unread`` where that is not known."""
    unit: str
    """What keeps the process: ``service``, ``session``, ``other``, ``none`` or ``unread``."""
    container: str
    """``yes``, ``no`` or ``unread``: does it run in a container?"""
    scripted: Fact
    """It runs a script or a module."""
    development_server: Fact
    """That script says of itself that it is for development."""
    activation: Fact
    """Who handed it the socket: ``none``, ``systemd`` or ``inetd``."""
    stdin_socket: Fact
    """Its standard input is a network socket."""
    runs_shell: Fact
    """Its command line tells a relay to join whoever is connected to a shell."""
    debugger: Fact
    """``node-inspect``, ``jdwp``, ``debugpy``, ``jmx``, ``other`` or ``none``: what its command line opens."""
    debugger_port: Fact
    """``this`` one, ``another``, or ``unsaid``."""
    declared: bool
    """A policy says it should be there."""
    declaration_expired: bool
    """A policy said so until a day that has passed."""


class Context(Struct, frozen=True):
    """Facts, and the values that sentences about them are made from."""

    facts: Facts
    """What rules test."""
    values: dict[str, str]
    """What sentences show: program, services, executable; hostile text."""
