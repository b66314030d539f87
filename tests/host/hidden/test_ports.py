"""The order of looks, and what is made of them, with hosts that are told here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from quietport.host.hidden.bind_probe import EVERY_PORT, Place, Probed, Run
from quietport.host.hidden.ports import PAUSES_S, Examiner, find_hidden, runs_text
from quietport.host.sock_diag import Dump
from quietport.host.socket_entry import SocketEntry
from quietport.model.cross_view import Answer, CrossView, HiddenPort, PortClass, Table
from quietport.model.endpoint import Endpoint
from quietport.model.errors import SurveyError
from quietport.model.listener import Family
from quietport.model.namespace import NO_NAMESPACE
from quietport.model.port import Port, PortRange, Transport
from quietport.model.unknown import Reason, Unseen

TCP, UDP = Transport.TCP, Transport.UDP
HEADER = "  sl  local_address rem_address   st\n"


class Host:
    """A host whose tables and busy ports are a list, one entry a look; the last one stays."""

    def __init__(self, root: Path, *looks: tuple[list[int], list[int], list[int]]) -> None:
        """Take what netlink lists, the text lists, and is busy: all tcp, all listening."""
        self.root = root
        self.looks = list(looks)
        self.asked: list[tuple[str, object]] = []
        self.damaged = 0
        (root / "net").mkdir()

    def ask(self, wanted: Iterable[tuple[Transport, int]]) -> list[Dump]:
        self.asked.append(("tables", list(wanted)))
        netlink, text, _ = self.looks[0]
        for name in ("tcp", "udp"):
            rows = [
                f"0: 00000000:{port:04X} 00000000:0000 0A 0:0 00:0 0 0 0 {port}\n" for port in text if name == "tcp"
            ]
            (self.root / "net" / name).write_text(HEADER + "".join(rows))
        dump = Dump(TCP)
        dump.damaged = self.damaged
        dump.sockets = [
            SocketEntry(TCP, False, 10, "0.0.0.0", port, "0.0.0.0", 0, 0, 0, port, None) for port in netlink
        ]
        return [dump]

    def probe(self, runs: Iterable[Run], tell: Callable[[float], None] | None) -> Probed:
        runs = tuple(runs)
        self.asked.append(("probe", runs))
        if tell is not None:
            tell(1.0)
        if runs == EVERY_PORT:
            self._go_on()
        return Probed(frozenset(Port(port, TCP) for port in self.looks[0][2]), (), (), 131_070, dual_stack=True)

    def look(self, **more: Any) -> CrossView:
        examiner = more.pop("examiner", examiner_of())
        return find_hidden(str(self.root), self.ask, more.pop("probe", self.probe), examiner, pause=self.pause, **more)

    def pause(self, seconds: float) -> None:
        self.asked.append(("pause", seconds))
        self._go_on()

    def _go_on(self) -> None:
        if len(self.looks) > 1:
            del self.looks[0]


def examiner_of(answer: Answer = Answer.REFUSED, *, lists_bound: bool = True) -> Examiner:
    return Examiner(
        lambda _: (Place(Family.IPV4, "127.0.0.1"),),
        lambda endpoints: dict.fromkeys(endpoints, answer),
        lambda: lists_bound,
    )


def test_where_nothing_disagrees_there_are_two_looks_and_one_probe(tmp_path: Path) -> None:
    host = Host(tmp_path, ([22], [22], [22]))
    view = host.look()
    assert [name for name, _ in host.asked] == ["tables", "probe", "tables"]
    assert host.asked[0] == ("tables", [(TCP, 0xFFFF_FFFF), (UDP, 0xFFFF_FFFF)])
    assert host.asked[1] == ("probe", EVERY_PORT)
    assert view == CrossView(
        namespace=NO_NAMESPACE,
        counts=((PortClass.LISTENING, 1),),
        hidden=(),
        mismatches=(),
        probed=131_070,
        dual_stack=True,
        tables=(Table.SOCK_DIAG, Table.PROC_NET),
        looks=2,
        settled=0,
        elapsed_s=view.elapsed_s,
        coverage=view.coverage,
    )
    assert view.coverage.complete


def test_every_port_of_both_transports_is_probed_once() -> None:
    probed = [(transport, number) for transport, run in EVERY_PORT for number in range(run.first, run.last + 1)]
    assert probed == [(transport, number) for transport in (TCP, UDP) for number in range(1, 65_536)]


def test_what_stays_hidden_is_looked_at_three_times_more_and_alone(tmp_path: Path) -> None:
    host = Host(tmp_path, ([22], [22], [22, 851]))
    view = host.look()
    again = [("pause", 0.0), ("probe", ((TCP, PortRange(851, 851)),)), ("tables", host.asked[0][1])]
    assert host.asked[3:] == [
        (name, PAUSES_S[turn] if name == "pause" else told) for turn in range(3) for name, told in again
    ]
    assert view.hidden == (HiddenPort(Endpoint("127.0.0.1", Port(851, TCP)), Family.IPV4, Answer.REFUSED),)
    assert (view.looks, view.settled, view.counts) == (5, 0, ((PortClass.HIDDEN, 1), (PortClass.LISTENING, 1)))
    assert view.ports == (Port(851, TCP),)


@pytest.mark.parametrize(
    ("looks", "settled"),
    [
        pytest.param([([], [], []), ([9], [9], [9])], 0, id="came before it was read again"),
        pytest.param([([], [], []), ([], [], [9]), ([9], [9], [9])], 1, id="listed at the third look"),
        pytest.param([([], [], []), ([], [], [9]), ([], [], [])], 1, id="gone at the third look"),
        pytest.param([([], [], []), ([], [], [9]), ([], [], [9]), ([], [], [8])], 1, id="gone at the fourth look"),
        pytest.param([([9], [], []), ([9], [], []), ([9], [9], [])], 1, id="in both tables at the third look"),
        pytest.param([([9], [], []), ([], [9], [])], 0, id="now in this one, then in that one"),
    ],
)
def test_what_came_or_went_is_not_news(
    tmp_path: Path, looks: list[tuple[list[int], list[int], list[int]]], settled: int
) -> None:
    view = Host(tmp_path, *looks).look()
    assert (view.hidden, view.mismatches, view.settled) == ((), (), settled)


def test_a_socket_that_one_table_never_lists_is_a_mismatch(tmp_path: Path) -> None:
    view = Host(tmp_path, ([22, 851], [22], [22, 851])).look()
    (found,) = view.mismatches
    assert (found.local, found.listed_by, found.inode) == (Endpoint("0.0.0.0", Port(851, TCP)), Table.SOCK_DIAG, 851)
    assert (view.hidden, view.looks) == ((), 5)


@pytest.mark.parametrize(
    ("examiner", "hidden"),
    [
        (examiner_of(Answer.REFUSED, lists_bound=False), False),
        (examiner_of(Answer.NO_ANSWER, lists_bound=False), False),
        (examiner_of(Answer.ACCEPTED, lists_bound=False), True),
        (examiner_of(Answer.REFUSED, lists_bound=True), True),
    ],
)
def test_where_the_kernel_lists_no_bound_sockets_only_what_accepts_is_hidden(
    tmp_path: Path, examiner: Examiner, hidden: bool
) -> None:
    view = Host(tmp_path, ([], [], [851])).look(examiner=examiner)
    assert bool(view.hidden) is hidden
    assert view.counts == ((PortClass.HIDDEN if hidden else PortClass.UNLISTED, 1),)
    assert view.coverage.unseen == (
        () if hidden else (Unseen("unseen.bound-unlisted", Reason.NOT_SUPPORTED, "remedy.newer-kernel", 1, "851/tcp"),)
    )


def test_a_hidden_port_that_no_further_bind_locates_stays_hidden(tmp_path: Path) -> None:
    examiner = examiner_of()._replace(locate=lambda _: ())
    (found,) = Host(tmp_path, ([], [], [851])).look(examiner=examiner).hidden
    assert (found.endpoint, found.family) == (Endpoint("::", Port(851, TCP)), Family.IPV6_MAYBE_DUAL)


def test_what_could_not_be_probed_is_counted(tmp_path: Path) -> None:
    host = Host(tmp_path, ([], [], []))
    refused = tuple(Port(number, TCP) for number in range(1, 1024))
    failed = ((Port(2000, TCP), 1), (Port(2001, TCP), 24), (Port(2002, TCP), 24))
    view = host.look(probe=lambda *_: Probed(frozenset(), refused, failed, 131_070, dual_stack=False))
    assert view.coverage.unseen == (
        Unseen("unseen.not-bindable", Reason.PERMISSION, "remedy.bind", 1023, "1-1023/tcp"),
        Unseen(
            "unseen.bind-failed",
            Reason.NOT_SUPPORTED,
            "remedy.repeat",
            3,
            "Too many open files, Operation not permitted",
        ),
    )
    assert (view.probed, view.dual_stack) == (131_070 - 1023 - 3, False)


def test_without_netlink_the_text_alone_is_compared_with_the_probe(tmp_path: Path) -> None:
    host = Host(tmp_path, ([], [22], [22, 851]))
    host.ask([])

    def refuse(_: object) -> list[Dump]:
        raise OSError(2, "No such file or directory")

    view = find_hidden(str(tmp_path), refuse, host.probe, examiner_of(Answer.ACCEPTED), pause=host.pause)
    assert [found.endpoint.port.number for found in view.hidden] == [851]
    assert view.tables == (Table.PROC_NET,)
    assert view.coverage.unseen == (
        Unseen("unseen.one-table", Reason.NOT_SUPPORTED, "remedy.inet-diag", detail="No such file or directory"),
    )


def test_without_proc_netlink_alone_is_compared_with_the_probe(tmp_path: Path) -> None:
    host = Host(tmp_path, ([22], [], [22]))
    view = find_hidden(str(tmp_path / "none"), host.ask, host.probe, examiner_of(), pause=host.pause)
    assert (view.tables, view.mismatches, view.looks) == ((Table.SOCK_DIAG,), (), 2)
    (unseen,) = view.coverage.unseen
    assert (unseen.what, unseen.remedy) == ("unseen.one-table", "remedy.proc-net")


def test_with_neither_table_there_is_no_answer(tmp_path: Path) -> None:
    def refuse(_: object) -> list[Dump]:
        raise OSError(2, "No such file or directory")

    with pytest.raises(SurveyError, match="cannot read"):
        find_hidden(str(tmp_path), refuse)


def test_damage_in_the_tables_is_counted(tmp_path: Path) -> None:
    host = Host(tmp_path, ([], [], []))
    host.damaged = 3
    (unseen,) = host.look().coverage.unseen
    assert (unseen.what, unseen.count) == ("unseen.damaged-sockets", 3)


def test_progress_ends_with_the_whole(tmp_path: Path) -> None:
    told: list[float] = []
    Host(tmp_path, ([], [], [])).look(tell=told.append)
    assert told == [0.9, 1.0]


def test_ports_as_runs() -> None:
    ports = [Port(number, TCP) for number in (5, 3, 4, 9)] + [Port(5, UDP), Port(10, UDP)]
    assert runs_text(ports) == "3-5/tcp, 9/tcp, 5/udp, 10/udp"
    assert runs_text([]) == ""
    assert runs_text([Port(number, TCP) for number in range(0, 40, 2)]) == (
        "0/tcp, 2/tcp, 4/tcp, 6/tcp, 8/tcp, 10/tcp, 12/tcp, 14/tcp, ..."
    )
