"""Latvian and Russian say everything that English says: no text is missing, fuzzy or left over (UX, «Rules»)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask_babel import force_locale, gettext, ngettext

from tests.views.shell import ROOT, shell

LANGUAGES = ("lv", "ru")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
# Babel's own rule counts 10 to 20 as «other»; Latvian counts them with zero.
LATVIAN = "nplurals=3; plural=(n%10==0 || (n%100>=11 && n%100<=19) ? 0 : n%10==1 && n%100!=11 ? 1 : 2);"
COUNTED = {
    "lv": {0: "0 lietu", 1: "1 lieta", 2: "2 lietas", 10: "10 lietu", 11: "11 lietu", 21: "21 lieta", 112: "112 lietu"},
    "ru": {0: "0 дел", 1: "1 дело", 2: "2 дела", 5: "5 дел", 11: "11 дел", 21: "21 дело", 112: "112 дел"},
    "en": {0: "0 cases", 1: "1 case", 2: "2 cases", 21: "21 cases"},
}


def po_file(language: str) -> Path:
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def catalogue(language: str) -> Catalog:
    with po_file(language).open("rb") as stream:
        return read_po(stream, locale=language, abort_invalid=True)


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """What the templates and views say now, extracted as `make translations` does."""
    with (ROOT / "babel.cfg").open() as stream:
        methods, options = parse_mapping_cfg(stream, "babel.cfg")
    keywords = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    found = Catalog()
    for _, _, said, _, context in extract_from_dir(ROOT, methods, options, keywords, directory_filter=is_ours):
        found.add(said, context=context)
    return found


def is_ours(directory: str | Path) -> bool:
    """Only what babel.cfg reads: the environment beside it has tens of thousands of files."""
    path = Path(directory)
    return path == ROOT or bool({"views", "templates"}.intersection(path.relative_to(ROOT).parts[:1]))


def said_in(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(language: str, texts: Catalog) -> None:
    ours = {key(message) for message in said_in(catalogue(language)) if all(forms(message))}
    now = {key(message) for message in said_in(texts)}
    assert len(now) > 500
    assert sorted(now - ours) == [], "missing: run `make translations` and translate"
    assert sorted(ours - now) == [], "left over: run `make translations`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy_or_obsolete(language: str) -> None:
    ours = catalogue(language)
    assert [key(message) for message in said_in(ours) if message.fuzzy] == []
    assert list(ours.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_all_their_forms(language: str, texts: Catalog) -> None:
    ours = catalogue(language)
    plural = [message for message in said_in(texts) if message.pluralizable]
    assert plural
    assert [key(one) for one in plural if len(forms(ours[one.id])) != 3 or not all(forms(ours[one.id]))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same(language: str) -> None:
    """A lost one hides a date or an amount; an invented one breaks the page."""
    wrong = []
    for message in said_in(catalogue(language)):
        wanted = sorted(PLACEHOLDER.findall(key(message)))
        wrong += [text for text in forms(message) if sorted(PLACEHOLDER.findall(text)) != wanted]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_and_sentences_end_alike(language: str) -> None:
    """No full stop after a label. A Latvian date brings its own, so a sentence may end without one in front of it."""
    wrong = []
    for message in (one for one in said_in(catalogue(language)) if key(one) != "No."):
        for text in forms(message):
            wanted = key(message).endswith(".")
            may_lack_it = language == "lv" and text.endswith(")s")
            if text.endswith(".") != wanted and not (wanted and may_lack_it):
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize(("language", "strange"), [("lv", r"[«»\"А-яЁё]"), ("ru", r"[“”\"]|[А-яЁё][a-z]|[a-z][А-яЁё]")])
def test_quotation_marks_and_letters_are_those_of_the_language(language: str, strange: str) -> None:
    said = [text for message in said_in(catalogue(language)) for text in forms(message)]
    assert [text for text in said if re.search(strange, PLACEHOLDER.sub("", text))] == []


def test_latvian_counts_by_its_own_rule() -> None:
    assert catalogue("lv").plural_forms == LATVIAN


@pytest.mark.parametrize("language", COUNTED)
def test_numbers_are_said_as_people_say_them(language: str) -> None:
    with shell().test_request_context("/"), force_locale(language):
        said = {number: ngettext("%(num)d case", "%(num)d cases", number) for number in COUNTED[language]}
    assert said == COUNTED[language]


@pytest.mark.parametrize(("language", "word"), [("lv", "Pieslēgties"), ("ru", "Войти"), ("en", "Sign in")])
def test_the_pages_speak_the_language(language: str, word: str) -> None:
    with shell().test_request_context("/"), force_locale(language):
        assert gettext("Sign in") == word
