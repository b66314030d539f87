"""From a folder of text to one file: whole, the same every time, or not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from quietport.model.errors import DataError, SourceTextError
from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import DeFactoUse, KnownProgram, Misuse, PastState, Status
from quietport.registry.compile import compile_registry, text_hash
from quietport.registry.snapshot import Registry

if TYPE_CHECKING:
    from pathlib import Path


def test_every_text_can_be_asked_for_afterwards(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.sqlite"
    compile_registry(data, target)
    with Registry(target) as registry:
        assert registry.meta == {
            "iana_source": "iana-2026-01-01",
            "iana_details_source": "iana-2020-01-01",
            "schema": "2",
            "text_sha256": text_hash(data),
        }
        assert registry.lookup(Port(22, Transport.TCP)).names == ("ssh",)
        assert registry.lookup(Port(9000, Transport.TCP)).names == ("old", "new")
        assert registry.status(Port(851, Transport.DCCP)) is Status.UNASSIGNED
        assert registry.status(Port(853, Transport.TCP)) is Status.NO_ROW
        assert registry.span_range(Port(853, Transport.TCP)) == PortRange(853, 8999)
        assert registry.past(Port(22, Transport.TCP)) == (PastState("2020-01-01", Status.ASSIGNED, ("old", "older")),)
        assert registry.practice.uses.rows == (
            DeFactoUse(PortRange(851, 851), Transport.TCP, "Soft", "data", "list", "here", "port 851"),
        )
        assert registry.practice.misuse.rows == (
            Misuse(PortRange(851, 852), Transport.UDP, "Worm", 2001, "Seen", "list", "", "port 851"),
        )
        assert registry.practice.find_programs("sshd") == (
            KnownProgram("sshd", "OpenSSH", ("ssh",), "list", "/x", "Port 22"),
        )
        assert registry.practice.naming(Port(851, Transport.TCP)) == frozenset({"list"})
        assert registry.practice.naming(Port(851, Transport.UDP)) == frozenset()
        assert registry.quotation("list", "first") == "port 851"
        assert registry.row_counts() == {"iana_row": 5, "de_facto": 1, "misuse": 1, "program": 1, "source": 3}
        assert {id_: source.complete for id_, source in registry.sources().items()} == {
            "iana-2020-01-01": False,
            "iana-2026-01-01": False,
            "list": True,
        }


def test_the_same_text_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    compile_registry(data, first)
    second.write_bytes(b"an older one")
    compile_registry(data, second)
    assert hashlib.sha256(first.read_bytes()).hexdigest() == hashlib.sha256(second.read_bytes()).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "first.sqlite", "second.sqlite"]


def test_the_hash_is_of_names_and_texts(data: Path) -> None:
    before = text_hash(data)
    assert text_hash(data) == before
    (data / "notes.txt").write_text("no source", "utf-8")
    assert text_hash(data) == before
    (data / "defacto" / "a.tsv").rename(data / "defacto" / "b.tsv")
    renamed = text_hash(data)
    assert renamed != before
    (data / "searched" / "list.tsv").write_text("first\tlast\ttransport\n# none\n", "utf-8")
    assert text_hash(data) not in {before, renamed}


MALFORMED = [
    ("defacto/a.tsv", "\tlist\t", "\trumour\t", "a.tsv: cites 'rumour', which no file in data/sources describes"),
    ("misuse/a.tsv", "\tlist\t", "\trumour\t", "a.tsv: cites 'rumour', which no file in data/sources describes"),
    ("programs/a.tsv", "\tlist\t", "\trumour\t", "a.tsv: cites 'rumour', which no file in data/sources describes"),
    ("sources/all.toml", "[list]", "[lost]", "a.tsv: cites 'list', which no file in data/sources describes"),
    (
        "sources/all.toml",
        "[iana-2026-01-01]",
        "[iana-2025-01-01]",
        "iana: cites 'iana-2026-01-01', which no file in data/sources describes",
    ),
    ("searched/list.tsv", "851\t851", "851\t85", "list.tsv:2: no port: 851-85/tcp"),
    ("defacto/a.tsv", "851\t851", "65536\t65536", "a.tsv:2: no port: 65536-65536/tcp"),
    ("iana/2026-01-01.csv", ",22,", ",22x,", "2026-01-01.csv, line 3: no port number: '22x'"),
    ("iana/history.tsv", "\tassigned\t", "\tgiven\t", "history.tsv:2: no status: 'given'"),
    (
        "iana/history.tsv",
        "\t2020-01-01\t",
        "\t2019-01-01\t",
        "history.tsv:2: no snapshot of '2019-01-01' in data/sources",
    ),
    (
        "iana/history.tsv",
        "first\tlast\ttransport\tas_of\tstatus\tnames\n22",
        "# 22",
        "history.tsv:1: no header; it should read: first last transport as_of status names",
    ),
]


@pytest.mark.parametrize(("name", "good", "bad", "message"), MALFORMED)
def test_malformed_text_is_refused_by_its_place_and_the_old_file_stays(
    data: Path, tmp_path: Path, name: str, good: str, bad: str, message: str
) -> None:
    target = tmp_path / "r.sqlite"
    target.write_bytes(b"the old one")
    path = data / name
    assert good in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(good, bad), "utf-8")
    with pytest.raises(SourceTextError) as caught:
        compile_registry(data, target)
    assert str(caught.value) == message
    assert target.read_bytes() == b"the old one"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data", "r.sqlite"]


def test_an_id_that_stands_in_two_files_is_refused(data: Path, tmp_path: Path) -> None:
    sources = (data / "sources" / "all.toml").read_text("utf-8")
    (data / "sources" / "more.toml").write_text(sources[sources.index("[list]") :], "utf-8")
    with pytest.raises(SourceTextError) as caught:
        compile_registry(data, tmp_path / "r.sqlite")
    assert str(caught.value) == "more.toml [list]: this id stands twice"
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]


def test_text_that_is_not_utf_8_is_refused(data: Path, tmp_path: Path) -> None:
    (data / "defacto" / "a.tsv").write_bytes(b"first\xff")
    with pytest.raises(SourceTextError) as caught:
        compile_registry(data, tmp_path / "r.sqlite")
    assert str(caught.value) == "a.tsv: is not UTF-8 at byte 5"


def test_a_folder_without_a_snapshot_is_refused(data: Path, tmp_path: Path) -> None:
    for path in (data / "iana").glob("*.csv"):
        path.unlink()
    with pytest.raises(DataError, match=r"iana: no snapshot of IANA's registry$"):
        compile_registry(data, tmp_path / "r.sqlite")


def test_a_folder_without_a_history_is_refused(data: Path, tmp_path: Path) -> None:
    (data / "iana" / "history.tsv").unlink()
    with pytest.raises(DataError, match=r"history\.tsv: No such file or directory$"):
        compile_registry(data, tmp_path / "r.sqlite")


def test_more_runs_than_the_plane_can_number_are_refused(data: Path, tmp_path: Path) -> None:
    rows = (f"s,{number},{over},x,,,,,,,,\n" for over in ("tcp", "udp") for number in range(32_768))
    path = data / "iana" / "2026-01-01.csv"
    path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n" + "".join(rows), "utf-8")
    with pytest.raises(DataError, match=r"^iana-2026-01-01: more runs of numbers than 16 bits can count$"):
        compile_registry(data, tmp_path / "r.sqlite")
