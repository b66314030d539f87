from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from quietport.host.process.stat import ProcessStat, parse_stat

LINE = b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 7 0 0 20 0 1 0 25 0 0 18446744073709551615 0 0\n"


def test_name_parent_flags_and_start() -> None:
    stat = parse_stat(LINE)
    assert stat == ProcessStat(flags=2129984, starttime_ticks=25, ppid=0, program=b"kthreadd")
    assert stat.is_kernel_thread


@given(st.binary(max_size=15))
@example(b") S 1 1 1 (")
@example(b"")
def test_a_name_cannot_forge_the_fields(name: bytes) -> None:
    assert parse_stat(LINE.replace(b"kthreadd", name)) == ProcessStat(2129984, 25, 0, name)


@given(st.binary(max_size=200))
@example(b")" + LINE[12:])
def test_any_line_is_fields_or_none(line: bytes) -> None:
    stat = parse_stat(line)
    assert stat is None or (isinstance(stat.starttime_ticks, int) and stat.program in line)
