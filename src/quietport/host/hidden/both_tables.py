"""Both tables of the kernel's sockets, read one right after the other: netlink and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quietport.host import proc_net, sock_diag
from quietport.host.hidden.cross_view import Tables
from quietport.model.errors import SurveyError
from quietport.model.port import Transport
from quietport.model.unknown import Reason, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    AskKernel = Callable[[Iterable[tuple[Transport, int]]], list[sock_diag.Dump]]

EVERY_STATE = 0xFFFF_FFFF
"""As a mask: TIME_WAIT, NEW_SYN_RECV and BOUND_INACTIVE are told of only where they are asked for."""
TRANSPORTS = (Transport.TCP, Transport.UDP)
"""Whose tables are compared."""


class Look(NamedTuple):
    """One reading of both tables, with what could not be read."""

    tables: Tables
    """What they list, sockets without a port left out."""
    unseen: tuple[Unseen, ...]
    """What kept them from being whole."""


class TableReader:
    """Reads both tables, and counts how often."""

    def __init__(self, proc: str = "/proc", ask_kernel: AskKernel = sock_diag.read_sockets) -> None:
        """Read nothing yet."""
        self.looks = 0
        """How often they were read."""
        self._proc = proc
        self._ask_kernel = ask_kernel

    def read(self) -> Look:
        """Return both tables as they are now; SurveyError where neither can be read."""
        self.looks += 1
        unseen: list[Unseen] = []
        told = written = None
        damaged = 0
        try:
            dumps = self._ask_kernel([(transport, EVERY_STATE) for transport in TRANSPORTS])
            told = [entry for dump in dumps for entry in dump.sockets if entry.local_port]
            damaged += sum(dump.damaged for dump in dumps)
        except OSError as error:
            unseen.append(_one_table("remedy.inet-diag", error.strerror or str(error)))
        try:
            texts = proc_net.read_tables(self._proc, TRANSPORTS)
            written = [entry for text in texts for entry in text.sockets if entry.local_port]
            damaged += sum(text.damaged for text in texts)
        except SurveyError as error:
            if told is None:
                raise
            unseen.append(_one_table("remedy.proc-net", str(error)))
        if damaged:
            unseen.append(Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", damaged))
        return Look(Tables(told, written), tuple(unseen))


def _one_table(remedy: str, detail: str) -> Unseen:
    return Unseen("unseen.one-table", Reason.NOT_SUPPORTED, remedy, detail=detail)
