"""Checks: what holds and what does not."""

from __future__ import annotations

from functools import cache

import msgspec
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
    ("min_bytes", {"limit": 2}, "é"),
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
    ("max_visible_length", {"limit": 5}, "<p>K&ouml;nig</p>"), ("min_visible_length", {"limit": 3}, "<b>abc</b>"),
    ("max_word_repeats", {"limit": 2}, "tea and tea and so on"), ("no_links", {}, "Ends here. Next"),
    ("no_contact_details", {}, "12 x 400 cm, 4006381333931"), ("multiple_of", {"step": "0.05"}, "1.15"),
    ("gtin", {"digits": ["13"]}, "4006381333931"), ("isbn_number", {}, "978-3-16-148410-0"),
    ("imei_number", {}, "35-686800-004141-8"), ("gtin_for_trade", {}, "4006381333931"),
    ("date_form", {"form": "YYYY-MM-DD HH:MM:SS"}, "2026-11-01 09:30:00"),
    ("date_range", {"earliest": "2026-11-01"}, "2026-11-01T10:00:00Z"),
    ("items_include", {"values": ["AT"]}, ["DE", "AT"]), ("total_bytes", {"limit": 5}, ["é", "ab"]),
    ("longest_side", {"minimum": 500}, {"width": 500, "height": 10}), ("max_pixels", {"limit": 100}, {"width": 10}),
    ("inside_categories", {"paths": ["toys > games"]}, "Toys / Games / Chess"),
    ("outside_categories", {"paths": ["Toys"]}, "Toys and more"), ("one_of", {"values": ["3"]}, 3),
    ("address_complete", {}, {"country": "HK", "line1": "1 Queen's Road", "region": "Hong Kong Island"}),
    ("address_complete", {}, {"country": "Nowhere"}),
]  # fmt: skip
FAILS = [
    ("required", {}, ""), ("required", {}, " \n"), ("required", {}, []), ("required", {}, None),
    ("min_length", {"limit": 2}, " a "), ("max_length", {"limit": 2}, "abc"), ("max_bytes", {"limit": 1}, "é"),
    ("min_bytes", {"limit": 3}, "é"),
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
    ("max_visible_length", {"limit": 4}, "<p>K&ouml;nig</p>"), ("min_visible_length", {"limit": 4}, "<b>abc</b>"),
    ("max_word_repeats", {"limit": 1}, "Tea and tea"), ("no_links", {}, "see www.shop.example/a"),
    ("no_links", {}, '<a class="x" href="/y">z</a>'), ("no_contact_details", {}, "write to me@shop.example"),
    ("no_contact_details", {}, "call +43 1 5338570"), ("multiple_of", {"step": "0.05"}, "1.16"),
    ("gtin", {"digits": ["12"]}, "4006381333931"), ("isbn_number", {}, "978-3-16-148410-1"),
    ("imei_number", {}, "35-686800-004141-9"), ("imei_number", {}, "35686800004141"),
    ("gtin_for_trade", {}, "2006381333933"), ("date_form", {"form": "YYYY-MM-DD"}, "2026-11-1"),
    ("date_range", {"latest": "2026-11-01"}, "2026-11-02"), ("items_none_of", {"values": ["AT"]}, ["DE", "AT"]),
    ("total_bytes", {"limit": 4}, ["é", "ab"]), ("shortest_side", {"minimum": 500}, {"width": 900, "height": 499}),
    ("aspect_ratio", {"minimum": 1, "maximum": 2}, {"width": 900, "height": 300}),
    ("inside_categories", {"paths": ["Toys > Games"]}, "Toys"), ("one_of", {"values": ["3"]}, True),
    ("address_complete", {}, {"country": "US", "line1": "1 Main St", "city": "Springfield", "postal_code": "62701"}),
]  # fmt: skip
SCALARS = st.one_of(
    st.text(st.sampled_from(" \t\n\u00a0ab<p>/script\u2003é.5"), max_size=8), st.none(), st.integers(-3, 9),
    st.booleans(), st.floats(-5, 5), st.sampled_from(["4006381333931", "036000291452", "2026-05-01", "a > b"]),
    st.sampled_from(["10.00", "10", "3.25", "0.5", "AT", "1010"]),
)  # fmt: skip
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.lists(st.fixed_dictionaries({"sku": SCALARS, "options": st.dictionaries(st.just("a"), SCALARS)}), max_size=3),
    st.fixed_dictionaries({"width": st.sampled_from([300, 600]), "height": st.sampled_from([300, 600])}),
    st.just({"value": "1", "unit": "g"}),
)


