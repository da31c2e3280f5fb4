"""Products and orders of a real WooCommerce store judged by its pack: sound ones have no error, defects are found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library
from plugins.woocommerce import orders
from plugins.woocommerce.product_record import source
from plugins.woocommerce.settings import Settings

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("woocommerce")
LAB = Settings(
    store_url="https://127.0.0.1:8453",
    consumer_key="ck_lab",
    consumer_secret="cs_lab",
    currency="EUR",
    weight_unit="kg",
    dimension_unit="cm",
)
DEFECTS = {
    "BAD-NODESC": ("description.required", Severity.WARNING),
    "": ("sku.required", Severity.WARNING),
    "BAD-ZERO": ("price.minimum", Severity.ERROR),
    "BAD-NOPRICE": ("price.required", Severity.ERROR),
    "BAD-NOIMG": ("images.required", Severity.WARNING),
    "BAD-NOCAT": ("category.uncategorised", Severity.WARNING),
    "BAD-CAPS": ("title.shouting", Severity.WARNING),
    "BAD-HTML": ("description.scripts", Severity.ERROR),
    "BAD-GTIN": ("gtin.check_digit", Severity.WARNING),
    "BAD-UTF8 é": ("title.emoji", Severity.WARNING),
    "BAD-LONG": ("description.placeholder", Severity.WARNING),
    "BAD-SALE": ("sale_price.below_price", Severity.ERROR),
    "VAR-EMPTY": ("variants.required", Severity.ERROR),
}
"""What is wrong with recorded products, by their SKUs. All others are sound, or wrong across records only."""


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Callable[[str], Any]:
    """Return a function that gives the body of a recorded answer."""
    folder = shared / "captures" / "woocommerce" / "api"
    return lambda name: json.loads(json.loads((folder / f"{name}.json").read_text())["response"]["body_text"])


@pytest.fixture(scope="module")
def examples(shared: Path) -> list[tuple[str, Any]]:
    """Return the records of the official documentation, with the names of their files."""
    found = []
    for file in sorted((shared / "specs" / "woocommerce" / "fixtures").glob("*.json")):
        body = json.loads(file.read_text(encoding="utf-8"))
        found += [(file.stem, it) for it in (body if isinstance(body, list) else [body]) if isinstance(it, dict)]
    return found


def rules(kind: RecordKind, record: dict[str, Any], severity: Severity | None = None) -> set[str]:
    """Return the rules that a record violates, all or those of one severity."""
    return {it.rule for it in PACK.evaluate(kind, record) if severity in (None, it.severity)}


def catalogue(recorded: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Return the canonical products of the store; the variations of one variable product were recorded with it."""
    raw = recorded("036-products-all-100")
    known = {it["parent_id"] for it in recorded("053-variations")}
    return [
        source(it, recorded("053-variations") if it["id"] in known else (), LAB).record
        for it in raw
        if it["type"] != "variable" or it["id"] in known or not it["variations"]
    ]


def test_sound_products_of_a_real_store_have_no_error(recorded: Callable[[str], Any]) -> None:
    sound = [it for it in catalogue(recorded) if it["sku"] not in DEFECTS]

    errors = {it["sku"]: rules(RecordKind.PRODUCT, it, Severity.ERROR) for it in sound}

    assert len(errors) > 20
    assert {sku: found for sku, found in errors.items() if found} == {}


def test_its_fully_described_products_have_two_things_to_mend(recorded: Callable[[str], Any]) -> None:
    described = [it for it in catalogue(recorded) if it["sku"].startswith("LAB-")]

    assert len(described) == 14
    assert [rules(RecordKind.PRODUCT, it) for it in described] == [{"brand.required", "image.alt.required"}] * 14


def test_each_defect_of_the_store_is_found(recorded: Callable[[str], Any]) -> None:
    defective = {it["sku"]: it for it in catalogue(recorded) if it["sku"] in DEFECTS}

    found = {sku: rules(RecordKind.PRODUCT, it) for sku, it in defective.items()}
    errors = {sku: rules(RecordKind.PRODUCT, it, Severity.ERROR) for sku, it in defective.items()}

    assert defective.keys() == DEFECTS.keys()
    for sku, (rule, severity) in DEFECTS.items():
        assert rule in found[sku]
        assert (rule in errors[sku]) is (severity is Severity.ERROR)


def test_an_oversold_product_that_takes_backorders_is_no_issue(recorded: Callable[[str], Any]) -> None:
    record = next(it for it in catalogue(recorded) if it["sku"] == "BAD-NEGSTOCK")

    assert record["quantity"] == -3
    assert "quantity.limit" not in rules(RecordKind.PRODUCT, record)
    assert "quantity.limit" in rules(RecordKind.PRODUCT, {**record, "attributes": {"backorders": "no"}})


def test_what_a_group_or_another_site_sells_needs_no_weight(recorded: Callable[[str], Any]) -> None:
    others = {it["product_type"]: it for it in catalogue(recorded) if it["product_type"] in ("grouped", "external")}

    assert others.keys() == {"grouped", "external"}
    for record in others.values():
        assert not {"weight.required", "dimensions.required"} & rules(RecordKind.PRODUCT, record)


def test_orders_of_a_real_store_are_quiet(recorded: Callable[[str], Any]) -> None:
    records = [orders.source(it).record for it in recorded("201-orders-all")]

    assert len(records) > 10
    assert [rules(RecordKind.ORDER, it) for it in records] == [set()] * len(records)


def test_the_official_examples_have_no_error(examples: list[tuple[str, Any]]) -> None:
    products = [it for name, it in examples if name.startswith("product__") and it.get("type") == "simple"]
    placed = [it for name, it in examples if name.startswith("order__") and "line_items" in it]

    assert len(products) > 3
    assert len(placed) > 4
    for raw in products:
        assert rules(RecordKind.PRODUCT, source(raw, (), LAB).record, Severity.ERROR) == set()
    for raw in placed:
        assert rules(RecordKind.ORDER, orders.source(raw).record, Severity.ERROR) == set()
