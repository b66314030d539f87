"""The sentences: where they stand, that each is used, and that each language has all of them."""

from __future__ import annotations

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import quietport
from quietport.model.errors import SourceTextError
from quietport.words.compile import compile_catalogues, read_english
from quietport.words.phrasebook import Phrasebook

PACKAGE = Path(quietport.__file__).parent
TRANSLATIONS = sorted((PACKAGE / "words" / "locale").glob("*.po"))


def package(tmp_path: Path, english: dict[str, str], rules: str = "") -> Path:
    """Write a package tree with sentences."""
    (tmp_path / "words" / "english").mkdir(parents=True)
    (tmp_path / "judge" / "rules").mkdir(parents=True)
    for name, text in english.items():
        (tmp_path / "words" / "english" / name).write_text(text, "utf-8")
    (tmp_path / "judge" / "rules" / "r.toml").write_text(rules, "utf-8")
    return tmp_path


def test_sentences_plurals_and_rules_in_the_order_of_the_files(tmp_path: Path) -> None:
    english = {"b.toml": '"b" = { one = "{count} b", other = "{count} bs" }', "a.toml": '"z" = "Z"\n"a" = "A"\n'}
    root = package(tmp_path, english, '[[rule]]\nid = "odd"\nsentence = "Odd."\n')
    found = read_english(root)
    assert list(found.items()) == [("z", "Z"), ("a", "A"), ("b", ("{count} b", "{count} bs")), ("rule.odd", "Odd.")]


@pytest.mark.parametrize(
    ("english", "rules", "message"),
    [
        ({"a.toml": '"x" = "1"', "b.toml": '"x" = "2"'}, "", "b.toml: message 'x' stands twice"),
        ({"a.toml": '"x" = 1'}, "", "a.toml: message 'x' is neither a sentence nor one/other"),
        ({"a.toml": '"x" = { one = "1" }'}, "", "a.toml: message 'x' is neither a sentence nor one/other"),
        ({"a.toml": '"x" = { one = 1, other = 2 }'}, "", "a.toml: message 'x' is neither a sentence nor one/other"),
        ({"a.toml": 'x.one = "1"\nx.few = "2"'}, "", "a.toml: message 'x' is neither a sentence nor one/other"),
        ({}, '[[rule]]\nid = "q"\n', "r.toml: message 'rule.q' is neither a sentence nor one/other"),
        ({"a.toml": '"rule.q" = "1"'}, '[[rule]]\nid = "q"\nsentence = "2"', "r.toml: message 'rule.q' stands twice"),
    ],
)
def test_wrong_entries_are_refused_by_file_and_id(
    tmp_path: Path, english: dict[str, str], rules: str, message: str
) -> None:
    with pytest.raises(SourceTextError) as caught:
        read_english(package(tmp_path, english, rules))
    assert str(caught.value) == message


def test_broken_toml_is_refused_by_file(tmp_path: Path) -> None:
    with pytest.raises(SourceTextError, match=r"^a\.toml: "):
        read_english(package(tmp_path, {"a.toml": '"x" = '}))


PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgctxt "a"
msgid "A"
msgstr "А"

msgctxt "b"
msgid "{count} b"
msgid_plural "{count} bs"
msgstr[0] "{count} бук"
msgstr[1] "{count} бука"
msgstr[2] "{count} буков"

#, fuzzy
msgctxt "c"
msgid "C"
msgstr "Неверно"

msgctxt "d"
msgid "{count} d"
msgid_plural "{count} ds"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""
"""


def test_translations_are_keyed_by_id_and_built_the_same_every_time(tmp_path: Path) -> None:
    english = '"a" = "A"\n"b" = { one = "{count} b", other = "{count} bs" }\n"c" = "C"\n'
    root = package(tmp_path, {"a.toml": english})
    (root / "words" / "locale").mkdir()
    (root / "words" / "locale" / "ru.po").write_text(PO, "utf-8")
    compiled = root / "words" / "compiled"
    assert compile_catalogues(root) == ("en", "ru")
    first = {path.name: path.read_bytes() for path in compiled.iterdir()}
    book = Phrasebook("ru", compiled)
    assert [book.say("b", count=n) for n in (1, 2, 5, 11, 21)] == ["1 бук", "2 бука", "5 буков", "11 буков", "21 бук"]
    assert [book.has(id_) for id_ in "abcd"] == [True, True, False, False]
    (compiled / "gone.mo").write_bytes(b"of a translation that is no more")
    compile_catalogues(root)
    assert {path.name: path.read_bytes() for path in compiled.iterdir()} == first
    assert all(b"2026" not in content and b"-Date: 1970-01-01" in content for content in first.values())


def templates(sentence: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the template, or every plural form."""
    return (sentence,) if isinstance(sentence, str) else tuple(sentence)


