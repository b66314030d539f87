"""Re-open every package that a row in data/ cites and look for the quoted words again.

What enters: data/sources/*.toml with their quotations, and the rows of data/defacto, data/misuse, data/programs
and data/roles.
What leaves: one line per failure (file:line: reason), one summary line, exit status 1 on any failure.

Packages are downloaded at the pinned version and compared with the pinned sha256; pages and RFCs are only counted.
Needs apt-get, dpkg-deb, pip, npm and a tar that reads zstd, each only if a cited package calls for it.
"""

import argparse
import functools
import gzip
import hashlib
import itertools
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
CITING_FOLDERS = ("defacto", "misuse", "programs", "roles")
MAX_WORDS = 160
MAX_QUOTATION = 400
UNPACKED = ".d"


class CitationError(Exception):
    """A citation cannot be confirmed; the text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of data/sources; the package fields are empty for other kinds."""

    id: str
    kind: str
    index: str = ""
    package: str = ""
    version: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """One row's claim about a place in a source."""

    path: Path
    line: int
    """1-based line of the row in its TSV file."""
    source: str
    locator: str
    words: str
    first: str
    """First port number of the row, empty for rows that are not about a port."""
    folded: bool = False
    """A quotation that may run over line ends."""


def read_sources(folder: Path) -> dict[str, Source]:
    """Return every source by id; an id that two files define is a ValueError."""
    sources: dict[str, Source] = {}
    for path in sorted(folder.glob("*.toml")):
        for source_id, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if source_id in sources:
                raise ValueError(f"{path}: source {source_id} is defined twice")
            fields = {key: entry.get(key, "") for key in ("index", "package", "version", "sha256")}
            sources[source_id] = Source(source_id, entry["kind"], **fields)
    return sources


def read_citations(path: Path) -> Iterator[Citation]:
    """Yield the citation of each row of one TSV file; a row of the wrong width is a ValueError."""
    header: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if not header:
            header = fields
            continue
        if len(fields) != len(header):
            raise ValueError(f"{path}:{number}: {len(fields)} fields under {len(header)} columns")
        row = dict(zip(header, fields, strict=True))
        yield Citation(path, number, row["source"], row["locator"], row["words"], row.get("first", ""))


def read_quotations(path: Path) -> Iterator[Citation]:
    """Yield what the sentences of a port's page quote from packages."""
    for source_id, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for words in entry.get("words", {}).values():
            yield Citation(path, 0, source_id, entry.get("locator", ""), words, "", folded=True)


def download_commands(source: Source) -> list[list[str]]:
    """Return the commands that may bring the package file into the working directory, in order of trial."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    pinned = f"{source.package}=={source.version}"
    match source.index:
        case "debian":
            return [["apt-get", "download", f"{source.package}={source.version}"]]
        case "npm":
            return [["npm", "pack", "--silent", f"{source.package}@{source.version}"]]
        case "pypi":
            # The hash decides whether the wheel or the sdist was cited.
            return [[*pip, "--only-binary=:all:", pinned], [*pip, "--no-binary=:all:", pinned]]
    raise CitationError(f"source {source.id} has the unknown index {source.index!r}")


def find_archive(source: Source, folder: Path) -> Path | None:
    """Return the file in folder that has the pinned hash."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == source.sha256:
            return path
    return None


def fetch(source: Source, cache: Path) -> Path:
    """Return the package file at the pinned version and hash, downloaded unless the cache has it."""
    folder = cache / re.sub(r"[^\w.+-]", "_", f"{source.index}-{source.package}-{source.version}")
    folder.mkdir(parents=True, exist_ok=True)
    archive = find_archive(source, folder)
    complaint = "no downloaded file has the pinned sha256"
    for command in download_commands(source):
        if archive:
            break
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            complaint = (done.stderr.strip().splitlines() or ["download failed"])[-1]
        archive = find_archive(source, folder)
    if archive is None:
        raise CitationError(f"source {source.id}: {complaint}")
    return archive


