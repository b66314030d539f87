"""Which language is spoken."""

from __future__ import annotations

import pytest

from quietport.model.errors import UsageError
from quietport.words import language
from quietport.words.language import choose_language, languages


@pytest.fixture(autouse=True)
def _three_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "languages", lambda: ("en", "de", "ru"))


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "de_DE"}, "de"),
        ({"LANG": "ru", "LC_MESSAGES": "ru", "LC_ALL": "de_AT@euro"}, "de"),
        ({"LANG": "ru_RU", "LC_ALL": ""}, "ru"),
        ({"LANG": "ru_RU", "LANGUAGE": "xx:de:ru"}, "de"),
        ({"LANG": "fr_FR", "LANGUAGE": "xx:yy"}, "en"),
        ({"LANG": "ru_RU", "LANGUAGE": "en"}, "en"),
        ({"LANG": "ru_RU", "LANGUAGE": ""}, "ru"),
        ({"LANGUAGE": "ru"}, "en"),
        ({"LANG": "C", "LANGUAGE": "ru"}, "en"),
        ({"LANG": "ru_RU", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX", "LANGUAGE": "ru"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_environment_is_read_as_gettext_reads_it(environ: dict[str, str], chosen: str) -> None:
    assert choose_language(None, environ) == chosen


@pytest.mark.parametrize(("asked", "chosen"), [("ru", "ru"), ("RU", "ru"), ("ru-RU", "ru"), ("de_AT.UTF-8", "de")])
def test_what_is_asked_for_stands_above_the_environment(asked: str, chosen: str) -> None:
    assert choose_language(asked, {"LC_ALL": "C", "LANG": "en_US"}) == chosen


@pytest.mark.parametrize("asked", ["xx", "", "C", "../en", "русский"])
def test_a_language_we_do_not_have_is_a_usage_error(asked: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose_language(asked, {})
    assert str(caught.value) == f"no language {asked!r}; there are: en, de, ru"


def test_english_is_there_and_comes_first() -> None:
    assert languages()[0] == "en"
