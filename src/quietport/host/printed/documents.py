"""JSON: our own documents, and what ``ConvertTo-Json`` makes of PowerShell's records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from quietport.host.printed.powershell import ADDRESS, PORT, EndpointRecords
from quietport.host.printed.report_json import Report, find_document, is_report
from quietport.model.errors import SurveyError

if TYPE_CHECKING:
    from quietport.host.printed.interface import NameToPort

MAX_LETTERS = 128 * 1024 * 1024
"""A document of 20,000 listeners has a third of it, and PowerShell's records of as many sockets a tenth."""

MAX_PARTS = 4_000_000
"""Objects and lists: a document of 20,000 listeners has a quarter of it. An empty one takes 50 times its letters."""


class Documents:
    """What the documents at the beginning of a text tell."""

    def __init__(self, text: str, name_to_port: NameToPort) -> None:
        """Read documents as long as there are some; SurveyError for more than may be read."""
        self._records = EndpointRecords(name_to_port)
        self.reports: list[Report] = []
        """Our own."""
        self.damaged = 0
        """Records left out."""
        self.rest = text.lstrip()
        """What follows the last document."""
        self.count = 0
        """Documents that were understood."""
        if len(text) > MAX_LETTERS or text.count("{") + text.count("[") > MAX_PARTS or text.count(",") > 2 * MAX_PARTS:
            message = f"more than {MAX_LETTERS // 1024**2} MiB or {MAX_PARTS} parts of JSON are no host's sockets"
            raise SurveyError(message)
        document = find_document(self.rest)
        if document is not None:
            self.reports.append(Report(document))
            self.count, self.rest = 1, ""
        while self.rest[:1] in {"{", "["} and self._read_one():
            pass

    @property
    def found(self) -> list[EndpointRecords]:
        """Return PowerShell's records, where there are some."""
        return [self._records] if self.count > len(self.reports) else []

    def _read_one(self) -> bool:
        try:
            document, end = json.JSONDecoder().raw_decode(self.rest)
        except (ValueError, RecursionError):
            return False
        if is_report(document):
            self.reports.append(Report(document))
        elif not self._add_records(document):
            return False
        self.count += 1
        self.rest = self.rest[end:].lstrip()
        return True

    def _add_records(self, document: Any) -> bool:  # noqa: ANN401 - JSON of others is anything
        """Tell whether a document is a record of a socket, or a list of them."""
        entries = document if isinstance(document, list) else [document]
        records = [_record(entry) for entry in entries]
        if not any(ADDRESS in record and PORT in record for record in records):
            return False
        self.damaged += sum(not self._records.add(record) for record in records)
        return True


def _record(entry: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    """Return the properties of a record that are text or numbers, by name in small letters."""
    if not isinstance(entry, dict):
        return {}
    return {
        name.lower(): str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        for name, value in entry.items()
    }
