"""``registry update`` against a real HTTP server on this machine: in force whole, or not at all."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.errors import DataError, QuietportError, SourceTextError, UsageError
from quietport.model.port import Port, PortRange, Transport
from quietport.model.registration import PastState, Status
from quietport.registry import store
from quietport.registry.compile import compile_registry
from quietport.registry.diff import Difference, states_on
from quietport.registry.snapshot import Registry
from quietport.registry.update import Fetched, parse_fetched
from quietport.survey.registry import update

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TCP = Transport.TCP
TODAY = date(2026, 3, 1)
NEWER = "Sun, 01 Feb 2026 08:00:00 GMT"


@dataclass
class Server:
    """What the server will answer, and what it was asked."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    """Content-Length, where it is not the truth."""
    raw: bytes | None = None
    """The whole answer, where it is no HTTP."""
    url: str = ""
    asked: list[dict[str, str | None]] = field(default_factory=list)


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    """Return a handler that answers as the server says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append({name: self.headers.get(name) for name in ("If-None-Match", "If-Modified-Since")})
            self.close_connection = True
            if server.raw is not None:
                self.wfile.write(server.raw)
                return
            status = server.status
            if status == 200 and self.headers.get("If-None-Match") == server.headers.get("ETag", "none"):
                status = 304
            self.send_response(status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            if status != 304:
                length = len(server.body) if server.announced is None else server.announced
                self.send_header("Content-Length", str(length))
            self.end_headers()
            if status != 304:
                self.wfile.write(server.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Answer at a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(server)) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}/registry.csv"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Start a server, which no proxy stands before."""
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    with running(server):
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep updated snapshots in a folder of the test."""
    folder = tmp_path / "updates"
    monkeypatch.setattr(store, "update_folder", lambda: folder)
    return folder


@pytest.fixture
def shipped(data: Path, tmp_path: Path) -> Path:
    """Compile the small data folder: the registry of 2026-01-01."""
    path = tmp_path / "shipped.sqlite"
    compile_registry(data, path)
    return path


@pytest.fixture
def newer(data: Path) -> bytes:
    """Return a CSV in which sshd has left 22 and 850 is assigned."""
    text = (data / "iana" / "2026-01-01.csv").read_text("utf-8")
    return (
        text.replace("ssh,22,tcp,The Secure Shell", ",22,tcp,Reserved")
        .replace(",849-852,,Unassigned", ",849,,Unassigned,,,,,,,,\nfresh,850,tcp,New,,,,,,,,\n,851-852,,Unassigned")
        .encode()
    )


def test_a_newer_registry_is_put_in_force_and_the_old_one_becomes_the_past(
    server: Server, folder: Path, shipped: Path, newer: bytes
) -> None:
    server.body, server.headers = newer, {"ETag": '"v2"', "Last-Modified": NEWER}
    before = shipped.read_bytes()
    with Registry(shipped) as registry:
        outcome = update(registry, server.url, TODAY)
    reserved, unassigned = (Status.RESERVED, ()), (Status.UNASSIGNED, ())
    gone, fresh = (Status.ASSIGNED, ("ssh",)), (Status.ASSIGNED, ("fresh",))
    no_row = (Status.NO_ROW, ())
    assert outcome.changed
    assert outcome.as_of == "2026-02-01"
    assert outcome.path == str(folder / "registry.sqlite")
    assert outcome.differences == (
        Difference(PortRange(22, 22), TCP, gone, reserved),
        Difference(PortRange(850, 850), TCP, unassigned, fresh),
        *(Difference(PortRange(850, 850), over, unassigned, no_row) for over in list(Transport)[1:]),
    )
    assert shipped.read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["registry.sqlite"]
    with Registry(folder / "registry.sqlite") as updated:
        assert updated.iana_source == "iana-2026-02-01"
        assert updated.sources()["iana-2026-02-01"].sha256 == updated.meta["fetched_sha256"]
        assert updated.sources()["iana-2026-02-01"].url == server.url
        assert updated.lookup(Port(850, TCP)).names == ("fresh",)
        assert updated.past(Port(22, TCP)) == (
            PastState("2026-01-01", Status.ASSIGNED, ("ssh",)),
            PastState("2020-01-01", Status.ASSIGNED, ("old", "older")),
        )
        assert [use.software for use in updated.practice.uses.find(Port(851, TCP))] == ["Soft"]
        held = states_on(updated, "2026-01-01")
        assert held is not None
        with Registry(shipped) as old:
            assert held[TCP][22] == gone
            assert held == states_on(old, "2026-01-01")


def test_the_server_is_asked_with_its_own_etag_and_304_changes_nothing(
    server: Server, folder: Path, shipped: Path, newer: bytes
) -> None:
    server.body, server.headers = newer, {"ETag": '"v2"', "Last-Modified": NEWER}
    with Registry(shipped) as registry:
        update(registry, server.url, TODAY)
    kept = (folder / "registry.sqlite").read_bytes()
    with Registry(folder / "registry.sqlite") as registry:
        outcome = update(registry, server.url, TODAY)
    assert (outcome.changed, outcome.as_of, outcome.differences) == (False, "2026-02-01", ())
    assert server.asked == [
        {"If-None-Match": None, "If-Modified-Since": None},
        {"If-None-Match": '"v2"', "If-Modified-Since": NEWER},
    ]
    assert (folder / "registry.sqlite").read_bytes() == kept


def test_the_same_bytes_without_an_etag_change_nothing(
    server: Server, folder: Path, shipped: Path, newer: bytes
) -> None:
    server.body = newer
    with Registry(shipped) as registry:
        assert update(registry, server.url, TODAY).as_of == "2026-03-01"
    with Registry(folder / "registry.sqlite") as registry:
        assert not update(registry, server.url, TODAY).changed


def test_an_etag_of_another_answer_is_not_kept(server: Server, folder: Path, shipped: Path, newer: bytes) -> None:
    server.body, server.headers = newer, {"ETag": '"v2"', "Last-Modified": NEWER}
    with Registry(shipped) as registry:
        update(registry, server.url, TODAY)
    server.body, server.headers = newer.replace(b"fresh", b"fresher"), {}
    with Registry(folder / "registry.sqlite") as registry:
        assert update(registry, server.url, TODAY).changed
    with Registry(folder / "registry.sqlite") as registry:
        assert registry.lookup(Port(850, TCP)).names == ("fresher",)
        assert {key for key in registry.meta if key.startswith("fetched")} == {"fetched_from", "fetched_sha256"}
        assert [state.as_of for state in registry.past(Port(850, TCP))] == ["2026-02-01", "2026-01-01"]


def test_an_etag_is_not_sent_to_another_address(server: Server, folder: Path, shipped: Path, newer: bytes) -> None:
    server.body, server.headers = newer, {"ETag": '"v2"'}
    with Registry(shipped) as registry:
        update(registry, server.url, TODAY)
    with Registry(folder / "registry.sqlite") as registry:
        update(registry, server.url + "?mirror", TODAY)
    assert server.asked[1] == {"If-None-Match": None, "If-Modified-Since": None}


def test_ianas_xml_is_recognised_by_its_content(server: Server, folder: Path, shipped: Path) -> None:
    names = "\n".join(
        f"<record><name>s{number}</name><protocol>tcp</protocol><description>d</description>"
        f"<number>{number}</number></record>"
        for number in range(1, 7)
    )
    server.body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<registry xmlns="http://www.iana.org/assignments" id="x">'
        f"<updated>2026-02-14</updated><registry id='y'>{names}</registry></registry>"
    ).encode()
    with Registry(shipped) as registry:
        outcome = update(registry, server.url, TODAY)
    assert outcome.as_of == "2026-02-14"
    with Registry(folder / "registry.sqlite") as updated:
        assert updated.lookup(Port(6, TCP)).names == ("s6",)
        assert updated.status(Port(22, TCP)) is Status.NO_ROW


REFUSED = [
    ({"status": 404}, DataError, ": the server answered 404 Not Found; the registry in force is unchanged"),
    ({"status": 500}, DataError, ": the server answered 500 Internal Server Error; the registry in force is unchanged"),
    ({"announced": 10_000}, DataError, " bytes are not what was announced; the registry in force is unchanged"),
    ({"body": b""}, SourceTextError, ", line 1: not IANA's header: []"),
    ({"body": b"<html>busy</html>"}, SourceTextError, ", line 1: not IANA's registry: 'html'"),
    ({"body": b"\xff\xfe"}, SourceTextError, ": is not UTF-8 at byte 0"),
    ({"raw": b"SSH-2.0-OpenSSH\r\n"}, DataError, "; the registry in force is unchanged"),
    ({"raw": b""}, DataError, "; the registry in force is unchanged"),
    (
        {"raw": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nServ"},
        DataError,
        "; the registry in force is unchanged",
    ),
    ({"status": 302, "headers": {"Location": "file:///etc/passwd"}}, DataError, "; the registry in force is unchanged"),
    (
        {"status": 302, "headers": {"Location": "ftp://127.0.0.1:1/x"}},
        DataError,
        "; the registry in force is unchanged",
    ),
    (
        {"headers": {"Last-Modified": "Sun, 01 Jan 2023 00:00:00 GMT"}},
        DataError,
        ": of 2023-01-01, older than the registry in force (2026-01-01), which stays",
    ),
]


@pytest.mark.parametrize(("answer", "kind", "message"), REFUSED)
def test_what_is_no_newer_registry_is_refused_and_the_one_in_force_stays(
    server: Server,
    folder: Path,
    shipped: Path,
    newer: bytes,
    answer: dict[str, object],
    kind: type[QuietportError],
    message: str,
) -> None:
    folder.mkdir()
    shutil.copyfile(shipped, folder / "registry.sqlite")
    kept = shipped.read_bytes()
    server.body, server.headers = newer, {}
    for name, value in answer.items():
        setattr(server, name, value)
    with Registry(folder / "registry.sqlite") as registry, pytest.raises(QuietportError) as caught:
        update(registry, server.url, TODAY)
    assert type(caught.value) is kind
    assert server.url in str(caught.value)
    assert str(caught.value).endswith(message)
    assert (folder / "registry.sqlite").read_bytes() == kept
    assert [path.name for path in folder.iterdir()] == ["registry.sqlite"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((b",850,", b",65536,"), ", line 5: no port number: '65536'"),
        ((b"fresh,850,tcp", b'fresh,850,tcp,"'), ", line 5: unexpected end of data"),
        (
            (b"\nfresh,850,tcp,New,,,,,,,,\n,851-852,,Unassigned,,,,,,,,\nold,9000,tcp,First,,,,,,,,", b""),
            ": 4 rows where the registry in force has 5;",
        ),
        ((b",22,tcp", b",22,smtp"), ", line 3: unknown transport: 'smtp'"),
    ],
)
def test_a_malformed_or_shrunken_copy_is_refused_by_its_line(
    server: Server, folder: Path, shipped: Path, newer: bytes, change: tuple[bytes, bytes], message: str
) -> None:
    folder.mkdir()
    shutil.copyfile(shipped, folder / "registry.sqlite")
    kept = shipped.read_bytes()
    assert newer.count(change[0]) == 1
    server.body = newer.replace(*change)
    with Registry(folder / "registry.sqlite") as registry, pytest.raises(DataError) as caught:
        update(registry, server.url, TODAY)
    assert str(caught.value).startswith(server.url + message)
    assert (folder / "registry.sqlite").read_bytes() == kept
    assert [path.name for path in folder.iterdir()] == ["registry.sqlite"]


def test_a_server_that_is_not_there(folder: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    gone = Server()
    with running(gone):
        pass
    with Registry(shipped) as registry, pytest.raises(DataError) as caught:
        update(registry, gone.url, TODAY)
    assert str(caught.value).startswith(f"{gone.url}: ")
    assert "Connection refused" in str(caught.value)
    assert not folder.exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "data:text/csv,x", "x", " ", "http"])
def test_only_http_is_asked(folder: Path, shipped: Path, url: str) -> None:
    with Registry(shipped) as registry, pytest.raises(UsageError) as caught:
        update(registry, url, TODAY)
    assert str(caught.value) == f"{url!r} is no http or https address"
    assert not folder.exists()


@pytest.mark.parametrize(
    "url",
    ["http://", "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://127.0.0.1:1/ü", "http://127.0.0.1:1/a b"],
)
def test_an_address_that_cannot_be_asked_is_named(
    folder: Path, shipped: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with Registry(shipped) as registry, pytest.raises(DataError) as caught:
        update(registry, url, TODAY)
    assert str(caught.value).startswith(f"{url}: ")
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_named(
    server: Server, tmp_path: Path, shipped: Path, newer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    monkeypatch.setattr(store, "update_folder", lambda: tmp_path / "file" / "quietport")
    server.body = newer
    with Registry(shipped) as registry, pytest.raises(DataError, match="the registry in force is unchanged"):
        update(registry, server.url, TODAY)


@pytest.mark.parametrize(
    ("content", "last_modified", "as_of"),
    [
        (b"", None, "2026-03-01"),
        (b"", NEWER, "2026-02-01"),
        (b"<updated>2026-01-31</updated>", NEWER, "2026-01-31"),
        (b"<updated>2026-99-31</updated>", NEWER, "2026-03-01"),
        (b"<updated>2099-01-01</updated>", None, "2026-03-01"),
        (b"", "Fri, 01 Jan 2100 00:00:00 GMT", "2026-03-01"),
        (b"", "yesterday", "2026-03-01"),
        (b"", "", "2026-03-01"),
    ],
)
def test_the_date_is_what_the_copy_says_unless_it_is_none_or_to_come(
    content: bytes, last_modified: str | None, as_of: str
) -> None:
    assert Fetched("u", content, None, last_modified, TODAY).as_of == as_of


@given(st.text(), st.binary())
def test_any_header_and_content_gives_a_date_of_the_past(last_modified: str, content: bytes) -> None:
    assert date.fromisoformat(Fetched("u", content, None, last_modified, TODAY).as_of) <= TODAY


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda text: b"<registry>" + text.encode())))
def test_any_content_is_rows_or_a_source_text_error_that_names_it(content: bytes) -> None:
    try:
        parse_fetched("copy", content)
    except SourceTextError as error:
        assert error.place.startswith("copy")
