"""Mirakl's own examples, as the platforms' document keeps them, turned canonical: sound ones stay quiet."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("mirakl")
Payload = dict[str, Any]
LEFT_OUT = "…"


@pytest.fixture
def payloads(shared: Path) -> str:
    """Return the section on payloads of the document."""
    document = (shared / "platforms" / "amazon-ebay-walmart-mirakl.md").read_text(encoding="utf-8")
    return document.partition("## 4.5 Payloads")[2].partition("## 4.6")[0]


@pytest.fixture
def offer(payloads: str) -> Payload:
    """Return the offer of OF24; what the document leaves out is not in it."""
    told = re.search(r"Offer OF24: `(.+?)`", payloads)
    assert told is not None
    return json.loads(told[1].replace(f"[{LEFT_OUT}]", "[]"))["offers"][0]


def product(given: Payload, **changed: Any) -> Payload:
    """Turn an offer of OF24 into a canonical product."""
    kept = ("product_id", "product_id_type", "logistic_class", "min_quantity_alert", "update_delete", "all_prices")
    attributes = {name: given[name] for name in kept}
    attributes["available_started"] = given["available_started"]
    for part, value in given["discount"].items():
        if value != LEFT_OUT and part != "ranges":
            attributes[f"discount_{part}"] = value
    record = {
        "sku": given["shop_sku"],
        "condition": given["state_code"],
        "price": given["price"],
        "quantity": given["quantity"],
        "lead_time_days": given["leadtime_to_ship"],
    }
    return {**record, **changed, "attributes": {**attributes, **changed.get("attributes", {})}}


def rules(kind: RecordKind, record: Payload) -> list[str]:
    return [violation.rule for violation in PACK.evaluate(kind, record)]


def test_the_offer_is_left_in_peace(offer):
    assert rules(RecordKind.PRODUCT, product(offer)) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"lead_time_days": None}, "lead_time.required"),
        ({"lead_time_days": 0}, "lead_time.minimum"),
        ({"lead_time_days": "5 days"}, "lead_time.integer"),
        ({"condition": None}, "state_code.required"),
        ({"condition": "New"}, "state_code.form"),
        ({"quantity": None}, "quantity.required"),
        ({"price": "49.00"}, "discount_price.below_price"),
        ({"attributes": {"product_id_type": None}}, "product_id_type.required"),
        ({"attributes": {"product_id": "9400016774346"}}, "product_id.ean"),
        ({"attributes": {"discount_period_required": True}}, "discount_start_date.required"),
        ({"attributes": {"min_order_quantity": 3, "max_order_quantity": 2}}, "min_order_quantity.below_maximum"),
    ],
)
def test_a_defect_put_into_the_offer_is_found(offer, changed, rule):
    assert rule in rules(RecordKind.PRODUCT, product(offer, **changed))


def test_the_order_has_no_error_and_its_state_is_known(payloads):
    told = dict(re.findall(r'(\w+):"([^"]+)"', payloads.partition("Order OR11:")[2]))
    record = {
        "external_id": told["order_id"],
        "number": told["commercial_id"],
        "status": told["order_state"],
        "currency": told["currency_iso_code"],
        "lines": [{}],
    }

    found = PACK.evaluate(RecordKind.ORDER, record)

    assert [violation.rule for violation in found if violation.severity is Severity.ERROR] == []
    assert "order.status.known" not in [violation.rule for violation in found]


def test_every_order_state_of_the_document_is_known(shared):
    document = (shared / "platforms" / "amazon-ebay-walmart-mirakl.md").read_text(encoding="utf-8")
    told = re.search(r"Order states: ([A-Z_, ]+)\.", document.partition("## 4.2 Endpoints [MO")[2])
    assert told is not None

    for state in told[1].split(", "):
        assert "order.status.known" not in rules(RecordKind.ORDER, {"status": state, "lines": [{}]})
