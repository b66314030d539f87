"""``check --hidden``: ports that are busy and in no table, and sockets that are in one table alone.

The tables are read, every port is bound to for an instant, the tables are read again; whatever disagrees
is looked at three times more, with pauses, so that a socket which came or went meanwhile is not news. Then
what is left is located, and connected to over loopback. Of this network namespace only, and only when
somebody asks: never from a timer (``bind_probe`` says what it costs others).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from quietport.host import sock_diag
from quietport.host.hidden.bind_probe import EVERY_PORT, Place, Probed, locate, probe_ports
from quietport.host.hidden.both_tables import TableReader
from quietport.host.hidden.connect import try_connect
from quietport.host.hidden.cross_view import classify, compare, count_classes, make_mismatches, persisting
from quietport.host.hidden.unlisted_bound import lists_bound_sockets
from quietport.model.cross_view import Answer, CrossView, HiddenPort
from quietport.model.endpoint import Endpoint
from quietport.model.listener import Family
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import PortRange, Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from quietport.host.hidden.bind_probe import Progress, Run
    from quietport.host.hidden.both_tables import AskKernel, Look
    from quietport.host.hidden.cross_view import Suspects, Tables
    from quietport.model.port import Port

    Probe = Callable[[Iterable[Run], Progress | None], Probed]
    """Binds to ports, and tells of its progress."""

PAUSES_S = (0.05, 0.1, 0.2)
"""Before each further look; a socket that came between two readings is in both tables by then."""
_PROBE_PART = 0.9
"""How much of the work the bind probe is, for whoever shows progress."""
_RUNS_SHOWN = 8
"""Runs of ports that are named in a detail."""
_SOMEWHERE = (Place(Family.IPV6_MAYBE_DUAL, "::"),)
"""Where something sits that was busy at every look, and not where it was to be located."""


class Examiner(NamedTuple):
    """How a port that seems to be hidden is looked at more closely."""

    locate: Callable[[Port], tuple[Place, ...]] = locate
    """Finds on which address it is busy."""
    connect: Callable[[Sequence[Endpoint]], dict[Endpoint, Answer]] = try_connect
    """Tries whether something accepts."""
    lists_bound: Callable[[], bool] = lists_bound_sockets
    """Tells whether this kernel's tables list TCP sockets that are bound and no more."""


def find_hidden(
    proc: str = "/proc",
    ask_kernel: AskKernel = sock_diag.read_sockets,
    probe: Probe = probe_ports,
    examiner: Examiner | None = None,
    tell: Progress | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> CrossView:
    """Return the cross-view of this network namespace, in about half a second; more with 10,000s of sockets.

    ``tell`` is told of the progress, 0 to 1. Raises SurveyError where neither table can be read.
    """
    begun = time.perf_counter()
    reader = TableReader(proc, ask_kernel)
    first = reader.read()
    probed = probe(EVERY_PORT, None if tell is None else lambda part: tell(part * _PROBE_PART))
    look = reader.read()
    suspected = persisting(compare(first.tables, probed.busy), compare(look.tables, probed.busy))
    suspects = suspected
    for pause_s in PAUSES_S:
        if not suspects.ports:
            break
        pause(pause_s)
        look, suspects = _look_again(reader, probe, suspects)
    hidden, unlisted = _examine(suspects.hidden, look.tables, examiner or Examiner())
    if tell is not None:
        tell(1.0)
    return CrossView(
        namespace=_read_namespace(proc),
        counts=count_classes(classify(look.tables, suspects, unlisted)),
        hidden=hidden,
        mismatches=make_mismatches(suspects),
        probed=probed.tried - len(probed.not_permitted) - len(probed.failed),
        dual_stack=probed.dual_stack,
        tables=look.tables.names,
        looks=reader.looks,
        settled=len(suspected.ports) - len(suspects.ports),
        elapsed_s=time.perf_counter() - begun,
        coverage=Coverage((*look.unseen, *_unseen_ports(probed, unlisted))),
    )


def _look_again(reader: TableReader, probe: Probe, suspects: Suspects) -> tuple[Look, Suspects]:
    runs = [(port.transport, PortRange(port.number, port.number)) for port in sorted(suspects.hidden)]
    busy = probe(runs, None).busy if runs else frozenset()
    look = reader.read()
    return look, persisting(suspects, compare(look.tables, busy))


def _examine(
    busy: frozenset[Port], tables: Tables, examiner: Examiner
) -> tuple[tuple[HiddenPort, ...], frozenset[Port]]:
    """Return the hidden ones of the ports that are in no table, and apart those that none would list anyway.

    Before Linux 6.8 no table lists a TCP socket that is bound and does not listen; there only a port on
    which something accepts is hidden.
    """
    if not busy:
        return (), frozenset()
    places = {Endpoint(place.address, port): place for port in busy for place in examiner.locate(port) or _SOMEWHERE}
    endpoints = sorted(places, key=lambda endpoint: (endpoint.port, endpoint.address))
    answers = examiner.connect(endpoints)
    accepting = {endpoint.port for endpoint, answer in answers.items() if answer is Answer.ACCEPTED}
    doubtful = frozenset(port for port in busy if port.transport is Transport.TCP) - accepting
    if doubtful and tables.sock_diag is not None and examiner.lists_bound():
        doubtful = frozenset()
    found = (HiddenPort(one, places[one].family, answers[one]) for one in endpoints if one.port not in doubtful)
    return tuple(found), doubtful


def _unseen_ports(probed: Probed, unlisted: frozenset[Port]) -> list[Unseen]:
    unseen: list[Unseen] = []
    if probed.not_permitted:
        ports = probed.not_permitted
        unseen.append(Unseen("unseen.not-bindable", Reason.PERMISSION, "remedy.bind", len(ports), runs_text(ports)))
    if probed.failed:
        codes = Counter(code for _, code in probed.failed)
        causes = ", ".join(os.strerror(code) for code, _ in codes.most_common())
        unseen.append(Unseen("unseen.bind-failed", Reason.NOT_SUPPORTED, "remedy.repeat", len(probed.failed), causes))
    if unlisted:
        told = len(unlisted), runs_text(unlisted)
        unseen.append(Unseen("unseen.bound-unlisted", Reason.NOT_SUPPORTED, "remedy.newer-kernel", *told))
    return unseen


def runs_text(ports: Iterable[Port]) -> str:
    """Return ports as ``1-1023/tcp, 1-1023/udp``: the first eight runs."""
    runs: list[tuple[Transport, PortRange]] = []
    for port in sorted(ports, key=lambda port: (port.transport, port.number)):
        transport, run = runs[-1] if runs else (None, PortRange(0, 0))
        if transport == port.transport and run.last == port.number - 1:
            runs[-1] = port.transport, PortRange(run.first, port.number)
        else:
            runs.append((port.transport, PortRange(port.number, port.number)))
    shown = [f"{run}/{transport}" for transport, run in runs[:_RUNS_SHOWN]]
    return ", ".join([*shown, "..."] if len(runs) > _RUNS_SHOWN else shown)


def _read_namespace(proc: str) -> str | Unknown:
    try:
        return os.readlink(f"{proc}/self/ns/net")
    except PermissionError:
        return Unknown(Reason.PERMISSION, "network namespace")
    except OSError:
        return NO_NAMESPACE
