"""Packs that are refused, each with file, line, rule and reason."""

from __future__ import annotations

import time

import pytest

from core.errors import RulepackError
from core.model.corrections import Safety
from core.rules.parse import parse

GOOD = """rulepack: demo
version: 2026.10
rules:
  - id: title.length
    title: Title too long
    kind: product
    category: format_validation
    severity: error
    field: title
    check: {max_length: 3}
    message: "{actual} of {limit}"
    source: "a test"
    fix: [trim, {shorten_at_word: 3}]
    fix_safety: review
    cases:
      - pass: {title: "abc"}
      - fail: {title: "abcd"}
"""


def test_a_good_pack_is_read_with_lines_and_arguments_by_name():
    pack = parse(GOOD, "demo.yaml")

    (rule,) = pack.rules
    assert (pack.name, rule.line, rule.title) == ("demo@2026.10", 4, "Title too long")
    assert rule.arguments == {"limit": 3}
    assert rule.fix == ({"trim": {}}, {"shorten_at_word": {"limit": 3}})
    assert rule.fix_safety is Safety.REVIEW


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("title: Title too long", "title: ''", 5, "title is missing, or is not text of at most 48 characters"),
        ("    title: Title too long\n", "", 4, "title is missing"),
        ("title: Title too long", f"title: {'x' * 49}", 5, "at most 48 characters"),
        ("title: Title too long", 'title: "Longer than {limit}"', 5, "a title has no placeholders"),
        ("title: Title too long", 'title: "Title  too long"', 5, "a title is one line"),
        ("title: Title too long", r'title: "Title\ntoo long"', 5, "a title is one line"),
        ("severity: error", "severity: fatal", 8, "severity is one of"),
        ("kind: product", "kind: thing", 6, "kind is one of"),
        ("field: title", "field: titel", 10, "a product has no field titel"),
        ("field: title", "field: variants[].sku.x", 10, "a product has no field"),
        ("field: title", "field: __class__", 10, "has no field"),
        ("check: {max_length: 3}", "check: {longest: 3}", 10, "unknown check 'longest'"),
        ("check: {max_length: 3}", "check: {max_length: {limit: 3, size: 4}}", 10, "unknown argument 'size'"),
        ("check: {max_length: 3}", 'check: {max_length: "3"}', 10, "a whole number is wanted"),
        ("check: {max_length: 3}", "check: {max_length: true}", 10, "a whole number is wanted"),
        ("check: {max_length: 3}", "check: max_length", 10, "argument 'limit' is missing"),
        ("check: {max_length: 3}", "check: {required: true, max_length: 3}", 10, "check is one check"),
        ("check: {max_length: 3}", "check: {pattern: '('}", 10, "not a regular expression"),
        ("check: {max_length: 3}", r"check: {pattern: '(a)\1'}", 10, "not a regular expression"),
        ("check: {max_length: 3}", "check: {greater_than_field: 'variants[].price'}", 10, "does not walk"),
        ("{actual} of {limit}", "{x.__class__}", 11, "a brace in a message"),
        ("{actual} of {limit}", "{actual!r}", 11, "a brace in a message"),
        ("{actual} of {limit}", "{actual:>999999999}", 11, "a brace in a message"),
        ("{actual} of {limit}", "{limit[0]}", 11, "a brace in a message"),
        ("{actual} of {limit}", "{other}", 11, "the message names {other}"),
        ('message: "{actual} of {limit}"', "unknown: 1", 11, "unknown key 'unknown'"),
        ('source: "a test"', 'source: ""', 12, "source is missing"),
        ("{shorten_at_word: 3}", "{shorten: 3}", 13, "There is no step 'shorten'"),
        ("{shorten_at_word: 3}", "{shorten_at_word: x}", 13, "a whole number is wanted"),
        ("fix_safety: review", "fix_safety: safe", 14, "shorten_at_word changes content"),
        ("fix_safety: review", "confidence: unconfirmed", 8, "what is unconfirmed may only warn"),
        ('      - fail: {title: "abcd"}', '      - pass: {title: "ab"}', 15, "at least one case that fails"),
        ('      - fail: {title: "abcd"}', "      - {fail: {}, pass: {}}", 15, "a case is"),
        ('title: "abcd"', "title: {repeat: x, times: 99999999}", 15, "times is a number"),
        ("rules:", "rulez: 1\nrules:", 3, "unknown key 'rulez'"),
        ("version: 2026.10", "version: latest", 2, "version is missing or has not its form"),
        ("id: title.length", "id: Title Length", 4, "an id is lower-case words"),
        ("field: title", "field: title\n    field: sku", 10, "stands twice"),
        ("kind: product", "kind: &a product", 6, "anchors are not allowed"),
        ("kind: product", "kind: *a", 6, "aliases are not allowed"),
        ("kind: product", "kind: !!python/name:os.system product", 6, "tags are not allowed"),
        ("kind: product", "kind: !custom product", 6, "tags are not allowed"),
        ("kind: product", "kind: [product", 7, "not YAML"),
        ("kind: product", "kind: product\n---\nx: 1", 7, "one YAML document"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_line_and_reason(old, new, line, reason):
    assert old in GOOD

    with pytest.raises(RulepackError) as refusal:
        parse(GOOD.replace(old, new), "demo.yaml")

    assert reason in refusal.value.reason
    assert refusal.value.file == "demo.yaml"
    assert refusal.value.line == line


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
    )

    with pytest.raises(RulepackError, match="anchors are not allowed"):
        parse(bomb, "bomb.yaml")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "a: " + "{a: " * 50_000, "- " * 50_000, "? " * 50_000], ids=["[", "{", "-", "?"]
)
def test_deep_nesting_is_refused_quickly(text):
    began = time.perf_counter()

    with pytest.raises(RulepackError):
        parse(text, "deep.yaml")

    assert time.perf_counter() - began < 2


def test_a_huge_file_is_refused():
    with pytest.raises(RulepackError, match="at most"):
        parse("a: " + "x" * 1_100_000, "huge.yaml")


def test_many_values_are_refused():
    with pytest.raises(RulepackError, match="at most 60000 values"):
        parse("rules: [" + "1," * 70_000 + "]", "many.yaml")


@pytest.mark.parametrize("text", ["", "5", "[]", "rulepack: demo", "\x00", "rulepack: [demo]\nversion: 2026.11"])
def test_what_is_no_pack_at_all_is_refused(text):
    with pytest.raises(RulepackError):
        parse(text, "demo.yaml")


def test_nested_quantifiers_cost_linear_time():
    pack = parse(
        GOOD.replace("{max_length: 3}", "{pattern: '^(a+)+$'}").replace("{actual} of {limit}", "no"), "demo.yaml"
    )

    began = time.perf_counter()
    assert not pack.rules[0].arguments["regex"].found("a" * 200_000 + "!")
    assert time.perf_counter() - began < 1


def test_norway_and_times_stay_text():
    text = GOOD.replace("{max_length: 3}", "{one_of: {values: [NO, 1:30, on]}}").replace("{actual} of {limit}", "no")

    assert parse(text, "demo.yaml").rules[0].arguments["values"] == ("NO", "1:30", "on")
