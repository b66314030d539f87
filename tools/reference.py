"""Write the reference pages from what they describe, so that they cannot drift.

python tools/reference.py            write docs/cli.md, docs/rules.md, docs/json.md and man/quietport.1
python tools/reference.py --check    end with 1 where one of them differs
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from quietport import __version__
from quietport.cli import verbs
from quietport.cli.exit_code import ExitCode
from quietport.cli.main import make_parser
from quietport.judge import read_rules
from quietport.judge.rule import Condition
from quietport.registry.snapshot import Registry

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = ROOT / "src" / "quietport" / "report" / "schemas"
EXIT_CODES = {
    ExitCode.NOTHING: "Nothing to report.",
    ExitCode.FINDINGS: "Findings (see `--fail-on`), or no such entry.",
    ExitCode.USAGE: "The question cannot be understood.",
    ExitCode.UNANSWERED: "The question could not be answered for want of rights or data.",
    ExitCode.DATA: "Data is missing or damaged.",
    ExitCode.INTERRUPTED: "Interrupted (Ctrl-C).",
}


def cli_page() -> str:
    """Return the page of the command line, made of every ``--help``."""
    parts = [
        "# Command line",
        "",
        "Made by `tools/reference.py` from `--help`.",
        "",
        _block(make_parser().format_help()),
    ]
    for name, verb in _verb_parsers().items():
        parts += ["", f"## {name}", "", _block(verb.format_help())]
        for action, nested in _nested(verb).items():
            parts += ["", f"### {name} {action}", "", _block(nested.format_help())]
    parts += ["", "## Exit codes", "", "| code | meaning |", "|---|---|"]
    parts += [f"| {code.value} | {text} |" for code, text in EXIT_CODES.items()]
    parts += ["", "Where several fit, the first of 130, 2, 4, 1, 3, 0 counts."]
    return "\n".join(parts) + "\n"


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def _verb_parsers() -> dict[str, argparse.ArgumentParser]:
    return {name: parser for name, parser in _nested(make_parser()).items() if name in verbs.SUMMARIES}


def _nested(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001 - argparse offers no other way to its sub-parsers
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def rules_page() -> str:
    """Return the page of the rules: what each asks, says and weighs, and why."""
    with Registry() as registry:
        sources = registry.sources()
    parts = [
        "# Rules",
        "",
        "Made by `tools/reference.py` from `src/quietport/judge/rules`. A rule adds weight of evidence, in decibans,",
        "to one standing or concern; of rules in one group that speak for the same, only the heaviest counts.",
        "A rule that speaks for `none` is a note: it weighs nothing and is always told.",
    ]
    for rule in read_rules():
        asked = "; ".join(_asked(condition) for condition in rule.when)
        cited = ", ".join(sources[id_].name for id_ in rule.references)
        parts += [
            "",
            f"## {rule.id}",
            "",
            f"{rule.decibans} decibans for **{rule.speaks_for}** (group `{rule.group}`), when {asked}.",
            "",
            f"> {rule.sentence}",
            "",
            f"{rule.reason} Source: {cited}.",
        ]
    return "\n".join(parts) + "\n"


def _asked(condition: Condition) -> str:
    asked = condition.asked
    shown = " or ".join(f"`{one}`" for one in asked) if isinstance(asked, tuple) else f"`{asked}`"
    return f"{condition.fact} is {'not ' if condition.negated else ''}{shown}"


def json_page() -> str:
    """Return the page of the JSON documents, made of their schemas."""
    parts = [
        "# JSON documents",
        "",
        "Made by `tools/reference.py` from `src/quietport/report/schemas`, which ship in the package. Names are a",
        'promise: additions keep the number in `schema`. `null` is known to be absent; `{"unknown": reason}` may stand',
        "at any field.",
    ]
    for path in sorted(SCHEMAS.glob("*.schema.json")):
        schema = json.loads(path.read_text("utf-8"))
        parts += ["", f"## {schema.get('title', path.stem)}", "", schema.get("description", "")]
        parts += ["", "| field | meaning |", "|---|---|", *_fields(schema, schema, "")]
    return "\n".join(parts) + "\n"


def _fields(schema: dict[str, Any], root: dict[str, Any], prefix: str) -> list[str]:
    rows = []
    for name, declared in schema.get("properties", {}).items():
        field = _resolved(declared, root)
        described = field.get("description", "")
        rows.append(f"| `{prefix}{name}` | {described} |")
        inner = _resolved(field.get("items", field), root)
        if inner.get("properties"):
            mark = "[]." if "items" in field else "."
            rows += _fields(inner, root, f"{prefix}{name}{mark}")
    return rows


def _resolved(field: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in field:
        return field
    found: Any = root
    for part in field["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return {**found, **{key: value for key, value in field.items() if key != "$ref"}}


def man_page() -> str:
    """Return the manual page, in roff."""
    parts = [
        f'.TH QUIETPORT 1 "" "quietport {__version__}" "User Commands"',
        ".SH NAME",
        "quietport \\- what every port should be, what is there, and what it means",
        ".SH SYNOPSIS",
        ".B quietport",
        ".I VERB",
        "[options]",
        ".SH DESCRIPTION",
        _roff(make_parser().description or ""),
    ]
    for name, verb in _verb_parsers().items():
        parts += [f".SH {name.upper()}", _roff(verb.description or ""), ".nf", _roff(verb.format_help()), ".fi"]
    parts += [".SH EXIT STATUS"]
    for code, text in EXIT_CODES.items():
        parts += [".TP", f".B {code.value}", _roff(text.replace("`", ""))]
    return "\n".join(parts) + "\n"


def _roff(text: str) -> str:
    escaped = text.rstrip().replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in escaped.splitlines())


PAGES = {
    ROOT / "docs" / "cli.md": cli_page,
    ROOT / "docs" / "rules.md": rules_page,
    ROOT / "docs" / "json.md": json_page,
    ROOT / "man" / "quietport.1": man_page,
}


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where a page differs")
    args = parser.parse_args()
    os.environ["COLUMNS"] = "100"
    stale = []
    for path, make in PAGES.items():
        text = make()
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(path)
            if not args.check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'differs; run tools/reference.py' if args.check else 'written'}")
    return int(bool(stale) and args.check)


if __name__ == "__main__":
    sys.exit(main())
