"""From ids and values to sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietport.model.errors import DataError
from quietport.model.page import Phrase
from quietport.words.compile import compile_catalogues
from quietport.words.phrasebook import Phrasebook, phrasebook

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = """\
"hello" = "Hello {name}."
"number" = "Port {port}"
"doors" = { one = "{count} door", other = "{count} doors" }
"outer" = "<{inner}>"
"list.pair" = "{first} and {last}"
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Phrasebook:
    """Compile a few sentences."""
    package = tmp_path_factory.mktemp("package")
    (package / "words" / "english").mkdir(parents=True)
    (package / "words" / "english" / "a.toml").write_text(ENGLISH, "utf-8")
    compile_catalogues(package)
    return Phrasebook("en", package / "words" / "compiled")


@pytest.mark.parametrize(("count", "said"), [(0, "0 doors"), (1, "1 door"), (2, "2 doors"), (60476, "60476 doors")])
def test_plurals_follow_the_count_and_numbers_are_never_grouped(book: Phrasebook, count: int, said: str) -> None:
    assert book.say("doors", count=count) == said


def test_a_message_without_forms_may_have_a_count(book: Phrasebook) -> None:
    assert book.say("hello", name="you", count=3) == "Hello you."
    assert book.say("number", port=65535) == "Port 65535"


def test_a_phrase_may_stand_inside_another(book: Phrasebook) -> None:
    inner = Phrase("outer", {"inner": Phrase("doors", {"count": 2})})
    assert book.render(Phrase("outer", {"inner": inner})) == "<<2 doors>>"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ((), ""),
        (("tcp",), "tcp"),
        (("tcp", "udp"), "tcp and udp"),
        (("a", Phrase("doors", {"count": 1}), "c"), "a, 1 door and c"),
    ],
)
def test_a_tuple_is_a_list_in_running_text(book: Phrasebook, items: tuple[str | Phrase, ...], said: str) -> None:
    assert book.join(items) == said
    assert book.say("outer", inner=items) == f"<{said}>"


@pytest.mark.parametrize("name", ["{name}", "{0}", "{", "}}", "{name.__class__}", "%(name)s", "{name!r:>99}"])
def test_values_are_never_templates(book: Phrasebook, name: str) -> None:
    assert book.say("hello", name=name) == f"Hello {name}."


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_value_stands_in_its_sentence_letter_for_letter(name: str) -> None:
    assert phrasebook("en").say("title.service", name=name) == name


def test_bytes_that_could_not_be_decoded_are_readable(book: Phrasebook) -> None:
    assert book.say("hello", name="\udcff") == "Hello \\xff."


def test_an_unknown_id_and_a_missing_value_are_errors(book: Phrasebook) -> None:
    with pytest.raises(KeyError, match="nothing"):
        book.say("nothing")
    with pytest.raises(KeyError, match="name"):
        book.say("hello")


def test_whether_a_message_is_there(book: Phrasebook) -> None:
    assert [book.has(id_) for id_ in ("hello", "doors", "nothing")] == [True, True, False]


@pytest.mark.parametrize("content", [None, b"", b"no catalogue", b"\xde\x12\x04\x95\x00\x00"])
def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "xx.mo").write_bytes(content)
    with pytest.raises(DataError) as caught:
        Phrasebook("xx", tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'xx.mo'}: ")
