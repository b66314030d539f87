"""Pages of ports of every kind: what they say first, in which order, and on what ground."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from quietport.almanac import port_page, range_page, service_page
from quietport.almanac.page import SECTIONS, build_page
from quietport.model.errors import NoSuchEntryError
from quietport.model.page import Claim, Form, Page, Phrase, Section
from quietport.model.port import Port, PortRange, Transport
from quietport.registry.snapshot import Registry
from quietport.report.document import Occasion
from quietport.report.page_json import render_page_json
from quietport.report.page_sheet import lay_out_page
from quietport.report.plain import render_page_plain
from quietport.report.sheet import Sheet
from quietport.words.phrasebook import phrasebook

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOK = phrasebook("en")
CHUNK = 16384
ORDER = ["answer", "registry", "meaning", "practice", "misuse", "system", "security", "howto", "neighbours"]


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    """Return the registry that ships."""
    with Registry() as opened:
        yield opened


def said(page: Page, section: str) -> list[str]:
    return [BOOK.render(claim.says) for part in page.sections if part.id == section for claim in part.claims]


@pytest.mark.parametrize(
    ("number", "transports", "answer"),
    [
        (851, (), "Port 851 is unassigned: IANA's registry gives it to no service over tcp and udp."),
        (22, (), "Port 22 is assigned to ssh over tcp and udp: The Secure Shell (SSH) Protocol."),
        (300, (), "Port 300 differs by transport: over tcp it is assigned to tacacss; over udp it is reserved."),
        (2, (), "Port 2 is reserved over tcp and udp: IANA keeps it and gives it to no service."),
        (0, (), "Port 0 is reserved over tcp and udp: IANA keeps it and gives it to no service."),
        (1023, (), "Port 1023 is reserved over tcp and udp: IANA keeps it and gives it to no service."),
        (24, (), "Port 24 is assigned over tcp and udp under no service name: any private mail system."),
        (585, (), "Port 585 had an assignment over tcp and udp, and it was withdrawn."),
        (
            716,
            (Transport.TCP,),
            "IANA's registry has no row for port 716 over tcp, which is not the same as unassigned.",
        ),
        (
            65535,
            (),
            "Port 65535 is a dynamic port: IANA assigns it to nobody, ever, and any program may borrow it.",
        ),
    ],
)
def test_the_answer_comes_first(
    registry: Registry, number: int, transports: tuple[Transport, ...], answer: str
) -> None:
    page = port_page(registry, number, transports) if transports else port_page(registry, number)
    assert said(page, "answer") == [answer]


@pytest.mark.parametrize(
    "number", [0, 2, 22, 24, 300, 585, 716, 851, 1023, 1024, 3000, 6000, 8080, 49151, 49152, 65535]
)
def test_sections_come_in_the_same_order_for_every_kind_of_port(registry: Registry, number: int) -> None:
    assert [section.id for section in port_page(registry, number).sections] == ORDER


def test_the_row_stands_as_registered_and_since_when(registry: Registry) -> None:
    assert said(port_page(registry, 851), "registry") == [
        "849-852  -  -  Unassigned",
        "The row of 849-852 names no transport; it is read as holding for tcp, udp, sctp and dccp.",
        "Over tcp and udp the same in every snapshot held: 2015-07-24, 2018-06-06, 2023-03-13 and 2026-08-17.",
    ]


def test_a_row_that_changed_tells_what_it_was(registry: Registry) -> None:
    page = port_page(registry, 2, (Transport.TCP,))
    assert said(page, "registry")[-1] == "In the snapshot of 2023-03-13, over tcp: assigned to compressnet."
    (claim,) = [claim for section in page.sections for claim in section.claims if claim.says.id == "registry.was"]
    assert claim.sources == ("iana-2023-03-13",)


def test_one_transport_is_answered_alone(registry: Registry) -> None:
    page = port_page(registry, 300, (Transport.UDP,))
    assert said(page, "answer") == ["Port 300 is reserved over udp: IANA keeps it and gives it to no service."]
    assert [text for text in said(page, "howto") if "tcp" in text] == [
        "Linux, tcp and udp (root also sees other users' programs):"
    ]


def test_a_negative_is_a_search(registry: Registry) -> None:
    (searched,) = said(port_page(registry, 851), "practice")
    assert searched.startswith("Looked for over tcp and udp and not found in 7 lists: firewalld 1.3.3, gufw 22.04,")
    (misuse,) = said(port_page(registry, 851), "misuse")
    assert misuse == (
        "No report of misuse of 851 is held here, and it was looked for and not found in the backdoor lists of "
        "chkrootkit 0.57, psad 2.4.6 and rkhunter 1.4.6."
    )


@pytest.mark.parametrize(("number", "told"), [(511, 0), (512, 1), (664, 1), (665, 2), (1023, 2), (1024, 0)])
def test_the_innocent_user_of_low_ports_is_named(registry: Registry, number: int, told: int) -> None:
    (section,) = [part for part in port_page(registry, number).sections if part.id == "security"]
    innocent = {"security.innocent", "security.innocent-nfs"}
    assert len([claim for claim in section.claims if claim.says.id in innocent]) == told


@pytest.mark.parametrize(
    ("number", "neighbours"),
    [
        (0, ["No number below is assigned over tcp.", "Next assigned above, over tcp: 1 tcpmux."]),
        (
            23,
            [
                "Next assigned below, over tcp: 22 ssh.",
                "Next assigned above, over tcp: 24 any private mail system.",
            ],
        ),
        (
            851,
            [
                "The row covers 849-852 as a whole.",
                "Next assigned below, over tcp: 848 gdoi.",
                "Next assigned above, over tcp: 853 domain-s.",
            ],
        ),
    ],
)
def test_the_neighbours(registry: Registry, number: int, neighbours: list[str]) -> None:
    assert said(port_page(registry, number), "neighbours") == neighbours


def test_commands_name_the_port_and_are_no_sentence(registry: Registry) -> None:
    (howto,) = [part for part in port_page(registry, 851).sections if part.id == "howto"]
    assert [claim.says.values["command"] for claim in howto.claims if claim.form is Form.COMMAND] == [
        "ss -H -ltnup 'sport = :851'",
        "sudo lsof -nP -iTCP:851 -sTCP:LISTEN",
        "sudo lsof -nP -iUDP:851",
        "Get-NetTCPConnection -State Listen -LocalPort 851",
        "Get-NetUDPEndpoint -LocalPort 851",
    ]


def test_a_range_is_counted_by_status(registry: Registry) -> None:
    page = range_page(registry, PortRange(6000, 6063))
    assert said(page, "answer") == [
        "Ports 6000-6063 over tcp: 64 assigned.",
        "Ports 6000-6063 over udp: 64 assigned.",
    ]
    assert said(page, "registry") == [
        "6000-6063  tcp  x11  X Window System",
        "6000-6063  udp  x11  X Window System",
    ]


def test_a_range_of_many_kinds_is_counted_whole(registry: Registry) -> None:
    page = range_page(registry, PortRange(0, 1023), (Transport.TCP,))
    assert said(page, "answer") == [
        "Ports 0-1023 over tcp: 689 assigned, 282 unassigned, 49 reserved, 2 withdrawn and 2 without a row."
    ]


def test_a_registered_name_of_one_number_is_answered_with_its_page(registry: Registry) -> None:
    page = service_page(registry, "SSH")
    assert said(page, "answer") == [
        "ssh is the registered name of 22/sctp, 22/tcp and 22/udp.",
        "Port 22 is assigned to ssh over tcp and udp: The Secure Shell (SSH) Protocol.",
    ]
    assert [section.id for section in page.sections] == ORDER


def test_software_that_iana_does_not_know_is_answered_by_its_defaults(registry: Registry) -> None:
    page = service_page(registry, "grafana")
    assert said(page, "answer")[0] == (
        "Grafana is no service name of IANA's; it is software that uses 3000/tcp by default."
    )


def test_a_name_that_nobody_goes_by(registry: Registry) -> None:
    with pytest.raises(NoSuchEntryError) as caught:
        service_page(registry, "sshh")
    assert caught.value.nearest[0] == "ssh"


def test_no_sentence_stands_without_a_source() -> None:
    with pytest.raises(ValueError, match="cites no source"):
        Claim(Phrase("answer.dynamic", {"port": 1}), ())


def test_a_source_that_is_not_known_can_not_be_cited() -> None:
    section = Section("answer", (Claim(Phrase("answer.dynamic", {"port": 1}), ("hearsay",)),))
    with pytest.raises(KeyError):
        build_page(Phrase("title.port", {"port": 1}), [section], {})


def test_the_list_of_sections_is_the_order_of_the_page() -> None:
    assert len(SECTIONS) == len(ORDER)


@pytest.mark.parametrize("first", range(0, 65536, CHUNK))
def test_every_number_has_a_page_and_every_sentence_a_source(registry: Registry, first: int) -> None:
    occasion = Occasion(BOOK, "here", "2026-11-23T10:00:00Z")
    for number in range(first, first + CHUNK):
        page = port_page(registry, number)
        known = {source.id for source in page.sources}
        claims = [claim for section in page.sections for claim in section.claims]
        assert all(claim.sources and known.issuperset(claim.sources) for claim in claims), number
        lines = render_page_plain(page, BOOK).split("\n")
        assert len(lines) == 1 + len(claims) + len(page.sources), number
        assert all(line.count("\t") == 3 for line in lines), number
        registrations = tuple(registry.lookup(Port(number, transport)) for transport in Transport)
        text = render_page_json(page, registrations, str(number), occasion)
        assert text.isascii(), number
        assert f'"port": {number},' in text
    document = json.loads(text)
    assert [section["id"] for section in document["sections"]] == ORDER


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("asked", [0, 22, 300, 851, 1023, 3000, 6000, 49152, 65535])
def test_a_page_keeps_to_the_width_it_has(registry: Registry, asked: int, width: int) -> None:
    page = port_page(registry, asked)
    sheet = Sheet(width)
    lay_out_page(page, BOOK, sheet)
    lines = sheet.plain().split("\n")
    commands = [str(claim.says.values.get("command")) for section in page.sections for claim in section.claims]
    assert [line for line in lines if len(line) > min(width, 100) and line.strip() not in commands] == []
    assert [line for line in lines if line != line.rstrip()] == []
    assert lines[0] == f"Port {asked}"
    assert "".join("".join(lines).split()) == "".join("".join(_words(page, asked)).split())


def _words(page: Page, number: int) -> Iterator[str]:
    """Yield everything a page says to people, line breaks and blanks aside."""
    numbers = {source.id: place for place, source in enumerate(page.sources, start=1)}
    yield f"Port {number}"
    for section in page.sections:
        if section.id != "answer":
            yield BOOK.say(f"section.{section.id}")
        for claim in section.claims:
            yield "·" if claim.form is Form.ROW else ""
            yield BOOK.render(claim.says)
            yield f"[{' '.join(str(numbers[source]) for source in claim.sources)}]"
            yield str(claim.says.values.get("command", ""))
    yield "Sources"
    for place, source in enumerate(page.sources, start=1):
        digest = f", sha256 {source.sha256[:8]}" if source.sha256 else ""
        yield f"{place} {source.name}, {source.as_of[:10]}{digest}"
