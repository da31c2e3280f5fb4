"""The kit's catalogue judged by the shipped packs: sound products stay quiet, defects are found by name."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from core.corrections import apply
from core.model.corrections import Safety
from core.model.records import RecordKind
from core.rules import Library, breaks
from marketwright.testing import catalogue

LIBRARY = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"])
STATUS = {"shopify": "active", "woocommerce": "publish"}
FOUND = {
    "title_edge_spaces": "title.spaces", "title_double_spaces": "title.spaces", "title_shouting": "title.shouting",
    "title_too_long": "title.length", "title_control_characters": "title.control_characters",
    "title_emoji": "title.emoji", "price_no_decimals": "price.decimals", "price_comma": "price.number",
    "price_zero": "price.minimum", "compare_below_price": "compare_at_price.above_price",
    "description_missing": "description.required", "description_script": "description.scripts",
    "image_missing": "images.required", "image_http": "image.url", "brand_missing": "brand.required",
    "brand_spaces": "brand.spaces", "category_missing": "category.required", "weight_missing": "weight.required",
    "quantity_negative": "quantity.limit", "gtin_hyphens": "gtin.separators", "gtin_spaces": "gtin.separators",
    "gtin_check_digit": "gtin.check_digit",
}  # fmt: skip
FOUND_BY_CHANNEL = {
    "shopify": {"variants_too_many": "variants.legacy_limit"},
    "woocommerce": {"variants_too_many": "variants.page_limit"},
}
ACROSS_RECORDS = {"sku_duplicate"}
"""What one record alone cannot show."""


def shop(channel):
    for product in catalogue(1, 300):
        type_ = "variable" if product.record["variants"] else "simple"
        yield product, {**product.record, "status": STATUS[channel], "product_type": type_}


@pytest.mark.parametrize("channel", STATUS)
def test_sound_products_stay_quiet_and_each_defect_is_found(channel):
    pack, found = LIBRARY.pack(channel), FOUND | FOUND_BY_CHANNEL[channel]

    for product, record in shop(channel):
        rules = {violation.rule for violation in pack.evaluate(RecordKind.PRODUCT, record)}

        assert {found[name] for name in product.defects if name not in ACROSS_RECORDS} <= rules
        assert product.defects or not rules


@pytest.mark.parametrize("channel", STATUS)
def test_no_fix_of_a_pack_breaks_another_rule_and_safe_ones_mend(channel):
    pack, mended = LIBRARY.pack(channel), set()

    for _, record in shop(channel):
        for violation in pack.evaluate(RecordKind.PRODUCT, record):
            changes = apply.run(violation.fix, record, violation.field)
            after = apply.patch(record, changes)
            assert breaks(pack, RecordKind.PRODUCT, record, after) == []
            left = {(found.rule, found.field) for found in pack.evaluate(RecordKind.PRODUCT, after)}
            if changes and violation.fix_safety is Safety.SAFE:
                assert (violation.rule, violation.field) not in left
                mended.add(violation.rule)

    assert {"title.spaces", "brand.spaces", "gtin.separators", "price.decimals"} <= mended


def test_300_products_are_judged_in_well_under_a_second():
    records = [record for _, record in shop("shopify")]
    pack = LIBRARY.pack("shopify")

    began = time.perf_counter()
    for record in records:
        pack.evaluate(RecordKind.PRODUCT, record)

    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("channel", STATUS)
def test_what_one_record_cannot_show_is_found_beside_the_others(channel):
    products = list(shop(channel))
    twice = Counter(record["sku"] for _, record in products)

    found = LIBRARY.pack(channel).across.together([(RecordKind.PRODUCT, record) for _, record in products])

    for (product, record), violations in zip(products, found, strict=True):
        assert [violation.rule for violation in violations] == ["sku.duplicate"] * (twice[record["sku"]] > 1)
        assert violations or not ACROSS_RECORDS.intersection(product.defects)