def fields(template: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_the_fields_of_every_template_are_plain_names() -> None:
    wrong = [
        (id_, part)
        for id_, sentence in read_english(PACKAGE).items()
        for template in templates(sentence)
        for part in string.Formatter().parse(template)
        if part[1] is not None and (not part[1].isidentifier() or part[2] or part[3])
    ]
    assert wrong == []


def test_both_english_forms_have_the_same_fields_and_a_count() -> None:
    plurals = {id_: s for id_, s in read_english(PACKAGE).items() if not isinstance(s, str)}
    assert plurals
    assert {id_: s for id_, s in plurals.items() if fields(s[0]) | {"count"} != fields(s[1]) | {"count"}} == {}


IDS = re.compile(r"[a-z][a-z-]*(\.[a-z0-9-]+)+")


@cache
def said_in_source() -> tuple[frozenset[str], frozenset[str]]:
    """Return the literals of the source that could be ids, and patterns of the f-strings that could make one."""
    literals: set[str] = set()
    patterns: set[str] = set()
    suffixes: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        inside: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                inside |= {id(part) for part in node.values}
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if parts[0] is None and isinstance(parts[-1], str) and re.fullmatch(r"-[a-z-]+", parts[-1]):
                    suffixes.add(parts[-1])
                if isinstance(parts[0], str) and re.match(r"[a-z][a-z-]*\.", parts[0]):
                    patterns.add("".join("[a-z0-9-]+" if part is None else re.escape(str(part)) for part in parts))
        literals |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
        }
    for path in (PACKAGE / "judge" / "rules").glob("*.toml"):
        literals |= set(re.findall(r'"([a-z][a-z-]*\.[a-z0-9.-]+)"', path.read_text("utf-8")))
    literals |= {f"{literal}{suffix}" for literal in literals for suffix in suffixes} & set(read_english(PACKAGE))
    return frozenset(
        literal for literal in literals if IDS.fullmatch(literal) and not literal.endswith(".sqlite")
    ), frozenset(patterns)


def test_every_message_is_used() -> None:
    literals, patterns = said_in_source()
    used = re.compile("|".join(sorted(patterns)))
    assert sorted(id_ for id_ in read_english(PACKAGE) if id_ not in literals and not used.fullmatch(id_)) == []


def test_every_message_that_the_source_says_is_there() -> None:
    literals, patterns = said_in_source()
    ids = set(read_english(PACKAGE))
    spaces = {id_.partition(".")[0] for id_ in ids}
    assert sorted(said for said in literals if said.partition(".")[0] in spaces and said not in ids) == []
    made = {pattern for pattern in patterns if pattern.partition("\\.")[0].replace("\\-", "-") in spaces}
    assert sorted(pattern for pattern in made if not any(re.fullmatch(pattern, id_) for id_ in ids)) == []


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_a_translation_is_complete_and_has_the_same_fields(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    held = {message.context: message for message in catalogue if message.id}
    english = read_english(PACKAGE)
    assert sorted(set(english) - set(held)) == []
    assert sorted(set(held) - set(english)) == []
    assert sorted(id_ for id_, message in held.items() if message.fuzzy) == []
    assert sorted(id_ for id_, message in held.items() if not all(templates(message.string) or [""])) == []
    for id_, sentence in english.items():
        forms = templates(held[id_].string)
        assert templates(held[id_].id) == templates(sentence), f"{id_}: the English has changed"
        assert len(forms) == (1 if isinstance(sentence, str) else catalogue.num_plurals), id_
        wanted = fields(templates(sentence)[-1])
        assert all(fields(form) | {"count"} == wanted | {"count"} for form in forms), id_
        assert isinstance(sentence, tuple) or fields(forms[0]) == wanted, id_
