"""The believable shop: the same for the same seed, healthy where it says so, and spoilt where it says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from stdnum import ean

from core.model.records import ORDER_FIELDS, PRODUCT_FIELDS
from marketwright.testing import Order, Product, catalogue, gtin13, orders
from marketwright.testing.defects import DEFECTS
from marketwright.testing.order_defects import ORDER_DEFECTS

NOTATION = ("title_edge_spaces", "title_double_spaces", "gtin_hyphens", "brand_spaces", "price_no_decimals")


@pytest.fixture(scope="module")
def shop() -> list[Product]:
    return catalogue()


def of(shop: list[Product], defect: str) -> list[dict[str, Any]]:
    return [product.record for product in shop if defect in product.defects]


def test_the_same_seed_makes_the_same_shop(shop: list[Product]) -> None:
    assert catalogue(seed=1) == shop
    assert catalogue(seed=2) != shop


def test_fifteen_in_a_hundred_are_spoilt(shop: list[Product]) -> None:
    assert len(shop) == 300
    assert sum(bool(product.defects) for product in shop) == 45


def test_every_kind_of_defect_comes_often_enough_to_learn_from(shop: list[Product]) -> None:
    found = Counter(defect for product in shop for defect in product.defects)

    assert set(found) == set(DEFECTS)
    assert all(found[name] >= 5 for name in NOTATION)
    assert min(found.values()) >= 2


def test_records_are_canonical_and_plain_json(shop: list[Product]) -> None:
    for product in shop:
        assert tuple(product.record) == tuple(name for name in PRODUCT_FIELDS if name in product.record)
        assert msgspec.json.decode(msgspec.json.encode(product.record)) == product.record


def test_healthy_products_are_healthy(shop: list[Product]) -> None:
    for product in (it for it in shop if not it.defects):
        record = product.record
        assert record["title"] == " ".join(record["title"].split())
        assert len(record["title"]) <= 80
        assert re.fullmatch(r"\d+\.\d\d", record["price"])
        assert Decimal(record["compare_at_price"] or 10**6) > Decimal(record["price"]) > 0
        assert record["brand"]
        assert record["category"]
        assert record["weight"]["value"] > 0
        assert all(image["url"].startswith("https://images.example.com/") for image in record["images"])
        for item in record["variants"] or [record]:
            assert ean.is_valid(item["gtin"])
            assert item["gtin"].startswith("20")
            assert item["quantity"] >= 0


def test_identities_are_unique_but_for_the_duplicates_on_purpose(shop: list[Product]) -> None:
    items = [item for product in shop for item in (product.record, *product["variants"])]
    codes = [item["gtin"] for item in items if item["gtin"]]
    repeated = [sku for sku, times in Counter(item["sku"] for item in items).items() if times > 1]

    assert len(codes) == len(set(codes))
    assert sorted(repeated) == sorted(record["sku"] for record in of(shop, "sku_duplicate"))
    assert len({product["external_id"] for product in shop}) == 300
    assert len({product["handle"] for product in shop}) == 300


def test_some_products_have_variants_over_their_options(shop: list[Product]) -> None:
    with_variants = [product.record for product in shop if product["variants"] and not product.defects]

    assert 40 <= len(with_variants) <= 110
    for record in with_variants:
        names = {option["name"] for option in record["options"]}
        assert 2 <= len(record["variants"]) <= 12
        assert all(set(variant["options"]) == names for variant in record["variants"])
        assert len({str(variant["options"]) for variant in record["variants"]}) == len(record["variants"])


@pytest.mark.parametrize(
    ("defect", "holds"),
    [
        ("title_edge_spaces", lambda record: record["title"] != record["title"].strip()),
        ("title_double_spaces", lambda record: "  " in record["title"].strip()),
        ("title_shouting", lambda record: record["title"].isupper()),
        ("title_too_long", lambda record: len(record["title"]) == 300),
        ("title_control_characters", lambda record: re.search(r"[\x00-\x1f]", record["title"])),
        ("title_emoji", lambda record: re.search(r"[\U0001F000-\U0001FAFF⭐✨]", record["title"])),
        ("price_no_decimals", lambda record: re.fullmatch(r"\d+", record["price"])),
        ("price_comma", lambda record: re.fullmatch(r"\d+,\d\d", record["price"])),
        ("price_zero", lambda record: record["price"] == "0.00"),
        ("compare_below_price", lambda record: Decimal(record["compare_at_price"]) < _decimal(record["price"])),
        ("description_missing", lambda record: record["description"] == ""),
        ("description_script", lambda record: "<script" in record["description"]),
        ("image_missing", lambda record: record["images"] == []),
        ("image_http", lambda record: record["images"][0]["url"].startswith("http://")),
        ("brand_missing", lambda record: record["brand"] == ""),
        ("brand_spaces", lambda record: record["brand"] != record["brand"].strip()),
        ("category_missing", lambda record: record["category"] == ""),
        ("weight_missing", lambda record: record["weight"] is None and record["dimensions"]),
        ("quantity_negative", lambda record: record["quantity"] < 0),
        ("gtin_hyphens", lambda record: ean.is_valid(record["gtin"]) and "-" in record["gtin"]),
        ("gtin_spaces", lambda record: ean.is_valid(record["gtin"]) and " " in record["gtin"]),
        ("gtin_check_digit", lambda record: len(record["gtin"]) == 13 and not ean.is_valid(record["gtin"])),
        ("sku_duplicate", lambda record: "_twin_sku" not in record),
        ("variants_too_many", lambda record: len({it["external_id"] for it in record["variants"]}) == 104),
    ],
)  # fmt: skip
def test_each_defect_is_what_its_name_says(shop: list[Product], defect: str, holds: Callable[[Any], Any]) -> None:
    spoilt = of(shop, defect)

    assert spoilt
    assert all(holds(record) for record in spoilt)


def test_a_missing_brand_stands_in_the_title(shop: list[Product]) -> None:
    brands = {product["brand"] for product in shop if not product.defects}

    for record in of(shop, "brand_missing"):
        assert any(brand.lower() in record["title"].lower() for brand in brands)


@pytest.mark.parametrize("size", [0, 1, 20, 1500])
def test_a_shop_may_have_any_size(size: int) -> None:
    shop = catalogue(size=size)

    assert len(shop) == size
    assert len({product["handle"] for product in shop}) == size


def test_a_larger_shop_has_more_of_each_defect() -> None:
    found = Counter(defect for product in catalogue(size=1500) for defect in product.defects)

    assert all(found[name] >= 25 for name in NOTATION)


def test_check_digits_are_right() -> None:
    assert all(ean.is_valid(gtin13(number)) for number in range(0, 10_000, 37))


def test_orders_are_canonical_and_add_up(shop: list[Product]) -> None:
    made = orders(1, shop, 60)

    assert made == orders(1, shop, 60)
    assert [order["placed_at"] for order in made] == sorted(order["placed_at"] for order in made)
    assert len({order["external_id"] for order in made}) == 60
    for order in (it.record for it in made):
        goods = sum(Decimal(line["unit_price"]) * line["quantity"] for line in order["lines"])
        assert set(order) == set(ORDER_FIELDS)
        assert Decimal(order["total"]) == goods + Decimal(order["shipping_total"])
        assert bool(order["shipments"]) == (order["status"] == "shipped")


def test_nobody_in_an_order_exists(shop: list[Product]) -> None:
    for order in orders(1, shop, 200):
        assert re.fullmatch(r"buyer\d+@(example\.com)?", order["buyer"]["email"])
        assert re.fullmatch(r"\+44 20 7(946 0\d{3}( \(evenings\))?)?", order["buyer"]["phone"])
        assert all(it["tracking_url"].partition("://")[2].startswith("track.example.com/") for it in order["shipments"])


def test_fifteen_in_a_hundred_orders_are_spoilt_with_every_kind_of_defect(shop: list[Product]) -> None:
    for seed in range(20):
        made = orders(seed, shop)

        assert len(made) == 40
        assert sum(bool(order.defects) for order in made) == 6
        assert {defect for order in made for defect in order.defects} == set(ORDER_DEFECTS)


@pytest.mark.parametrize(
    ("defect", "holds"),
    [
        ("email_without_domain", lambda order: order["buyer"]["email"].endswith("@")),
        ("phone_cut_off", lambda order: order["buyer"]["phone"] == "+44 20 7"),
        ("phone_with_letters", lambda order: re.search(r"[a-z]", order["buyer"]["phone"])),
        ("postal_code_missing", lambda order: order["shipping_address"]["postal_code"] == ""),
        ("city_missing", lambda order: order["shipping_address"]["city"] == ""),
        ("country_lower_case", lambda order: order["shipping_address"]["country"].islower()),
        ("tracking_url_http", lambda order: any("http://" in it["tracking_url"] for it in order["shipments"])),
    ],
)  # fmt: skip
def test_orders_with_a_defect_and_no_others_are_what_it_says(
    shop: list[Product], defect: str, holds: Callable[[Order], Any]
) -> None:
    made = orders(1, shop, 200)

    assert any(defect in order.defects for order in made)
    for order in made:
        assert bool(holds(order)) == (defect in order.defects)


def _decimal(price: str) -> Decimal:
    return Decimal(price.replace(",", "."))
