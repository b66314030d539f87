"""Every document is what its schema says, and every field is described."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import quietport.report
from quietport.model.declaration import Declaration
from quietport.model.door import CheckReport
from quietport.model.endpoint import Scope
from quietport.model.port import PortRange, Transport
from quietport.model.registration import Status
from quietport.registry.diff import Difference
from quietport.registry.search import search
from quietport.registry.snapshot import Registry
from quietport.registry.update import UpdateOutcome
from quietport.report.accept_report import render_accept_json
from quietport.report.check_json import render_check_json
from quietport.report.document import Occasion
from quietport.report.page_json import render_page_json
from quietport.report.registry_report import render_diff_json, render_status_json, render_update_json
from quietport.report.search_report import render_search_json
from quietport.survey.explain import explain
from quietport.survey.question import parse_question
from quietport.survey.registry import status
from quietport.words.phrasebook import phrasebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMAS = Path(quietport.report.__file__).parent / "schemas"
NAMES = ["accept", "check", "explain", "registry-diff", "registry-status", "registry-update", "search"]
OCCASION = Occasion(phrasebook("en"), "here", "2026-11-23T10:00:00Z")
DIFFERENCE = Difference(PortRange(2, 3), Transport.TCP, (Status.ASSIGNED, ("compressnet",)), (Status.RESERVED, ()))


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return read


def validate(name: str, text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(schema(name)).validate(document)
    assert document["schema"] == f"quietport.{name}/1"
    return document


def test_there_is_a_schema_for_every_document() -> None:
    assert sorted(path.name for path in SCHEMAS.iterdir()) == [f"{name}.schema.json" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_and_describes_every_field_in_a_sentence(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    described = dict(_fields(schema(name), name))
    assert {place: text for place, text in described.items() if not text.endswith(".")} == {}


def _fields(node: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _fields(item, place)
    if isinstance(node, dict):
        for field, described in node.get("properties", {}).items():
            yield f"{place}.{field}", described.get("description", "")
        for key, inner in node.items():
            yield from _fields(inner, f"{place}.{key}")


@pytest.mark.parametrize("text", ["x", "\udcff\x1b[2J", ""])
def test_check(make_report: Callable[[str], CheckReport], text: str) -> None:
    document = validate("check", render_check_json(make_report(text), OCCASION.book))
    assert len(document["listeners"]) == 20


@pytest.mark.parametrize("asked", ["851", "22", "300", "0", "65535", "716/tcp", "6000-6063", "ssh", "x11", "grafana"])
def test_explain(registry: Registry, asked: str) -> None:
    explanation = explain(registry, asked, parse_question(asked))
    text = render_page_json(explanation.page, explanation.registrations, asked, OCCASION)
    document = validate("explain", text)
    assert document["asked"] == asked
    cited = {number for part in document["sections"] for claim in part["claims"] for number in claim["sources"]}
    assert cited == {source["n"] for source in document["sources"]}


@pytest.mark.parametrize("asked", ["redis", "kuberntes", "zzzzzzzz", "\udcff"])
def test_search(registry: Registry, asked: str) -> None:
    document = validate("search", render_search_json(search(registry, asked), OCCASION))
    assert bool(document["matches"]) is (asked in {"redis", "kuberntes"})


def test_registry_status(registry: Registry) -> None:
    document = validate("registry-status", render_status_json(status(registry, date(2026, 11, 23)), OCCASION))
    assert document["rows"] == 13463


def test_registry_diff() -> None:
    document = validate("registry-diff", render_diff_json([DIFFERENCE], "2023-03-13", "current", OCCASION))
    assert document["differences"] == [
        {
            "first": 2,
            "last": 3,
            "transport": "tcp",
            "old": {"status": "assigned", "names": ["compressnet"]},
            "new": {"status": "reserved", "names": []},
        }
    ]


def test_registry_update() -> None:
    outcome = UpdateOutcome(changed=True, as_of="2026-11-20", differences=(DIFFERENCE,), path="/x/registry.sqlite")
    document = validate("registry-update", render_update_json(outcome, OCCASION))
    assert document["changed"] is True
    assert len(document["differences"]) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("schema", "quietport.search/2"), ("mood", "good"), ("matches", None), ("generated_at", "yesterday")],
)
def test_a_document_that_is_another_is_refused(registry: Registry, field: str, value: object) -> None:
    document = json.loads(render_search_json(search(registry, "redis"), OCCASION)) | {field: value}
    assert not jsonschema.Draft202012Validator(schema("search")).is_valid(document)


ENTRY = Declaration(Transport.TCP, PortRange(8080, 8080), "x\x1b", "/p.toml", 3, Scope.PRIVATE, until="2026-11-22")


@pytest.mark.parametrize("change", [None, ("/p.toml", "# \udcff\n", "# x")])
def test_accept(change: tuple[str, str, str] | None) -> None:
    text = render_accept_json("added", [ENTRY], ["/p.toml"], OCCASION, recorded=("scope",), doors=1, change=change)
    document = validate("accept", text)
    assert document["entries"] == [
        {
            "transport": "tcp",
            "first": 8080,
            "last": 8080,
            "because": "x\x1b",
            "scope": "private",
            "program": None,
            "unit": None,
            "image": None,
            "package": None,
            "host": None,
            "author": None,
            "until": "2026-11-22",
            "expired": True,
            "file": "/p.toml",
            "line": 3,
        }
    ]
    assert document["diff"] == (None if change is None else "--- /p.toml\n+++ /p.toml\n@@ -1 +1 @@\n-# \\xff\n+# x\n")
