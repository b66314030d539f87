"""Write data/searched/ID.tsv again from the packages that data/sources/debian.toml pins.

What enters: ten Debian packages at pinned versions and hashes. What leaves: port numbers and transports, no words.
"Not found in ID" on a port's page rests on these files, so each parser takes every port its list names.

A specification without a transport counts for tcp and udp. Left out, because they name no port of a service:
specifications open at one end (1024:), ports that are negated, named or computed, and the SELinux policy's
defaults for whole classes of ports.
"""

import argparse
import re
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from check_citations import DATA, CitationError, extract, extract_inner, fetch, read_sources

HEADER = "first\tlast\ttransport"
TRANSPORTS = frozenset({"tcp", "udp", "sctp", "dccp"})
UNSTATED = ("tcp", "udp")
MAX_PORT = 65535


class Span(NamedTuple):
    """A port, or a range of ports, with its transport; sorts as the files do."""

    first: int
    last: int
    transport: str


def spans(ports: str, transports: Iterable[str]) -> Iterator[Span]:
    """Yield the spans of a comma-separated list such as 53,6881:6889; parts that are no port are skipped."""
    for part in ports.split(","):
        numbers = re.fullmatch(r"\s*(\d+)(?:[:-](\d+))?\s*", part)
        if not numbers:
            continue
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        if 1 <= first <= last <= MAX_PORT:
            yield from (Span(first, last, transport) for transport in transports)


def lines(*paths: Path) -> Iterator[str]:
    """Yield the lines of text files, in order."""
    for path in paths:
        yield from path.read_text(encoding="utf-8", errors="replace").splitlines()


def parse_firewalld(root: Path) -> Iterator[Span]:
    """Yield the ports and source ports of service and helper definitions."""
    library = root / "usr/lib/firewalld"
    for path in [*library.glob("services/*.xml"), *library.glob("helpers/*.xml")]:
        for element in ET.parse(path).getroot().iter():
            transport = element.get("protocol", "")
            if element.tag in {"port", "source-port"} and transport in TRANSPORTS:
                yield from spans(element.get("port", ""), [transport])


def parse_profiles(folder: Path) -> Iterator[Span]:
    """Yield the ports of application profiles, written as ports=80,443/tcp|53."""
    for line in lines(*folder.iterdir()):
        if not line.startswith("ports="):
            continue
        for part in re.split(r"[|;]", line.removeprefix("ports=")):
            ports, _, named = part.strip().partition("/")
            transport = named.removesuffix("6")
            if not named or transport in TRANSPORTS:
                yield from spans(ports, [transport] if named else UNSTATED)


def parse_gufw(root: Path) -> Iterator[Span]:
    """Yield the ports of the application profiles."""
    return parse_profiles(root / "etc/gufw/app_profiles")


def parse_ufw(root: Path) -> Iterator[Span]:
    """Yield the ports of the application profiles and of the rule templates."""
    yield from parse_profiles(root / "etc/ufw/applications.d")
    for line in lines(*(root / "usr/share/ufw/iptables").glob("*.rules")):
        transport = re.search(r"^-A .* -p (\w+)", line)
        if transport:
            for ports in re.findall(r"--[sd]ports? (\S+)", line):
                yield from spans(ports, [transport[1]])


def parse_shorewall(root: Path) -> Iterator[Span]:
    """Yield destination and source ports of macros and actions: columns 4 to 6 are PROTO DPORT SPORT."""
    library = root / "usr/share/shorewall"
    for line in lines(*library.glob("macro.*"), *library.glob("action.*")):
        columns = re.split(r"[#{;]", line)[0].split()
        transports = columns[3].split(",") if len(columns) > 3 else []
        if TRANSPORTS.issuperset(transports):
            for ports in columns[4:6]:
                yield from spans(ports, transports)


def parse_selinux(root: Path) -> Iterator[Span]:
    """Yield the ports of network_port() lines: pairs of transport and port after the label."""
    extract_inner(root)
    for line in lines(*root.rglob("policy/modules/kernel/corenetwork.te.in")):
        call = re.match(r"network_port\(([^)]*)\)", line)
        for transport, ports in re.findall(r"\b(tcp|udp|sctp|dccp)\s*,\s*([\d-]+)", call[1] if call else ""):
            yield from spans(ports, [transport])


