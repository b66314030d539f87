"""Read IANA's registry out of the four published packages that happen to carry it, as text.

What enters: the file inside an unpacked package. What leaves: the rows with a port number, in registry order.
Nothing of a package is imported or run by this module; every carrier is brought into the columns of IANA's CSV first,
and from there on there is one parser.

What each carrier keeps and what it lost (found by comparing them with each other):

- pypcapkit, a Python source file made from the CSV of 2026-08-17. Every row with its description and reference.
  Lost: the order of rows, the letter case of names, assignee, dates, service code, unauthorised use and notes.
  Changed: rows without a name have one made from the description; a historic alias (``sql*net``) has the name it is
  an alias of; lines are wrapped at 76 columns.
- avsos, IANA's CSV of 2023-03-13 as it was.
- portinfo, the CSV of 2018-06-06 with four columns and without its quotes. A description that held a comma or a line
  break can no longer be told from its neighbours, so descriptions serve here only for the status they begin with.
- service-names-port-numbers, the CSV of 2015-07-24 as JSON, without the columns that are empty.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from quietport.model.port import Transport
from quietport.model.registration import Status
from quietport.registry import iana

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from quietport.model.registration import IanaRow

Key = tuple[str, str, str]
"""Name in lower case (empty if there is none), number or range, transport (empty if none is named)."""

WRAPPED_AT = 76
ALIAS_SENTENCE = re.compile(r'IANA assigned this well-formed service name as a replacement for "([^"]+)"\.')
TRANSPORT_ORDER = ("", *Transport)
JSON_COLUMNS = {
    "Service Name": "ServiceName",
    "Port Number": "PortNumber",
    "Transport Protocol": "TransportProtocol",
    "Description": "Description",
    "Assignee": "Assignee",
    "Registration Date": "RegistrationDate",
    "Modification Date": "ModificationDate",
    "Reference": "Reference",
    "Service Code": "ServiceCode",
    "Unauthorized Use Reported": "KnownUnauthorizedUses",
    "Assignment Notes": "AssignmentNotes",
}


class CarrierError(Exception):
    """A carrier is not written the way this module reads it."""


class Comment(NamedTuple):
    """What pypcapkit says of one row: ``#: [TCP] Daytime [:rfc:`867`]`` above a member."""

    name: str
    ports: str
    transport: str
    text: str

    @property
    def key(self) -> Key:
        """Return what identifies the row."""
        return self.name.lower(), self.ports, self.transport


def key_of(row: IanaRow) -> Key:
    """Return what identifies a row."""
    return (row.name or "").lower(), str(row.ports), str(row.transport or "")


def rows_of(records: Iterable[Mapping[str, str]]) -> list[IanaRow]:
    """Return the rows of records that are keyed by IANA's column names."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, iana.COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(records)
    return list(iana.parse_csv(out.getvalue()))


def read_avsos(path: Path) -> list[IanaRow]:
    """Return the rows of IANA's CSV, 2023-03-13."""
    return list(iana.parse_csv(path.read_text(encoding="utf-8")))


def read_npm(path: Path) -> list[IanaRow]:
    """Return the rows of the JSON, 2015-07-24."""
    records = json.loads(path.read_text(encoding="utf-8"))
    return rows_of({ours: record.get(theirs, "") for ours, theirs in JSON_COLUMNS.items()} for record in records)


def read_portinfo(path: Path) -> list[IanaRow]:
    """Return the rows of the unquoted CSV, 2018-06-06; descriptions may be cut off at a line break."""
    named = re.compile(r"([^,]*),(\d+(?:-\d+)?),(tcp|udp|sctp|dccp|),(.*)")
    # What else there is: rows of services without a number, and the rest of a description that held a line break.
    other = re.compile(r"[^,]*,,|\s|IANA assigned this well-formed|Service Name,|$")
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if row := named.fullmatch(line):
            records.append(dict(zip(iana.COLUMNS, row.groups(), strict=False)))
        elif not other.match(line):
            message = f"{path.name}:{number}: neither a row nor the rest of one: {line!r:.80}"
            raise CarrierError(message)
    return rows_of(records)


def read_pypcapkit(path: Path, older: list[IanaRow]) -> list[IanaRow]:
    """Return the rows of 2026-08-17; older rows tell names from invented ones and restore order and letter case."""
    comments = list(restored_aliases(comments_of(path.read_text(encoding="utf-8"))))
    names = {key_of(row): row.name for row in older if row.name}
    described = defaultdict(set)
    for row in older:
        described[key_of(row)[1:]].add(row.description)
    records = []
    for comment in comments:
        description, reference = split_reference(comment.text, described[comment.key[1:]])
        records.append(
            {
                "Service Name": comment.name,
                "Port Number": comment.ports,
                "Transport Protocol": comment.transport,
                "Description": description,
                "Reference": reference,
            }
        )
    rows = [with_iana_name(row, names) for row in rows_of(records)]
    return in_registry_order(rows, older)


