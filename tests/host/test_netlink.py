"""Messages and attributes as bytes: nothing is opened here."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.host.netlink import Answer, attribute, number_of, parse_attributes, text_of

ERROR, DONE = 2, 3


def message(kind: int, body: bytes, flags: int = 0) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 0, 0) + body + bytes(-len(body) % 4)


def parse(*datagrams: bytes) -> Answer:
    answer = Answer()
    for datagram in datagrams:
        answer.parse(datagram)
    return answer


def test_messages_come_in_order_and_the_end_is_no_message() -> None:
    answer = parse(message(16, b"one") + message(17, b"two!"), message(DONE, struct.pack("=i", 0)))
    assert answer.messages == [(16, b"one"), (17, b"two!")]
    assert (answer.done, answer.error, answer.damaged, answer.interrupted) == (True, 0, 0, False)


def test_an_error_ends_the_answer_with_its_errno() -> None:
    answer = parse(message(ERROR, struct.pack("=i", -1)))
    assert (answer.messages, answer.done, answer.error) == ([], True, 1)


def test_what_changed_meanwhile_says_so() -> None:
    assert parse(message(16, b"", flags=0x10)).interrupted


@pytest.mark.parametrize("cut", [1, 9, 15])
def test_everything_before_a_cut_is_kept_and_the_cut_counted(cut: int) -> None:
    whole = message(16, b"body")
    answer = parse(whole + whole[:-cut])
    assert (answer.messages, answer.damaged, answer.done) == ([(16, b"body")], 1, False)


@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_damage(datagram: bytes) -> None:
    answer = parse(datagram)
    assert answer.messages or answer.damaged or answer.done or not datagram


@given(st.lists(st.tuples(st.integers(0, 0x3FFF), st.binary(max_size=40)), max_size=8))
def test_attributes_are_read_as_they_were_written(told: list[tuple[int, bytes]]) -> None:
    raw = b"".join(attribute(kind, value) for kind, value in told)
    assert list(parse_attributes(raw)) == told


@given(st.binary(max_size=200), st.integers(0, 40))
def test_any_bytes_are_attributes_or_none(raw: bytes, offset: int) -> None:
    for kind, value in parse_attributes(raw, offset):
        assert 0 <= kind <= 0x3FFF
        assert value in raw


def test_the_flags_of_an_attribute_are_no_part_of_its_kind() -> None:
    assert list(parse_attributes(attribute(0x8000 | 5, b"x"))) == [(5, b"x")]


def test_a_malformed_attribute_ends_them() -> None:
    assert list(parse_attributes(attribute(1, b"a") + b"\xff\xff\x02\x00")) == [(1, b"a")]


@given(st.binary(max_size=20))
def test_text_ends_at_its_zero_and_any_bytes_are_text(raw: bytes) -> None:
    assert text_of(raw).encode("utf-8", "surrogateescape") == raw.split(b"\0")[0]


def test_nothing_is_no_text_and_no_number() -> None:
    assert (text_of(None), number_of(None), number_of(b""), number_of(b"\x12\x34")) == ("", None, None, 0x1234)
