from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from quietport.host.holders import Holders
from quietport.host.linux import SocketOwners, read_listeners
from quietport.host.shared_walk import Found
from quietport.host.sock_diag import Dump
from quietport.host.socket_entry import SocketEntry
from quietport.model.listener import Direction
from quietport.model.owner import NOT_LOOKED, Owner
from quietport.model.port import Transport
from quietport.model.unknown import Coverage, Reason, Unknown, Unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import FakeProc

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /proc")

LISTENER = SocketEntry(Transport.TCP, False, 10, "127.0.0.1", 631, "0.0.0.0", 0, 0, 0, 41, None)
UDP_CLIENT = SocketEntry(Transport.UDP, False, 1, "10.0.0.2", 40001, "10.0.0.5", 851, 0, 0, 43, None)
CONNECTION = SocketEntry(Transport.TCP, False, 1, "10.0.0.2", 40000, "10.0.0.5", 851, 0, 0, 42, None)

TCP_TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0
torn
"""


class FakeKernel:
    """Answers with recorded sockets and notes what it was asked."""

    def __init__(self, *sockets: SocketEntry, interrupted: bool = False, damaged: int = 0) -> None:
        """Keep the answers."""
        self.asked: list[tuple[Transport, int]] = []
        self._sockets = sockets
        self._interrupted = interrupted
        self._damaged = damaged

    def __call__(self, wanted: Iterable[tuple[Transport, int]], *, in_runs: bool = False) -> list[Dump]:
        """Return one dump for each transport, of the states that are asked for."""
        del in_runs
        dumps = []
        for transport, states in wanted:
            self.asked.append((transport, states))
            dump = Dump(transport)
            dump.sockets = [e for e in self._sockets if e.transport == transport and states >> e.state & 1]
            dumps.append(dump)
        dumps[0].interrupted, dumps[0].damaged = self._interrupted, self._damaged
        return dumps


def no_netlink(_: Iterable[tuple[Transport, int]], *, in_runs: bool = False) -> list[Dump]:
    del in_runs
    raise OSError(93, "Protocol not supported")


def pids(owners: tuple[Owner, ...] | Unknown) -> list[int]:
    assert not isinstance(owners, Unknown)
    return [owner.pid for owner in owners]


def test_established_sockets_are_asked_for_only_where_quiet_ports_are_named(proc: FakeProc) -> None:
    kernel = FakeKernel(LISTENER)
    view = read_listeners(None, str(proc), kernel)
    assert kernel.asked == [(Transport.TCP, 1 << 10), (Transport.UDP, 1 << 7)]
    assert (len(view.listeners), view.connections, view.method, view.coverage) == (1, (), "sock_diag", Coverage())

    kernel = FakeKernel(LISTENER)
    read_listeners(lambda _: False, str(proc), kernel)
    assert kernel.asked[2:] == [(Transport.TCP, 1 << 1), (Transport.UDP, 1 << 1)]


def test_connections_to_a_quiet_port_with_their_owners(proc: FakeProc) -> None:
    proc.add(30, "socket:[42]", "socket:[43]")
    view = read_listeners(lambda port: port.number == 851, str(proc), FakeKernel(LISTENER, CONNECTION, UDP_CLIENT))
    assert [(str(c.local), c.remote.port.transport, c.direction, pids(c.owners)) for c in view.connections] == [
        ("10.0.0.2:40000", Transport.TCP, Direction.OUTBOUND, [30]),
        ("10.0.0.2:40001", Transport.UDP, Direction.OUTBOUND, [30]),
    ]
    assert len(view.listeners) == 1


def test_without_netlink_the_tables_are_read_and_the_coverage_says_so(proc: FakeProc) -> None:
    (proc.root / "net").mkdir()
    (proc.root / "net" / "tcp").write_text(TCP_TABLE)
    (proc.root / "net" / "udp").write_text("")
    proc.add(30, "socket:[41]")
    view = read_listeners(None, str(proc), no_netlink)
    assert [(str(found.endpoint), pids(found.owners)) for found in view.listeners] == [("127.0.0.1:631", [30])]
    assert view.method == "proc-net"
    assert view.coverage.unseen == (
        Unseen("unseen.sock-diag", Reason.NOT_SUPPORTED, "remedy.inet-diag", detail="Protocol not supported"),
        Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", 1),
    )


def test_what_the_kernel_could_not_tell_whole_is_in_the_coverage(proc: FakeProc) -> None:
    (proc.root / "1").rename(proc.root / "self")
    view = read_listeners(None, str(proc), FakeKernel(LISTENER, interrupted=True, damaged=2))
    assert view.coverage.unseen == (
        Unseen("unseen.damaged-sockets", Reason.NOT_SUPPORTED, "remedy.repeat", 2),
        Unseen("unseen.dump-interrupted", Reason.NOT_SUPPORTED, "remedy.repeat", 1),
        Unseen("unseen.hidepid", Reason.PERMISSION, "remedy.root"),
    )
    assert view.listeners[0].owners == Unknown(Reason.PERMISSION, "owner")


@pytest.mark.parametrize(
    ("found", "inode", "reason"),
    [
        (Found([], 0), 41, Reason.NO_OWNER),
        (Found([], 3), 41, Reason.PERMISSION),
        (Found([], 3), 0, Reason.NO_OWNER),
        (Found([(30, ["socket:[41]"])], 0), 41, Reason.EXITED),
    ],
    ids=["nobody", "somebody unseen", "a socket without a file", "gone before it was read"],
)
def test_why_there_is_no_owner(
    proc: FakeProc, found: Found, inode: int, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quietport.host.holders._walk", lambda _, __: found)
    holders = Holders(str(proc), found, hidden=False)
    assert SocketOwners(str(proc), holders).of_inode(inode) == Unknown(reason, "owner")


def test_one_owner_that_was_found_outweighs_those_that_could_not_be_seen(proc: FakeProc) -> None:
    proc.add(30)
    proc.add(31)
    held = [(30, ["socket:[41]"]), (31, ["socket:[41]", "socket:[42]"])]
    owners = SocketOwners(str(proc), Holders(str(proc), Found(held, 3), hidden=False))
    assert pids(owners.of_inode(41)) == [30, 31]
    assert owners.of_inode(41) is owners.of_pids((30, 31), has_file=True)


def test_where_no_wanted_port_is_bound_no_open_file_is_looked_at(
    proc: FakeProc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quietport.host.linux.HolderWalk", None)
    view = read_listeners(lambda _: False, str(proc), FakeKernel(LISTENER), wanted=lambda port: port.number == 851)
    assert (view.listeners, view.coverage.complete) == ((), True)


def test_only_wanted_ports_are_told_of(proc: FakeProc) -> None:
    wanted = LISTENER.local_port
    view = read_listeners(None, str(proc), FakeKernel(LISTENER, UDP_CLIENT), wanted=lambda port: port.number == wanted)
    assert [listener.port.number for listener in view.listeners] == [wanted]


def test_command_lines_are_kept_where_they_were_asked_for(proc: FakeProc) -> None:
    proc.add(30, "socket:[41]", command=b"prog\0--token\0s3cret\0")

    def commands(**asked: bool) -> list[object]:
        view = read_listeners(None, str(proc), FakeKernel(LISTENER), **asked)
        return [owner.command for run in view.runs if isinstance(run.owners, tuple) for owner in run.owners]

    assert commands() == [NOT_LOOKED]
    assert commands(with_command=True) == [("prog", "--token", "***")]
