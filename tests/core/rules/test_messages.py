"""Messages in the plural and the language that they are asked for in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import RulepackError
from core.model.records import RecordKind
from core.rules import messages
from core.rules.evaluate import compile_pack
from core.rules.parse import parse

PACK = """rulepack: demo
version: 2026.11
rules:
  - id: title.length
    title: Title too long
    kind: product
    category: format_validation
    severity: error
    field: title
    check: {{max_length: {limit}}}
    message: {{one: "The title has one character; {{limit}} are taken.", other: "The title has {{actual}} characters."}}
    source: a test
    cases: [{{fail: {{title: "xxxxxxxx"}}}}]
translations:
  fr:
    title.length:
      title: Titre trop long
      message: {{one: "Le titre a {{actual}} caractère.", other: "Le titre a {{actual}} caractères."}}
  de:
    title.length: {{title: Titel zu lang, message: "Der Titel hat {{actual}} Zeichen."}}
"""


def told(language: str, title: str, limit: int = 0) -> str:
    pack = compile_pack(parse(PACK.format(limit=limit), "demo.yaml"))
    return pack.evaluate(RecordKind.PRODUCT, {"title": title}, language)[0].message


def test_a_count_chooses_the_words():
    assert told("en", "x") == "The title has one character; 0 are taken."
    assert told("en", "xx") == "The title has 2 characters."
    assert told("fr", "x") == "Le titre a 1 caractère."
    assert told("fr", "xx") == "Le titre a 2 caractères."


def test_numbers_are_written_as_the_language_writes_them():
    text = "x" * 1_234

    assert told("en", text) == "The title has 1,234 characters."
    assert told("de", text) == "Der Titel hat 1.234 Zeichen."
    assert told("fr", text).replace("\u202f", " ") == "Le titre a 1 234 caractères."


def test_what_is_not_translated_is_said_in_english():
    assert told("it", "xx") == "The title has 2 characters."


def test_the_title_of_an_issue_comes_in_its_language():
    pack = compile_pack(parse(PACK.format(limit=0), "demo.yaml"))

    assert pack.evaluate(RecordKind.PRODUCT, {"title": "x"}, "de")[0].title == "Titel zu lang"
    assert pack.pack.languages == ("en", "fr", "de")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("  fr:", "  klingon:", "no language"),
        ("  fr:", "  en:", "English stands in the rules"),
        ("  de:\n    title.length:", "  de:\n    absent:", "no such rule"),
        ("{{actual}} Zeichen", "{{secret}} Zeichen", "the message names {secret}"),
        ('one: "Le', 'uno: "Le', "no plural form"),
        ("Titel zu lang", "'{{actual}}'", "no placeholders"),
    ],
)
def test_a_translation_that_is_none_is_refused_with_its_line(old, new, reason):
    with pytest.raises(RulepackError, match=reason) as refused:
        parse(PACK.replace(old, new).format(limit=0), "demo.yaml")

    assert refused.value.line is not None
    assert refused.value.line > 13


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"), (Decimal("0.80"), "0.80"), (10**40, "> 10³⁰"), (-(10**40), "< −10³⁰"),
        (None, "nothing"),
        (True, "yes"), ({"a": 1}, "{1}"), (["a", "b"], "a, b"), (list(range(10)), "0, 1, 2, 3, 4, 5, 6, 7 (+2)"),
    ],
)  # fmt: skip
def test_any_value_can_be_shown(value, text):
    assert messages.shown(value) == text


def test_a_measure_is_taken_with_the_arguments_of_its_rule(one_rule):
    pack = one_rule("title", "{max_word_repeats: {limit: 1, shortest: 5}}", message='"{actual} times"')

    found = pack.evaluate(RecordKind.PRODUCT, {"title": "kettle and kettle and tea and tea"})

    assert [one.message for one in found] == ["2 times"]


def test_a_value_is_shown_as_it_was_received():
    wording = messages.read("t", "{value} of {limit}", frozenset({"value", "limit"}))

    assert messages.render(wording, {"value": 99999999, "limit": 1000000}) == "99999999 of 1,000,000"
