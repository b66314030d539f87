"""What a person may ask ``explain`` and ``check`` about: a port, a port of one transport, a range, a name."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from quietport.model.errors import BadPortError
from quietport.model.port import Port, PortRange, Transport, parse_port_range
from quietport.words.gates import readable


class PortQuestion(Struct, frozen=True):
    """A number or a range, over some transports."""

    ports: PortRange
    """The numbers."""
    transports: tuple[Transport, ...]
    """The transports named; empty where none was."""

    def __str__(self) -> str:
        """Return the customary spelling, ``851`` or ``851/udp``."""
        return "/".join([str(self.ports), *map(str, self.transports)])


class NameQuestion(Struct, frozen=True):
    """A service or a software by its name."""

    name: str
    """As given."""


def parse_question(text: str) -> PortQuestion | NameQuestion:
    """Return what ``851``, ``851/udp``, ``6000-6063`` or ``ssh`` asks about.

    Raises BadPortError where it looks like a port and is none: ``65536``, ``-1``, ``851/xyz``, ``9-3``.
    """
    text = readable(text.strip())
    number, slash, transport = text.partition("/")
    if number and not (number[0].isdigit() or number[0] in "-+/") and not slash:
        return NameQuestion(text)
    if number[:1].isdigit() and not slash and any(letter.isalpha() for letter in number):
        return NameQuestion(text)
    if not slash:
        return PortQuestion(parse_port_range(number), ())
    try:
        return PortQuestion(parse_port_range(number), (Transport(transport.lower()),))
    except ValueError as error:
        raise BadPortError(text) from error


def parse_port_question(text: str) -> PortQuestion:
    """Return what a text asks about where only ports make sense; BadPortError for a name."""
    question = parse_question(text)
    if isinstance(question, NameQuestion):
        raise BadPortError(text)
    return question


def is_asked(port: Port, asked: Sequence[PortQuestion]) -> bool:
    """Tell whether a port is one of those asked about; every port is where none was named."""
    return not asked or any(
        port.number in question.ports and (not question.transports or port.transport in question.transports)
        for question in asked
    )
