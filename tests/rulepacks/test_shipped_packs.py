"""The packs that travel with the program: their cases, their manners, what the mission document names."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.corrections import apply
from core.corrections.steps import STEPS
from core.model.corrections import Safety
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules import Library, breaks, cases
from core.rules.lint import lint
from core.rules.pack import Confidence

FOLDER = Path(__file__).resolve().parents[2] / "rulepacks"
LIBRARY = Library.open([FOLDER])
PACKS = pytest.mark.parametrize("pack", list(LIBRARY), ids=lambda pack: pack.name)


@PACKS
def test_every_case_comes_out_as_written(pack):
    assert cases.run(pack) == []


@PACKS
def test_the_linter_is_silent(pack):
    assert lint(pack) == []


@PACKS
def test_all_four_categories_and_three_kinds_are_judged(pack):
    if pack.pack.channel != "common":
        assert {rule.category for rule in pack.rules} == set(Category)
    assert {rule.kind for rule in pack.rules} == set(RecordKind)


@PACKS
def test_what_is_unconfirmed_only_warns_and_safe_fixes_change_notation_only(pack):
    for rule in pack.rules:
        assert rule.confidence is Confidence.CONFIRMED or rule.severity is Severity.WARNING
        if rule.fix_safety is Safety.SAFE:
            assert all(STEPS[name].notation for step in rule.fix for name in step)


@pytest.mark.parametrize("channel", ["shopify", "woocommerce"])
def test_each_channel_has_rules_of_its_own(channel):
    assert len(LIBRARY.pack(channel).pack.rules) >= 15


@pytest.mark.parametrize("channel", ["shopify", "woocommerce"])
@pytest.mark.parametrize(
    ("record", "rule", "field", "after"),
    [
        ({"price": "10"}, "price.decimals", "price", "10.00"),
        ({"title": " Enamel  kettle"}, "title.spaces", "title", "Enamel kettle"),
        ({"brand": "Riess "}, "brand.spaces", "brand", "Riess"),
        ({"gtin": "40-06381-333931"}, "gtin.separators", "gtin", "4006381333931"),
        ({"variants": [{"gtin": "4006381 333931"}]}, "variant.gtin.separators", "variants.0.gtin", "4006381333931"),
    ],
)
def test_notation_has_safe_fixes_that_break_nothing(channel, record, rule, field, after):
    pack = LIBRARY.pack(channel)
    (violation,) = [found for found in pack.evaluate(RecordKind.PRODUCT, record) if found.rule == rule]

    changes = apply.run(violation.fix, record, violation.field)

    assert violation.fix_safety is Safety.SAFE
    assert [(change.field, change.after) for change in changes] == [(field, after)]
    assert breaks(pack, RecordKind.PRODUCT, record, apply.patch(record, changes)) == []


def test_a_sound_product_is_left_in_peace():
    product = {
        "title": "Enamel kettle 1.5 l", "description": "<p>Holds 1.5 litres.</p>", "brand": "Riess", "sku": "KTL-1",
        "gtin": "4006381333931", "category": "Kitchen", "price": "39.90", "compare_at_price": "49.90",
        "currency": "EUR", "quantity": 4, "weight": {"value": "1.2", "unit": "kg"}, "tags": ["kettle"],
        "dimensions": {"length": "30", "width": "20", "height": "10", "unit": "cm"},
        "images": [{"url": "https://shop.example/kettle.jpg", "alt": "Kettle"}],
    }  # fmt: skip

    for channel, status in (("shopify", "active"), ("woocommerce", "publish")):
        assert LIBRARY.pack(channel).evaluate(RecordKind.PRODUCT, {**product, "status": status}) == []