def comments_of(text: str) -> Iterator[Comment]:
    """Yield what is said of every row, single ports first, then ranges."""
    said: list[str] = []
    span = ""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped.startswith("#:"):
            said.append(stripped[2:].strip())
        elif bounds := re.fullmatch(r"if (\d+) <= value <= (\d+):", stripped):
            span = f"{bounds[1]}-{bounds[2]}"
        elif member := re.fullmatch(r"\w+: 'AppType' = (-?\d+), '([^']*)', .*", stripped):
            yield from split_comment(said, member[2], "" if member[1] == "-1" else member[1])
            said = []
        elif member := re.fullmatch(r"return extend_enum\(cls, '[^']*' % value, value, '([^']*)', .*", stripped):
            yield from split_comment(said, member[1], span)
            said = []
        else:
            said = []


def split_comment(lines: list[str], name: str, ports: str) -> Iterator[Comment]:
    """Yield one comment per transport of a member that has a number: ``- [TCP] Echo``, ``- [UDP] Echo``."""
    parts: list[tuple[str, list[str]]] = []
    for line in lines:
        if start := re.match(r"(?:- )?\[(TCP|UDP|SCTP|DCCP|N/A)\] ?", line):
            transport = "" if start[1] == "N/A" else start[1].lower()
            parts.append((transport, [line.removeprefix("- ")]))
        elif parts:
            parts[-1][1].append(line)
    if ports and not parts:
        message = f"{name} {ports}: no row is described above it"
        raise CarrierError(message)
    for transport, wrapped in parts if ports else ():
        text = unwrap(wrapped)
        yield Comment(name, ports, transport, text.partition("]")[2].strip())


def unwrap(lines: list[str]) -> str:
    """Return wrapped lines as one; a break after a hyphen or inside a word longer than a line was no blank."""
    text = lines[0]
    for before, line in pairwise(lines):
        word = text.rpartition(" ")[2] + line.partition(" ")[0]
        inside_word = len(before) == WRAPPED_AT and len(word) > WRAPPED_AT
        text += line if inside_word or re.search(r"\w-$", text) else f" {line}"
    return text


def restored_aliases(comments: Iterable[Comment]) -> Iterator[Comment]:
    """Yield the comments with the names of historic aliases, which stand in the sentence of the row before."""
    aliases: dict[Key, str] = {}
    for comment in comments:
        if sentence := ALIAS_SENTENCE.search(comment.text):
            aliases[comment.key] = sentence[1]
            yield comment
        else:
            yield comment._replace(name=aliases.pop(comment.key, comment.name))


def split_reference(text: str, known: set[str]) -> tuple[str, str]:
    """Return description and references; the last brackets are references unless a known description has them."""
    last = re.search(r"\s*((?:\[[^\[\]]*\])+)$", text)
    if last is None or any(last[1] in description for description in known):
        return text, ""
    rfc = re.sub(r":rfc:`(\d+)#([^`]+)`", r"RFC\1, Section \2", last[1])
    return text[: last.start()], re.sub(r":rfc:`(\d+)`", r"RFC\1", rfc)


def with_iana_name(row: IanaRow, names: Mapping[Key, str]) -> IanaRow:
    """Return a row under the name as IANA writes it, or under none where pypcapkit made the name up.

    It did where the name is the description with underscores, and in rows that assign nothing, but for the one that
    an older snapshot knows by name ("sua", 14001/udp, De-Registered).
    """
    key = key_of(row)
    if key in names:
        return replace(row, name=names[key])
    made_up = iana.classify(row) is not Status.ASSIGNED or row.name == safe_name(row.description)
    return replace(row, name=None) if made_up else row


def safe_name(description: str) -> str:
    """Return the name that pypcapkit makes of a description of several words; never what IANA would register."""
    name = re.sub(r"[^a-z0-9]+", "_", description.lower()).strip("_")
    return name if "_" in name else ""


def in_registry_order(rows: list[IanaRow], older: list[IanaRow]) -> list[IanaRow]:
    """Return rows sorted by number, among those of one number as in an older snapshot, and new ones after them."""
    position = {key_of(row): index for index, row in enumerate(older)}
    return sorted(
        rows,
        key=lambda row: (
            row.ports.first,
            position.get(key_of(row), len(older)),
            TRANSPORT_ORDER.index(str(row.transport or "")),
        ),
    )
