"""What may be asked, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.errors import BadPortError
from quietport.model.port import PortRange, Transport
from quietport.survey.question import NameQuestion, PortQuestion, parse_port_question, parse_question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("851", PortQuestion(PortRange(851, 851), ())),
        (" 851 ", PortQuestion(PortRange(851, 851), ())),
        ("0", PortQuestion(PortRange(0, 0), ())),
        ("65535", PortQuestion(PortRange(65535, 65535), ())),
        ("851/udp", PortQuestion(PortRange(851, 851), (Transport.UDP,))),
        ("851/TCP", PortQuestion(PortRange(851, 851), (Transport.TCP,))),
        ("6000-6063", PortQuestion(PortRange(6000, 6063), ())),
        ("6000-6063/sctp", PortQuestion(PortRange(6000, 6063), (Transport.SCTP,))),
        ("ssh", NameQuestion("ssh")),
        ("3com-tsmux", NameQuestion("3com-tsmux")),
        ("Redis Sentinel", NameQuestion("Redis Sentinel")),
    ],
)
def test_a_question_is_understood(text: str, question: PortQuestion | NameQuestion) -> None:
    assert parse_question(text) == question


@pytest.mark.parametrize(
    "text",
    [
        "65536", "99999", "100000", "-1", "+1", "851/xyz", "851/", "/udp", "ssh/tcp", "9-3", "1-65536", "1-", "-",
        "1-2-3", "8 51", "851,852", "0x1", "８５１", "٨٥١", "²", "",  " ", "851/udp/tcp", "1e3/udp",
    ],
)  # fmt: skip
def test_what_is_no_port_is_refused_with_its_text(text: str) -> None:
    try:
        question = parse_question(text)
    except BadPortError as error:
        assert error.text == text.strip()
    else:
        assert text == "0x1"
        assert question == NameQuestion("0x1")


def test_a_name_is_no_port() -> None:
    with pytest.raises(BadPortError) as caught:
        parse_port_question("ssh")
    assert caught.value.text == "ssh"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (PortQuestion(PortRange(851, 851), ()), "851"),
        (PortQuestion(PortRange(851, 851), (Transport.UDP,)), "851/udp"),
        (PortQuestion(PortRange(6000, 6063), ()), "6000-6063"),
    ],
)
def test_a_question_is_spelt_as_it_was_asked(question: PortQuestion, text: str) -> None:
    assert str(question) == text


RANGES = st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda pair: PortRange(min(pair), max(pair)))


@given(RANGES, st.just(()) | st.sampled_from(Transport).map(lambda transport: (transport,)))
def test_every_port_can_be_asked_about(ports: PortRange, transports: tuple[Transport, ...]) -> None:
    question = PortQuestion(ports, transports)
    assert parse_port_question(str(question)) == question


@given(st.text(max_size=12) | st.text("0123456789-/udptc ", max_size=12))
def test_any_text_is_a_question_or_a_bad_port(text: str) -> None:
    try:
        question = parse_question(text)
    except BadPortError:
        return
    if isinstance(question, NameQuestion):
        assert question.name == text.strip() != ""
    else:
        assert question.ports.last <= 65535
        assert text.isascii()


@given(st.integers(65536, 10**7) | st.integers(-(10**7), -1))
def test_no_other_number_is_a_port(number: int) -> None:
    with pytest.raises(BadPortError):
        parse_question(str(number))
