"""A data folder small enough to read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CSV = """\
Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification Date,Reference,\
Service Code,Unauthorized Use Reported,Assignment Notes
,0,tcp,Reserved,,,,,,,,
ssh,22,tcp,The Secure Shell,[IETF],,2020-01-01,,[RFC4251],,,
,849-852,,Unassigned,,,,,,,,
old,9000,tcp,First,,,,,,,,
new,9000,tcp,Second,,,,,,,,
"""
SOURCES = """\
[iana-2026-01-01]
kind = "registry"
name = "IANA"
as_of = 2026-01-01
details_from = "iana-2020-01-01"
[iana-2020-01-01]
kind = "registry"
name = "IANA, older"
as_of = 2020-01-01
[list]
kind = "page"
name = "A list"
as_of = 2025-01-01
complete = true
words = { first = "port 851" }
"""
TEXTS = {
    "iana/2026-01-01.csv": CSV,
    "iana/2020-01-01.csv": CSV.replace("ssh", "older"),
    "iana/history.tsv": "first\tlast\ttransport\tas_of\tstatus\tnames\n22\t22\ttcp\t2020-01-01\tassigned\told older\n",
    "sources/all.toml": SOURCES,
    "defacto/a.tsv": "first\tlast\ttransport\tsoftware\tuse\tsource\tlocator\twords\n"
    "851\t851\ttcp\tSoft\tdata\tlist\there\tport 851\n",
    "misuse/a.tsv": "first\tlast\ttransport\tfamily\tyear\treport\tsource\tlocator\twords\n"
    "851\t852\tudp\tWorm\t2001\tSeen\tlist\t\tport 851\n",
    "programs/a.tsv": "program\tsoftware\tservices\tsource\tlocator\twords\nsshd\tOpenSSH\tssh\tlist\t/x\tPort 22\n",
    "searched/list.tsv": "first\tlast\ttransport\n851\t851\ttcp\n",
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write a tiny data folder."""
    folder = tmp_path / "data"
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
