"""From what was printed to a ``HostView``: the same records as a look at this host makes."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.host.printed.documents import Documents
from quietport.host.printed.formats import spoken_names
from quietport.host.printed.input_text import is_json, read_lines, read_text
from quietport.host.printed.printed_coverage import find_unread, find_untold
from quietport.host.printed.printed_doors import PrintedDoors
from quietport.host.printed.recognise import read_blocks
from quietport.host.view import HostView
from quietport.model.errors import SurveyError
from quietport.model.listener import run_of
from quietport.model.unknown import Coverage
from quietport.words.gates import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quietport.host.printed.interface import NameToPort
    from quietport.host.printed.report_json import Report
    from quietport.host.printed.socket_line import Findings
    from quietport.host.view import Quiet
    from quietport.model.unknown import Unseen

SHOWN_LETTERS = 80
"""Letters of the first line that are shown where no form fits."""


class PrintedHost(Struct, frozen=True):
    """What was printed of one host, read."""

    view: HostView
    """Its listeners and connections."""
    host: str | None
    """Its name, where the output says it: only our own document does; hostile text."""
    generated_at: str | None
    """When it was looked at, where the output says it; hostile text."""


def read_printed(data: bytes, quiet: Quiet | None, name_to_port: NameToPort) -> PrintedHost:
    """Return what ``data`` shows: listeners, and the established connections from or to ports that ``quiet`` names.

    ``name_to_port`` translates the names of services, where the tool printed those instead of numbers.
    Raises SurveyError where there is nothing, nothing that any form fits, or no text at all.
    """
    first = next((line for line in read_lines(data) if line is None or line.strip()), "")
    if first == "":
        message = f"nothing was printed; what one of these prints is expected: {spoken_names()}"
        raise SurveyError(message)
    lines: Iterable[str | None] = read_lines(data)
    documents = Documents("", name_to_port)
    if is_json(data):
        documents = Documents(read_text(data), name_to_port)
        lines = documents.rest.split("\n") if documents.count else lines
    found, unread = read_blocks(lines, name_to_port)
    blocks = [*(records.found for records in documents.found), *found]
    if not blocks and not documents.reports:
        shown = "(too long to be shown)" if first is None else visible(first.strip(), SHOWN_LETTERS)
        message = f"no form fits what was printed, which begins: {shown}; known are: {spoken_names()}"
        raise SurveyError(message)
    damaged = documents.damaged + sum(report.damaged for report in documents.reports)
    return _join(blocks, documents.reports, find_unread(blocks, unread, damaged), quiet)


def _join(blocks: list[Findings], reports: list[Report], unread: list[Unseen], quiet: Quiet | None) -> PrintedHost:
    """Put together blocks of tools and documents of our own, as one host."""
    doors = PrintedDoors(blocks, quiet)
    untold = find_untold(blocks, doors, connections=quiet is not None) if blocks else []
    tools = dict.fromkeys([*("quietport" for _ in reports), *(block.tool for block in blocks)])
    unseen = chain(unread, untold, *(report.unseen for report in reports))
    view = HostView(
        runs=tuple(map(run_of, chain(doors.listeners, *(report.listeners for report in reports)))),
        connections=tuple(
            sorted(
                chain(doors.connections, *(report.connections for report in reports)),
                key=lambda seen: (seen.local.port, seen.local.address),
            )
        ),
        coverage=Coverage(tuple(unseen)),
        method="+".join(tools),
    )
    return PrintedHost(
        view,
        next((report.host for report in reports if report.host), None),
        next((report.generated_at for report in reports if report.generated_at), None),
    )
