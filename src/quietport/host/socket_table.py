"""The listening sockets of this network namespace, whichever way the kernel tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.host import sock_diag
from quietport.host.socket_entry import TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN
from quietport.host.socket_run import SocketRun, collect_runs
from quietport.model.port import Transport
from quietport.model.unknown import Reason, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quietport.host.socket_entry import SocketEntry

    AskKernel = Callable[..., list[sock_diag.Dump]]
    """Asks for sockets as ``sock_diag.read_sockets`` does."""

LISTENING = {Transport.TCP: 1 << TCP_LISTEN, Transport.UDP: 1 << TCP_CLOSE}
"""The states of sockets that take what arrives."""

CONNECTED = dict.fromkeys(LISTENING, 1 << TCP_ESTABLISHED)
"""The state of sockets that have another end."""


class SocketTable(NamedTuple):
    """What the kernel tells, and what of it could not be read."""

    runs: list[SocketRun]
    """The listening sockets."""
    method: str
    """How they were read: ``sock_diag`` or ``proc-net``."""
    unseen: list[Unseen]
    """What was damaged, cut off, or could not be asked for."""


def read_table(proc: str, ask_kernel: AskKernel = sock_diag.read_sockets) -> SocketTable:
    """Return the listening sockets; where the kernel answers no netlink, from the tables under ``proc``.

    Raises SurveyError where neither can be read.
    """
    try:
        dumps = ask_kernel(LISTENING.items(), in_runs=True)
    except OSError as error:
        unseen = Unseen("unseen.sock-diag", Reason.NOT_SUPPORTED, "remedy.inet-diag", detail=_words(error))
        entries, damage = _read_proc_net(proc)
        return SocketTable(_listening(collect_runs(entries)), "proc-net", [unseen, *damage])
    return SocketTable(_listening(run for dump in dumps for run in dump.runs()), "sock_diag", _unseen_of(dumps))


def read_connected(
    proc: str, table: SocketTable, ask_kernel: AskKernel = sock_diag.read_sockets
) -> tuple[list[SocketEntry], list[Unseen]]:
    """Return the connected sockets, read as the table was, and what of them could not be read."""
    if table.method == "sock_diag":
        try:
            dumps = ask_kernel(CONNECTED.items())
        except OSError as error:
            return [], [Unseen("unseen.connections", Reason.NOT_SUPPORTED, "remedy.repeat", detail=_words(error))]
        entries, unseen = [entry for dump in dumps for entry in dump.sockets], _unseen_of(dumps)
    else:
        entries, unseen = _read_proc_net(proc)[0], []  # the damage was told of with the listening ones
    return [entry for entry in entries if entry.state == TCP_ESTABLISHED], unseen


def _listening(runs: Iterable[SocketRun]) -> list[SocketRun]:
    return [run for run in map(_with_ports, runs) if run.listens and run.ports]


def _with_ports(run: SocketRun) -> SocketRun:
    """Return a run without the sockets that have no port: a UDP socket that was never bound."""
    if 0 not in run.ports:
        return run
    bound = [(port, inode) for port, inode in zip(run.ports, run.inodes, strict=True) if port]
    return run.of([port for port, _ in bound], [inode for _, inode in bound])


def _read_proc_net(proc: str) -> tuple[list[SocketEntry], list[Unseen]]:
    from quietport.host import proc_net  # noqa: PLC0415 - only where the kernel does not answer

    tables = proc_net.read_tables(proc)
    return [entry for table in tables for entry in table.sockets], _damage(sum(table.damaged for table in tables))


def _unseen_of(dumps: list[sock_diag.Dump]) -> list[Unseen]:
    unseen = _damage(sum(dump.damaged for dump in dumps))
    interrupted = sum(dump.interrupted for dump in dumps)
    if interrupted:
        unseen.append(Unseen("unseen.dump-interrupted", Reason.NOT_SUPPORTED, "remedy.repeat", interrupted))
    return unseen


def _damage(count: int) -> list[Unseen]:
    return [Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", count)] if count else []


def _words(error: OSError) -> str:
    return error.strerror or str(error)
