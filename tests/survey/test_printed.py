"""``check --from``: a file or a stream, judged."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from quietport.model.errors import SurveyError, UsageError
from quietport.model.port import Port, Transport
from quietport.registry.snapshot import Registry
from quietport.survey.check import check, unanswered
from quietport.survey.printed import FACTS_ELSEWHERE, ServiceNames, read_printed

HEADER = b"Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
HEALTHY = (
    HEADER
    + b"""\
udp UNCONN 0 0 127.0.0.1:323 0.0.0.0:* users:(("chronyd",pid=700,fd=5))
tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=812,fd=3))
tcp LISTEN 0 511 *:80 *:* users:(("nginx",pid=900,fd=6))
tcp LISTEN 0 128 127.0.0.1:9000 0.0.0.0:* users:(("my-app",pid=901,fd=3))
tcp LISTEN 0 128 0.0.0.0:60001 0.0.0.0:* users:(("my-app",pid=901,fd=4))
tcp LISTEN 0 64 0.0.0.0:851 0.0.0.0:* users:(("rpc.statd",pid=902,fd=4))
"""
)


def judged(registry: Registry, printed: bytes) -> dict[str, str]:
    found = read_printed("-", io.BytesIO(printed), registry)
    report = check(registry, lambda _: found.view, FACTS_ELSEWHERE, (), "-", "2026-11-25T10:00:00Z")
    return {str(door.seen.port): door.verdict.word for door in report.listeners}


def test_what_ss_printed_of_a_healthy_server_is_as_it_should_be(registry: Registry) -> None:
    assert judged(registry, HEALTHY) == {
        "22/tcp": "expected",
        "80/tcp": "expected",
        "323/udp": "expected",
        "851/tcp": "expected",
        "9000/tcp": "custom",
        "60001/tcp": "custom",
    }


def test_its_answer_is_whole_where_nothing_stands_in_the_way(registry: Registry) -> None:
    found = read_printed("-", io.BytesIO(HEALTHY), registry)
    report = check(registry, lambda _: found.view, FACTS_ELSEWHERE, (), "-", "2026-11-25T10:00:00Z")
    assert not unanswered(report)
    assert [entry.what for entry in report.coverage.unseen] == ["unseen.printed-connections", "unseen.printed-details"]


def test_a_stranger_and_an_open_store_are_found(registry: Registry) -> None:
    printed = (
        HEADER
        + b"""\
tcp LISTEN 0 128 0.0.0.0:6379 0.0.0.0:* users:(("redis-server",pid=813,fd=3))
tcp LISTEN 0 128 *:852 *:* users:(("kworker/0:1",pid=815,fd=3))
"""
    )
    assert judged(registry, printed) == {"852/tcp": "unresolved", "6379/tcp": "misconfigured"}


def test_a_quiet_port_whose_holder_was_not_printed_is_unresolved(registry: Registry) -> None:
    assert judged(registry, b"LISTEN 0 128 0.0.0.0:851 0.0.0.0:*\nLISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n") == {
        "22/tcp": "unexplained",
        "851/tcp": "unresolved",
    }


def test_services_are_known_by_the_one_port_they_are_assigned(registry: Registry) -> None:
    names = ServiceNames(registry)
    asked = (("ssh", Transport.TCP), ("domain", Transport.UDP), ("SSH", Transport.TCP), ("nosuchthing", Transport.TCP))
    assert [names.find(*one) for one in asked] == [22, 53, 22, None]
    assert len([port for port in registry.ports_named("http-alt") if port.transport is Transport.TCP]) > 1
    assert names.find("http-alt", Transport.TCP) is None
    assert Port(22, Transport.TCP) in registry.ports_named("ssh")


def test_a_file_is_read_as_a_stream_is(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "alpha.txt"
    path.write_bytes(HEALTHY)
    assert read_printed(str(path), io.BytesIO(), registry) == read_printed("-", io.BytesIO(HEALTHY), registry)


@pytest.mark.parametrize("name", ["missing.txt", ".", "nul\0in it"])
def test_a_file_that_cannot_be_read_is_named(name: str, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read "):
        read_printed(str(tmp_path / name), io.BytesIO(), registry)


def test_nothing_on_the_stream_could_not_be_answered(registry: Registry) -> None:
    with pytest.raises(SurveyError, match="nothing was printed"):
        read_printed("-", io.BytesIO(b""), registry)
