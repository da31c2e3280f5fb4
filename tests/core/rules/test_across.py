"""Rules across records, judged in memory: what they compare, what they find, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RulepackError
from core.model.records import RecordKind
from core.rules import cases, falls
from core.rules.evaluate import compile_pack
from core.rules.keys import comparable, moment, pieces
from core.rules.parse import parse

MANY = settings(
    deadline=None, max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PRODUCT, ORDER, STOCK = RecordKind.PRODUCT, RecordKind.ORDER, RecordKind.STOCK
COUNTED = '"{value}: {count}, {others}"'
SKUS = st.sampled_from(["A", "a", " A", "B", "b", "", None, 1, "1"])
TIMES = st.sampled_from([None, "2026-11-20T10:00:00Z", "2026-11-20T11:00:00+02:00", "2026-11-20T12:00:00", "soon"])
FIELDS = st.fixed_dictionaries({"sku": SKUS}, optional={"variants": st.lists(st.fixed_dictionaries({"sku": SKUS}))})
PRODUCTS = st.lists(FIELDS, max_size=6)


def text(value):
    """Return a value as it is compared, written down a second time for the tests."""
    return None if value is None else str(value).strip().lower() or None


@MANY
@given(records=PRODUCTS)
def test_duplicates_are_those_that_comparing_each_with_each_finds(one_rule, records):
    pack = one_rule("sku", '{unique_across: {ignore_case: true, also: "variants[].sku"}}', message=COUNTED)
    held = [
        {text(record["sku"]), *(text(variant["sku"]) for variant in record.get("variants", []))} for record in records
    ]

    found = pack.across.together([(PRODUCT, record) for record in records])

    assert [bool(several) for several in found] == [
        text(record["sku"]) is not None
        and any(text(record["sku"]) in other for place, other in enumerate(held) if place != own)
        for own, record in enumerate(records)
    ]


@MANY
@given(records=st.lists(st.fixed_dictionaries({"sku": SKUS, "parent": SKUS}), max_size=6))
def test_orphans_are_those_whose_parent_no_other_record_is(one_rule, records):
    pack = one_rule("attributes.parent_sku", "{known_across: {field: sku, ignore_case: true}}")
    products = [{"sku": it["sku"], "attributes": {"parent_sku": it["parent"]}} for it in records]

    found = pack.across.together([(PRODUCT, product) for product in products])

    assert [bool(several) for several in found] == [
        text(it["parent"]) is not None
        and all(text(other["sku"]) != text(it["parent"]) for place, other in enumerate(records) if place != own)
        for own, it in enumerate(records)
    ]


LEVELS = st.fixed_dictionaries({"sku": SKUS, "quantity": st.sampled_from([0, 1, 2.5, "3", "x"]), "updated_at": TIMES})
LINES = st.lists(st.fixed_dictionaries({"sku": SKUS, "quantity": st.integers(0, 3)}), max_size=3)
ORDERS = st.fixed_dictionaries({"placed_at": TIMES, "status": st.sampled_from(["open", "Refunded"]), "lines": LINES})


@MANY
@given(levels=st.lists(LEVELS, max_size=3), orders=st.lists(ORDERS, max_size=4))
def test_stock_is_oversold_where_adding_up_says_so(one_rule, levels, orders):
    pack = one_rule("quantity", "covers_orders", kind="stock", message='"{asked} {count} {others}"')
    good = [it for it in levels if None not in (sku(it), pieces(it["quantity"]), moment(it["updated_at"]))]

    found = pack.across.together([*((STOCK, it) for it in levels), *((ORDER, it) for it in orders)])

    expected = []
    for level in levels:
        same = [it for it in good if sku(it) == sku(level)]
        since = max((moment(it["updated_at"]) for it in same), default=0)
        asked = [
            line["quantity"]
            for order in orders
            if order["status"] == "open" and (moment(order["placed_at"]) or 0) > since
            for line in order["lines"]
            if sku(line) == sku(level) and line["quantity"]
        ]
        held = sum(Decimal(str(it["quantity"])) for it in same)
        expected.append(level in good and bool(asked) and sum(asked) > held)
    assert [bool(several) for several in found[: len(levels)]] == expected


def sku(it):
    """Return an SKU as stock and orders compare it: as it is written, but for its edges."""
    return None if it["sku"] is None else str(it["sku"]).strip() or None


PRICES = st.sampled_from(["10", "10.00", 9, "5.00", "4.99", "4,99", "0", "-3", None])


@MANY
@given(before=PRICES, after=PRICES)
def test_a_fall_is_what_the_share_says(one_rule, before, after):
    pack = one_rule("price", "{max_drop: {share: 0.5}}")

    fallen, unmoved = falls.compare(pack.across, PRODUCT, {"price": before}, {"price": after})

    numbers = [None if it in (None, "4,99") else Decimal(str(it)) for it in (before, after)]
    both = None not in numbers
    assert bool(fallen) == (both and numbers[0] > 0 and numbers[1] * 2 < numbers[0])
    assert bool(unmoved) == (both and numbers[0] == numbers[1])


@pytest.mark.parametrize(
    ("value", "flags", "expected"),
    [
        (" KTL-1 ", "", "KTL-1"),
        ("KTL-1", "c", "ktl-1"),
        (17, "", "17"),
        ("Straße", "c", "strasse"),
        ("e\u0301", "", "é"),
        ("Enamel kettle, 1.5 l!", "cp", "enamel kettle 1 5 l"),
        ("0036-000291452", "d", "36000291452"),
        ("000", "d", None),
        ("n/a", "d", None),
        ("  ", "", None),
        (True, "", None),
        (["KTL-1"], "", None),
        (10**50, "", None),
        ("a\x00\ud800", "", "a\ufffd?"),
    ],
)
def test_values_are_compared_without_what_does_not_count(value, flags, expected):
    assert comparable(value, flags) == expected


def test_long_text_is_compared_by_its_hash_and_fits_an_index():
    first, second = comparable("é" * 5_000), comparable("é" * 5_000 + "!")

    assert first != second
    assert max(len(first), len(second)) <= 120


def test_a_record_that_looks_like_nothing_has_no_keys_and_breaks_nothing(one_rule):
    pack = one_rule("variants[].sku", "{unique_across: {also: sku}}")

    found = pack.across.together([(PRODUCT, record) for record in ({"variants": {"sku": 1}}, {"sku": {}}, [1], {})])

    assert found == [[], [], [], []]


def test_the_others_are_called_by_what_tells_them_apart(one_rule):
    pack = one_rule("sku", "{unique_across: {also: mpn}}", message=COUNTED)
    others = [{"sku": "A", "external_id": "7"}, {"sku": "A", "title": "Kettle"}, {"sku": "B", "mpn": "A"}, {"sku": "A"}]

    found = pack.across.together([(PRODUCT, record) for record in ({"sku": "A"}, *others)])

    assert found[0][0].message == "A: 4, 7, Kettle, B"


def test_many_others_are_counted_to_a_hundred(one_rule):
    pack = one_rule("sku", "unique_across", message=COUNTED)

    found = pack.across.together([(PRODUCT, {"sku": "A", "external_id": str(number)}) for number in range(101)])

    assert found[0][0].message == "A: 100+, 1, 2, 3"


def test_what_one_record_shows_is_judged_as_before(one_rule):
    pack = one_rule("sku", "unique_across")

    assert pack.evaluate(PRODUCT, {"sku": "A"}) == []
    assert pack.across.ids == {"demo.rule"}


def test_rules_that_compare_alike_share_their_keys(one_rule):
    first = one_rule("sku", "{unique_across: {ignore_case: true}}")
    second = one_rule("attributes.parent_sku", "{known_across: {field: sku, ignore_case: true}}")

    shared = set(first.across.keys(PRODUCT, {"sku": "A"})) & set(second.across.keys(PRODUCT, {"sku": "A"}))

    assert len(shared) == 1
    assert first.across.fingerprint != second.across.fingerprint


@pytest.mark.parametrize(
    ("field", "check", "kind", "reason"),
    [
        ("buyer.email", "unique_across", "order", "personal data"),
        ("number", "{unique_across: {also: shipping_address.name}}", "order", "personal data"),
        ("sku", "{unique_across: {also: skus}}", "product", "no field skus"),
        ("sku", "{unique_across: {case: true}}", "product", "unknown argument"),
        ("sku", "known_across", "product", "'field' is missing"),
        ("price", "{max_drop: {share: 1}}", "product", "between 0 and 1"),
        ("quantity", "covers_orders", "product", "quantity of stock"),
    ],
)
def test_what_cannot_be_compared_is_refused(one_rule, field, check, kind, reason):
    with pytest.raises(RulepackError, match=reason):
        one_rule(field, check, kind=kind)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("source:", "fix: [trim]\n    fix_safety: safe\n    source:", "has no fix"),
        ("check: {check}", 'check: {unique_across: {also: sku}}\n    when: {field: "variants[].price", missing: true}',
         "walks a list"),
        ("check: {check}", "check: required\n    when: {field: sku, unique_across: true}", "unknown check"),
        ("{fail: {}}", "{fail: {}, beside: {sku: A}}", "list of at most"),
        ("{fail: {}}", "{fail: {}, before: [1]}", "last version"),
    ],
)  # fmt: skip
def test_what_is_written_wrongly_is_refused(old, new, reason):
    pack = """rulepack: demo
