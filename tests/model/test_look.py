"""What a look could have seen."""

from __future__ import annotations

import pytest

from quietport.model.look import AskedPorts, Look
from quietport.model.port import PortRange, Transport

ONE = AskedPorts(PortRange(851, 851), ())
UDP = AskedPorts(PortRange(1, 1000), (Transport.UDP,))


@pytest.mark.parametrize(
    ("look", "door", "seen"),
    [
        (Look(1, "h"), ("tcp", "host", 851), True),
        (Look(1, "h"), ("sctp", "host", 851), False),
        (Look(1, "h"), ("tcp", "blue", 851), False),
        (Look(1, "h", namespaces=("host", "blue")), ("tcp", "blue", 851), True),
        (Look(1, "h", namespaces=("host", "unnamed")), ("tcp", "unnamed", 851), False),
        (Look(1, "h", all_namespaces=True), ("tcp", "unnamed", 851), True),
        (Look(1, "h", all_namespaces=True), ("tcp", "blue", 851), True),
        (Look(1, "h", sockets_complete=False), ("tcp", "host", 851), False),
        (Look(1, "h", asked=(ONE,)), ("udp", "host", 851), True),
        (Look(1, "h", asked=(ONE,)), ("tcp", "host", 852), False),
        (Look(1, "h", asked=(UDP,)), ("tcp", "host", 851), False),
        (Look(1, "h", asked=(UDP, ONE)), ("tcp", "host", 851), True),
        (Look(1, "h"), ("tcp", "host", 0), True),
        (Look(1, "h", asked=(AskedPorts(PortRange(0, 65535), ()),)), ("tcp", "host", 0), False),
    ],
)
def test_what_a_look_would_have_seen(look: Look, door: tuple[str, str, int], seen: bool) -> None:
    assert look.would_see(*door) is seen


def test_a_look_is_whole_where_it_asked_about_all_and_saw_all() -> None:
    looks = Look(1, "h"), Look(1, "h", asked=(ONE,)), Look(1, "h", sockets_complete=False)
    assert [look.is_whole for look in looks] == [True, False, False]
