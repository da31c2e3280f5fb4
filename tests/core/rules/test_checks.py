"""Checks: what holds and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corrections import arguments
from core.model.records import RecordKind
from core.rules.checks import CHECKS
from core.rules.evaluate import compile_pack
from core.rules.parse import parse

HOLDS = [
    ("required", {}, 0), ("required", {}, False), ("min_length", {"limit": 2}, "ab"), ("max_bytes", {"limit": 2}, "é"),
    ("number", {}, "-1.50"), ("number", {}, 3), ("integer", {}, "4"), ("integer", {}, "4.0"),
    ("range", {"minimum": 1, "maximum": 2}, "2.00"), ("decimals", {"places": 2}, "10.00"),
    ("decimals", {"places": 2}, "11,95"), ("max_decimals", {"places": 2}, "1.5"), ("gtin", {}, "4006381333931"),
    ("gtin", {"separators": True}, "4-006381-333931"), ("gtin", {"isbn10": True}, "080442957X"),
    ("gtin", {}, 4006381333931), ("email", {}, "a.b+c@shop.example"), ("email", {}, "a@bücher.example"),
    ("phone", {}, "+43 1 5338570"), ("url", {}, "http://shop.example/a"), ("iso_date", {}, "2026-11-01"),
    ("iso_date", {"time": True}, "2026-11-01T10:00:00+01:00"), ("currency_code", {}, "EUR"),
    ("country_code", {}, "NO"), ("no_scripts", {}, "<p>once = 1</p>"), ("no_html", {}, "1 < 2 and 3 > 2"),
    ("html_tags", {"allowed": ["p", "b"]}, "<P>x<b>y</b></P>"), ("item_count", {"maximum": 2}, [1, 2]),
    ("unique_within", {"key": "sku"}, [{"sku": "A"}, {"sku": ""}, {"sku": ""}, {}]), ("no_shouting", {}, "USB HUB"),
    ("no_repeated_words", {}, "had that that"[:8]), ("contains_none_of", {"words": ["gun"]}, "gunmetal lamp"),
    ("extension", {"allowed": ["jpg"]}, "https://a.example/x.jpg?v=1.2"), ("no_emoji", {}, "Größe"),
    ("tidy_spaces", {}, "a\n\nb"), ("one_of", {"values": ["a"], "ignore_case": True}, "A"),
]  # fmt: skip
FAILS = [
    ("required", {}, ""), ("required", {}, " \n"), ("required", {}, []), ("required", {}, None),
    ("min_length", {"limit": 2}, " a "), ("max_length", {"limit": 2}, "abc"), ("max_bytes", {"limit": 1}, "é"),
    ("number", {}, "11,95"), ("number", {}, "NaN"), ("number", {}, True), ("number", {}, "1e5"), ("number", {}, "١"),
    ("integer", {}, 1.5), ("integer", {}, False), ("range", {"above": 0}, "0.00"), ("range", {"below": 5}, 5),
    ("decimals", {"places": 2}, "10"), ("decimals", {"places": 2}, "10.999"), ("decimals", {"places": 2}, 10),
    ("max_decimals", {"places": 2}, "1.555"), ("gtin", {}, "4006381333932"), ("gtin", {}, "4-006381-333931"),
    ("gtin", {}, "٤٠٠٦٣٨١٣"), ("email", {}, "a@b"), ("email", {}, "a b@shop.example"), ("email", {}, "a@b..example"),
    ("phone", {}, "01 5338570"), ("url", {"https": True}, "http://shop.example"), ("url", {}, "javascript:alert(1)"),
    ("url", {}, "https://[broken"), ("iso_date", {}, "01/11/2026"), ("iso_date", {"time": True}, "2026-11-01"),
    ("currency_code", {}, "eur"), ("country_code", {}, "UK"), ("no_scripts", {}, "<scr<script>x</script>"),
    ("no_scripts", {}, '<a href=" javascript:x">y</a>'), ("no_scripts", {}, "<img src=x onerror=alert(1)>"),
    ("no_html", {}, "<b>x</b>"), ("html_tags", {"allowed": ["p"]}, "<p><font>x</font></p>"),
    ("html_has_text", {}, "<p>&nbsp;</p>"), ("item_count", {"maximum": 1}, [1, 2]),
    ("unique_within", {"key": "sku"}, [{"sku": "A"}, {"sku": "A"}]),
    ("unique_within", {"ignore_case": True}, ["a", "A"]),
    ("unique_combinations", {"key": "options"}, [{"options": {"a": "1"}}, {"options": {"a": "1"}}]),
    ("no_shouting", {}, "ENAMEL KETTLE BLUE"), ("no_repeated_words", {}, "the kettle Kettle"),
    ("contains_none_of", {"words": ["gun"]}, "Toy Gun, plastic"), ("no_control_characters", {}, "a\u200bb"),
    ("extension", {"allowed": ["jpg"]}, "https://a.example/x.tiff"), ("no_emoji", {}, "Kettle 🔥"),
    ("tidy_spaces", {}, "a  b"), ("tidy_spaces", {}, "a "), ("tidy_spaces", {}, "a\u00a0\u00a0b"),
    ("no_edge_spaces", {}, "\u00a0a"), ("text", {}, 5), ("one_of", {"values": ["a"]}, "A"),
    ("not_in", {"values": ["a"]}, "a"), ("pattern", {"regex": "^a$"}, "b"),
    ("forbidden_pattern", {"regex": "b"}, "abc"),
    ("pattern", {"regex": "^x"}, "\ud800"),
]  # fmt: skip
ARGUMENTS = {
    "min_length": "{limit: 2}", "max_length": "{limit: 3}", "text": "true", "required": "true", "no_html": "true",
    "no_edge_spaces": "true", "tidy_spaces": "true", "no_scripts": "true", "html_has_text": "true",
    "html_tags": "{allowed: [p]}",
}  # fmt: skip
TEXTS = st.one_of(st.text(st.sampled_from(" \t\n\u00a0ab<p>/script\u2003é"), max_size=12), st.none(), st.integers())


@pytest.mark.parametrize(("name", "given_arguments", "value"), HOLDS)
def test_a_check_holds(name, given_arguments, value):
    check = CHECKS[name]

    assert check.function(value, **arguments.bind(check.function, given_arguments)) is True


@pytest.mark.parametrize(("name", "given_arguments", "value"), FAILS)
def test_a_check_does_not_hold(name, given_arguments, value):
    check = CHECKS[name]

    assert check.function(value, **arguments.bind(check.function, given_arguments)) is False


def test_each_check_that_is_put_in_line_is_compared_with_its_function():
    assert {name for name, check in CHECKS.items() if check.fails is not None} == ARGUMENTS.keys()


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
@settings(derandomize=True, deadline=None)
@given(value=TEXTS)
def test_a_test_put_in_line_says_what_its_function_says(name, value):
    pack = _pack(name)
    rule = pack.rules[0]
    there = value is not None and value != ""

    violated = bool(pack.evaluate(RecordKind.PRODUCT, {"title": value}))

    judged = there or CHECKS[name].judges_missing
    assert violated == (judged and not CHECKS[name].function(value, **rule.arguments))


def test_every_option_of_the_product_is_wanted_of_a_variant():
    holds = CHECKS["has_every_option"].function

    assert holds({"Size": "M"}, of=[{"name": "Size"}])
    assert holds({"Size": "M"}, of="broken")
    assert not holds({"Size": "M"}, of=["Size", "Colour"])
    assert not holds(None, of=["Size"])


def test_times_are_compared_across_offsets():
    holds = CHECKS["not_before_field"].function

    assert holds("2026-11-01T10:00:00+01:00", field="2026-11-01T09:00:00Z")
    assert not holds("2026-11-01T09:59:00+01:00", field="2026-11-01T09:00:00")


def _pack(name):
    text = f"""rulepack: demo
version: 2026.11
rules:
  - {{id: a, title: A, kind: product, category: format_validation, severity: error, field: title, message: n, source: t,
     check: {{{name}: {ARGUMENTS[name]}}}, cases: [{{fail: {{}}}}]}}
"""
    return compile_pack(parse(text, "demo.yaml"))