def parse_services(path: Path) -> Iterator[Span]:
    """Yield the ports of a services(5) file; Wireshark's joins transports: 64/tcp/udp."""
    for line in lines(path):
        columns = line.partition("#")[0].split()
        if len(columns) > 1:
            ports, *transports = columns[1].split("/")
            yield from spans(ports, TRANSPORTS.intersection(transports))


def parse_netbase(root: Path) -> Iterator[Span]:
    """Yield the ports of /etc/services."""
    return parse_services(root / "etc/services")


def parse_wireshark(root: Path) -> Iterator[Span]:
    """Yield the ports of Wireshark's services file."""
    return parse_services(root / "usr/share/wireshark/services")


def parse_rkhunter(root: Path) -> Iterator[Span]:
    """Yield the ports of the backdoor list, written as port:description:TRANSPORT:."""
    for line in lines(root / "var/lib/rkhunter/db/backdoorports.dat"):
        row = re.match(r"(\d+):[^:]*:(TCP|UDP):", line)
        if row:
            yield from spans(row[1], [row[2].lower()])


def parse_chkrootkit(root: Path) -> Iterator[Span]:
    """Yield the ports of the bindshell test (tcp and udp) and of the Slapper (tcp) and Scalper (both) tests."""
    for line in lines(root / "usr/sbin/chkrootkit"):
        setting = re.match(r'\s*(|SLAPPER_|SCALPER_)PORT="?([\d.:| ]+)"?\s*$', line)
        if setting:
            ports = re.sub(r"0\.0:", "", setting[2]).replace("|", " ").split()
            yield from spans(",".join(ports), ["tcp"] if setting[1] == "SLAPPER_" else UNSTATED)


def parse_psad(root: Path) -> Iterator[Span]:
    """Yield the ports on either side of the trojan, backdoor and DDoS signatures."""
    about = re.compile(r'msg:"[^"]*(?:trojan|backdoor|ddos)|classtype:trojan-activity', re.IGNORECASE)
    for line in lines(root / "etc/psad/signatures"):
        rule = re.match(r"alert (tcp|udp) \S+ (\S+) -> \S+ (\S+) \(", line)
        if rule and about.search(line):
            yield from spans(f"{rule[2]},{rule[3]}", [rule[1]])


PARSERS: dict[str, Callable[[Path], Iterator[Span]]] = {
    "firewalld": parse_firewalld,
    "gufw": parse_gufw,
    "ufw": parse_ufw,
    "shorewall": parse_shorewall,
    "selinux-policy": parse_selinux,
    "netbase": parse_netbase,
    "wireshark": parse_wireshark,
    "rkhunter": parse_rkhunter,
    "chkrootkit": parse_chkrootkit,
    "psad": parse_psad,
}


def render(found: set[Span]) -> str:
    """Return the text of a searched file: a header and sorted rows."""
    rows = (f"{first}\t{last}\t{transport}" for first, last, transport in sorted(found))
    return "\n".join([HEADER, *rows]) + "\n"


def rebuild(source_id: str, found: set[Span], folder: Path) -> Iterator[str]:
    """Write one searched file and yield a line for each row that came or went."""
    path = folder / f"{source_id}.tsv"
    text = render(found)
    old = path.read_text(encoding="utf-8") if path.exists() else HEADER + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    before, after = (dict.fromkeys(content.splitlines()) for content in (old, text))
    yield from (f"{source_id}: gone {row}" for row in before if row not in after)
    yield from (f"{source_id}: new {row}" for row in after if row not in before)


def main() -> int:
    """Rebuild every file, print what changed and return the exit status."""
    parser = argparse.ArgumentParser(description="Rebuild data/searched from pinned Debian packages.")
    parser.add_argument("--cache", type=Path, help="folder that keeps the packages (default: a temporary one)")
    parser.add_argument("--data", type=Path, default=DATA, help="data folder to write (default: this checkout's)")
    arguments = parser.parse_args()
    sources = read_sources(arguments.data / "sources")
    with tempfile.TemporaryDirectory(prefix="searched-") as scratch:
        cache = (arguments.cache or Path(scratch)).resolve()
        for source_id, parse in PARSERS.items():
            try:
                root = extract(fetch(sources[source_id], cache))
            except CitationError as error:
                print(f"{source_id}: {error}", file=sys.stderr)
                return 1
            found = set(parse(root))
            if not found:
                print(f"{source_id}: no port found, file left as it was", file=sys.stderr)
                return 1
            changes = list(rebuild(source_id, found, arguments.data / "searched"))
            print(*changes, f"{source_id}: {len(found)} rows, {len(changes)} changes", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