version: 2026.11
rules:
  - id: demo.rule
    title: Refused
    kind: product
    category: business_rule
    severity: error
    field: "variants[].sku"
    check: {check}
    message: no
    source: "a test"
    cases: [{fail: {}}]
"""

    with pytest.raises(RulepackError, match=reason):
        parse(pack.replace(old, new).replace("check: {check}", "check: {unique_across: {also: sku}}"), "demo.yaml")


CASES = """rulepack: demo
version: 2026.11
rules:
  - id: sku.twice
    title: SKU twice
    kind: product
    category: business_rule
    severity: error
    field: sku
    check: unique_across
    message: no
    source: "a test"
    cases:
      - pass: {sku: A}
        beside: [{sku: A}]
      - fail: {sku: A}
        beside: [{stock: {sku: A}}]
      - fail: {sku: A}
        beside: [{product: {sku: A}}]
"""


def test_cases_are_judged_beside_other_records():
    failures = cases.run(compile_pack(parse(CASES, "demo.yaml")))

    assert [(failure.line, failure.reason) for failure in failures] == [
        (14, "should pass, and is violated at sku"),
        (16, "should fail, and passes"),
    ]


def test_only_a_rule_across_records_has_cases_beside_others():
    with pytest.raises(RulepackError, match="only a rule across records"):
        parse(CASES.replace("check: unique_across", "check: required"), "demo.yaml")
