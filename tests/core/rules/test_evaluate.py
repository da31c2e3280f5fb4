"""Records judged by compiled packs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotFound
from core.model.records import FIELDS, RecordKind
from core.rules import breaks

PRODUCT, ORDER = RecordKind.PRODUCT, RecordKind.ORDER
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**40, max_value=10**60),
    st.floats(),
    st.text(st.characters(codec=None), max_size=30),
    st.sampled_from(["10", "10.5", "11,95", "", " ", "<script>", "4006381333931", "2026-11-01", "a@b.co", "EUR"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["name", "url", "value", "unit", "sku", "gtin", "price", "options", "email", "phone", "country"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=12,
)
RECORDS = st.sampled_from(list(RecordKind)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.dictionaries(st.sampled_from(FIELDS[kind]), JSON, max_size=12))
)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(RECORDS)
def test_no_value_in_any_field_makes_a_pack_raise(library, kind_and_record):
    kind, record = kind_and_record

    for pack in library:
        for violation in pack.evaluate(kind, record):
            assert violation.pack == pack.name
            assert isinstance(violation.message, str)


@pytest.mark.parametrize("depth", [50, 900])
def test_values_nested_deeply_do_not_make_a_pack_raise(library, depth):
    deep_list: list = []
    deep_object: dict = {}
    for _ in range(depth):
        deep_list, deep_object = [deep_list], {"value": deep_object}

    for pack in library:
        for kind in RecordKind:
            for deep in (deep_list, deep_object, [deep_object], [{"options": deep_object, "sku": deep_list}]):
                assert isinstance(pack.evaluate(kind, dict.fromkeys(FIELDS[kind], deep)), list)


def test_a_record_that_is_no_object_has_no_violations(library):
    assert library.pack("shopify").evaluate(PRODUCT, [1, 2]) == []


def test_items_of_a_list_are_named_by_their_place(one_rule):
    pack = one_rule("variants[].gtin", "gtin")

    violations = pack.evaluate(PRODUCT, {"variants": [{"gtin": "4006381333931"}, "broken", {"gtin": "4006381333932"}]})

    assert [violation.field for violation in violations] == ["variants.2.gtin"]


def test_items_of_a_plain_list_are_named_by_their_place(one_rule):
    pack = one_rule("tags[]", "{max_length: 3}")

    assert [found.field for found in pack.evaluate(PRODUCT, {"tags": ["abc", "abcd"]})] == ["tags.1"]


def test_a_rule_on_an_item_reads_its_own_item_and_the_record(one_rule):
    when = "    when: {all: [{field: status, one_of: [active]}, {field: 'variants[].sku', required: true}]}\n"
    pack = one_rule("variants[].compare_at_price", "{greater_than_field: 'variants[].price'}", more=when)
    variants = [
        {"sku": "A", "price": "10.00", "compare_at_price": "9.00"},
        {"sku": "", "price": "10.00", "compare_at_price": "9.00"},
        {"sku": "C", "price": "10.00", "compare_at_price": "11.00"},
    ]

    assert [f.field for f in pack.evaluate(PRODUCT, {"status": "active", "variants": variants})] == [
        "variants.0.compare_at_price"
    ]
    assert pack.evaluate(PRODUCT, {"status": "draft", "variants": variants}) == []


@pytest.mark.parametrize(
    ("when", "record", "applies"),
    [
        ("{field: status, one_of: [active]}", {}, False),
        ("{not: {field: status, one_of: [active]}}", {}, True),
        ("{field: status, missing: true}", {}, True),
        ("{any: [{field: brand, required: true}, {field: sku, required: true}]}", {"sku": "A"}, True),
        ("{all: [{field: brand, required: true}, {field: sku, required: true}]}", {"sku": "A"}, False),
        ("{field: attributes.virtual, equals: true}", {"attributes": {"virtual": True}}, True),
        ("{field: attributes.virtual, equals: true}", {"attributes": {"virtual": 1}}, False),
        ("{field: title, min_length: 3, max_length: 5}", {"title": "abcdef"}, False),
    ],
)
def test_a_condition_on_a_missing_value_is_false_but_for_missing(one_rule, when, record, applies):
    pack = one_rule("price", "required", more=f"    when: {when}\n")

    assert bool(pack.evaluate(PRODUCT, record)) is applies


def test_a_message_says_what_was_found_and_what_is_allowed(library):
    (violation,) = [
        found
        for found in library.pack("shopify").evaluate(PRODUCT, {"title": "x" * 300})
        if found.rule == "title.length"
    ]

    assert violation.title == "Title too long"
    assert violation.message == "The title has 300 characters; Shopify takes 255."
    assert violation.actual == "x" * 300


def test_a_message_names_the_value_of_the_other_field(library):
    found = library.pack("common").evaluate(PRODUCT, {"price": "10.00", "compare_at_price": "9.00"})

    assert "The crossed-out price 9.00 is not above the price 10.00." in [violation.message for violation in found]


def test_violations_come_in_the_order_of_the_rules(library):
    pack = library.pack("woocommerce")
    order = [rule.id for rule in pack.rules]

    found = pack.evaluate(PRODUCT, {"title": " a  b ", "price": "x", "variants": [{"price": "1"}], "gtin": "1"})

    places = [order.index(violation.rule) for violation in found]
    assert places == sorted(places)
    assert len(set(places)) > 5


def test_what_was_already_wrong_is_not_called_broken(library):
    pack = library.pack("shopify")
    before = {"title": "Kettle", "price": "10"}

    assert breaks(pack, PRODUCT, before, {"title": "Kettle", "price": "10.00"}) == []
    assert [(v.rule, v.field) for v in breaks(pack, PRODUCT, before, {"title": "", "price": "10"})] == [
        ("title.required", "title")
    ]


def test_a_rule_is_found_by_pack_and_id(library):
    name = library.pack("shopify").name

    assert library.rule(name, "title.length").arguments["limit"] == 255
    with pytest.raises(NotFound):
        library.rule(name, "title.colour")


def test_a_catalogue_of_300_products_is_judged_in_well_under_a_second(library):
    variants = [{"sku": f"A-{n}", "price": "10.00", "options": {"Size": str(n)}} for n in range(8)]
    product = {
        "title": "Enamel kettle 1.5 l", "description": "<p>" + "Holds water. " * 120 + "</p>", "brand": "Riess",
        "options": [{"name": "Size"}], "variants": variants, "tags": ["kettle", "enamel"], "status": "active",
        "images": [{"url": "https://shop.example/a.jpg", "alt": "Kettle"}] * 4, "currency": "EUR",
    }  # fmt: skip
    pack = library.pack("shopify")

    began = time.perf_counter()
    for _ in range(300):
        pack.evaluate(PRODUCT, product)
    assert time.perf_counter() - began < 0.5
