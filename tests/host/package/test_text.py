from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quietport.host.package.text import package_text


def test_text_stays_and_bytes_that_are_none_become_escapes() -> None:
    assert [package_text(raw) for raw in (b"nginx", "nginx", b"a\xff", "a\udcff")] == [
        "nginx",
        "nginx",
        "a\\xff",
        "a\\udcff",
    ]


@given(st.binary() | st.text(st.characters()))
def test_whatever_it_is_it_can_be_written_and_is_short(raw: bytes | str) -> None:
    assert len(package_text(raw).encode()) <= 4 * 256


def test_nobody_has_so_long_a_name() -> None:
    assert package_text(b"x" * 1000) == "x" * 256
