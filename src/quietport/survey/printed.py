"""``check --from``: read what another tool printed, from a file or a stream, as a host to be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quietport.host.facts import PortFacts
from quietport.host.printed.printed_host import PrintedHost
from quietport.host.printed.printed_host import read_printed as parse_printed
from quietport.model.errors import SurveyError, UsageError
from quietport.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from typing import BinaryIO

    from quietport.model.port import Transport
    from quietport.registry.snapshot import Registry

STREAM = "-"
"""Stands for standard input in place of a file's name."""
MAX_BYTES = 256 * 1024 * 1024
"""Two million lines of ``ss``; more is no host's sockets."""

_UNTOLD = Unknown(Reason.NOT_SUPPORTED, "not printed")
FACTS_ELSEWHERE = PortFacts("elsewhere", _UNTOLD, _UNTOLD, _UNTOLD)
"""What is known of the port ranges of a machine whose sockets were printed: nothing; ours are not its."""


def read_printed(name: str, stream: BinaryIO, registry: Registry) -> PrintedHost:
    """Return the host that the file ``name`` shows, or the stream where the name is ``-``.

    UsageError where the file cannot be read; SurveyError where nothing in it can be understood.
    """
    return parse_printed(_read(name, stream), registry.is_quiet, ServiceNames(registry).find)


def _read(name: str, stream: BinaryIO) -> bytes:
    try:
        if name == STREAM:
            data = stream.read(MAX_BYTES + 1)
        else:
            with open(name, "rb") as file:  # noqa: PTH123 - it is a string
                data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        message = f"cannot read {name}: {getattr(error, 'strerror', None) or error}"
        raise UsageError(message) from error
    if len(data) > MAX_BYTES:
        message = f"{name}: more than {MAX_BYTES // 1024**2} MiB are no host's sockets"
        raise SurveyError(message)
    return data


class ServiceNames:
    """Translates names of services, as ``/etc/services`` has them, by the registry's rows."""

    def __init__(self, registry: Registry) -> None:
        """Translate nothing yet."""
        self._registry = registry
        self._known: dict[tuple[str, Transport], int | None] = {}

    def find(self, name: str, transport: Transport) -> int | None:
        """Return the one port that is assigned under a name; None where there is none, or several."""
        key = name, transport
        if key not in self._known:
            numbers = [port.number for port in self._registry.ports_named(name) if port.transport is transport]
            self._known[key] = numbers[0] if len(numbers) == 1 else None
        return self._known[key]