def run_tool(*command: str | Path) -> None:
    """Run an unpacker; its failure is a CitationError with its last words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CitationError(f"{command[0]}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")


def extract(archive: Path) -> Path:
    """Unpack a deb, wheel, sdist, npm tarball or inner tar beside itself, once, and return the folder."""
    target = archive.with_name(archive.name + UNPACKED)
    if target.exists():
        return target
    partial = Path(tempfile.mkdtemp(prefix=archive.name, dir=archive.parent))
    if archive.suffix == ".deb":
        run_tool("dpkg-deb", "-x", archive, partial)
    elif archive.suffix in {".whl", ".zip"}:
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(partial)
    elif archive.suffix == ".zst":
        run_tool("tar", "-xf", archive, "-C", partial)
    else:
        with tarfile.open(archive) as tarball:
            tarball.extractall(partial, filter="data")
    return partial.rename(target)


def extract_inner(root: Path) -> None:
    """Unpack every tar file inside an unpacked package beside itself, once."""
    for archive in [path for path in root.rglob("*.tar*") if path.is_file()]:
        extract(archive)


@functools.cache
def locate(root: Path, locator: str) -> Path:
    """Return the cited file: at its place in the package, below one top folder, or in an inner tar."""
    relative = locator.lstrip("/")
    found = [path for path in (root / relative, *root.glob(f"*/{relative}")) if path.is_file()]
    if not found:
        extract_inner(root)
        found = [path for path in root.rglob(Path(relative).name) if path.as_posix().endswith("/" + relative)]
    if len(found) != 1:
        raise CitationError(f"{locator}: {len(found)} such files in the package")
    return found[0]


@functools.cache
def folded_lines(path: Path) -> tuple[str, ...]:
    """Return the file's lines with each run of white space folded to one blank."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return tuple(" ".join(line.split()) for line in raw.decode("utf-8", errors="replace").split("\n"))


@functools.cache
def folded_text(path: Path) -> str:
    """Return the file as one line."""
    return " ".join(" ".join(folded_lines(path)).split())


def check_words(citation: Citation) -> None:
    """Raise unless the quotation is of a fit length and names the row's first port as a whole number."""
    most = MAX_QUOTATION if citation.folded else MAX_WORDS
    if not 0 < len(citation.words) <= most:
        raise CitationError(f"words have {len(citation.words)} characters, allowed are 1 to {most}")
    if citation.first and not re.search(rf"(?<!\d){citation.first}(?!\d)", citation.words):
        raise CitationError(f"words do not contain port {citation.first}")


@functools.cache
def unpack(source: Source, cache: Path) -> Path | CitationError:
    """Return the folder with the unpacked package, or why there is none: both are found out once per run."""
    try:
        return extract(fetch(source, cache))
    except CitationError as error:
        return error


def check(citation: Citation, source: Source | None, cache: Path) -> None:
    """Raise a CitationError unless the words stand in the cited file of the pinned package."""
    if source is None:
        raise CitationError(f"unknown source {citation.source!r}")
    check_words(citation)
    root = unpack(source, cache)
    if isinstance(root, CitationError):
        raise root
    file = locate(root, citation.locator)
    if citation.words == citation.locator:
        return  # That the package ships the file is the fact.
    words = " ".join(citation.words.split())
    found = words in folded_text(file) if citation.folded else any(words in line for line in folded_lines(file))
    if not found:
        raise CitationError(f"words not found in {citation.locator} of {source.package} {source.version}")


def check_all(data: Path, cache: Path) -> tuple[list[str], Counter[str], int]:
    """Return failures as file:line texts, confirmed rows per source, and the number of rows from pages."""
    sources = read_sources(data / "sources")
    failures: list[str] = []
    confirmed: Counter[str] = Counter()
    pages = 0
    files = [path for folder in CITING_FOLDERS for path in sorted((data / folder).glob("*.tsv"))]
    quoting = sorted((data / "sources").glob("*.toml"))
    rows = itertools.chain(
        (row for path in files for row in read_citations(path)),
        (quotation for path in quoting for quotation in read_quotations(path)),
    )
    for citation in rows:
        source = sources.get(citation.source)
        if source and source.kind != "package":
            pages += 1
            continue
        try:
            check(citation, source, cache)
            confirmed[citation.source] += 1
        except CitationError as error:
            failures.append(f"{citation.path}:{citation.line}: {error}")
    return failures, confirmed, pages


def main() -> int:
    """Check every citation and return the exit status."""
    parser = argparse.ArgumentParser(description="Look for every quotation in data/ in its package again.")
    parser.add_argument("--cache", type=Path, help="folder that keeps the packages (default: a temporary one)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder to check (default: this checkout's data)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citations-") as scratch:
        failures, confirmed, pages = check_all(arguments.data, (arguments.cache or Path(scratch)).resolve())
    for failure in failures:
        print(failure)
    print(f"confirmed {confirmed.total()} in {len(confirmed)} sources; failed {len(failures)}; from pages {pages}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