@pytest.mark.parametrize(("name", "given_arguments", "value"), HOLDS)
def test_a_check_holds(name, given_arguments, value):
    check = CHECKS[name]

    assert check.function(value, **arguments.bind(check.function, given_arguments)) is True


@pytest.mark.parametrize(("name", "given_arguments", "value"), FAILS)
def test_a_check_does_not_hold(name, given_arguments, value):
    check = CHECKS[name]

    assert check.function(value, **arguments.bind(check.function, given_arguments)) is False


@pytest.mark.parametrize("name", sorted(CHECKS))
@settings(derandomize=True, deadline=None, max_examples=60)
@given(value=VALUES, other=SCALARS)
def test_what_is_compiled_says_what_the_function_says(check_arguments, name, value, other):
    given_arguments = check_arguments.get(name, {})
    record = {
        "attributes": {"x": value}, "status": other, "currency": "EUR", "options": ["a"],
        "dimensions": {"length": 10, "width": 10, "height": 10, "unit": "cm"},
    }  # fmt: skip
    check, pack = CHECKS[name], _pack(name, _written(given_arguments))
    bound = arguments.bind(check.function, given_arguments)
    for parameter in check.parameters:
        if parameter.is_field and bound[parameter.name] is not None:
            bound[parameter.name] = record.get(bound[parameter.name])
    judged = check.judges_missing or not (value is None or value == "")

    violated = bool(pack.evaluate(RecordKind.PRODUCT, record))

    assert violated == (judged and not check.function(value, **bound))


@pytest.mark.parametrize("name", sorted(set(CHECKS) - {"phone", "postal_code", "region", "currency_decimals"}))
@settings(derandomize=True, deadline=None, max_examples=40)
@given(value=SCALARS)
def test_a_field_that_is_text_by_nature_is_judged_alike(check_arguments, name, value):
    check, pack = CHECKS[name], _pack(name, _written(check_arguments.get(name)), "title")
    rule = pack.rules[0]
    given_arguments = {
        key: None if any(each.is_field and each.name == key for each in check.parameters) else held
        for key, held in rule.arguments.items()
    }
    judged = check.judges_missing or not (value is None or value == "")

    violated = bool(pack.evaluate(RecordKind.PRODUCT, {"title": value}))

    assert violated == (judged and not check.function(value, **given_arguments))


def test_postal_codes_and_regions_are_those_of_their_country():
    postal_code, region = CHECKS["postal_code"].function, CHECKS["region"].function

    assert postal_code("SW1A 1AA", country="GB")
    assert not postal_code("SW1A", country="GB")
    assert postal_code("anything", country="HK")
    assert region("IL", country="US")
    assert region("Illinois", country="us")
    assert not region("Wien", country="US")


def test_amounts_have_the_decimals_of_their_currency():
    holds = CHECKS["currency_decimals"].function

    assert holds("1000", currency="JPY", exact=True)
    assert not holds("10.5", currency="JPY")
    assert not holds("29.350000", currency="EUR")
    assert holds("29.350000", currency="EUR", zeros=False)
    assert not holds("29.355000", currency="EUR", zeros=False)
    assert holds("1.125", currency="KWD", exact=True)
    assert not holds("10", currency="EUR", exact=True)
    assert holds("10", currency="EUR")


def test_a_weight_must_be_plausible_for_its_dimensions():
    holds = CHECKS["plausible_for_dimensions"].function
    box = {"length": "30", "width": "20", "height": "10", "unit": "cm"}

    assert holds({"value": "1.2", "unit": "kg"}, dimensions=box)
    assert holds({"value": "1200", "unit": "stone"}, dimensions=box)
    assert not holds({"value": "1200", "unit": "kg"}, dimensions=box)
    assert not holds({"value": "1.2", "unit": "g"}, dimensions=box)


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


def _written(given_arguments):
    return msgspec.json.encode(given_arguments or True).decode()


@cache
def _pack(name, written, field="attributes.x"):
    text = f"""rulepack: demo
version: 2026.11
rules:
  - {{id: a, title: A, kind: product, category: format_validation, severity: error, field: {field}, message: n,
     source: t, check: {{{name}: {written}}}, cases: [{{fail: {{}}}}]}}
"""
    return compile_pack(parse(text, "demo.yaml"))
