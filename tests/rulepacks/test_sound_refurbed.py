"""Records made from refurbed's API document, with its README's amounts: sound ones stay quiet, defects are found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import Library

PACK = Library.open([Path(__file__).resolve().parents[2] / "rulepacks"]).pack("refurbed")
Payload = dict[str, Any]


class Document:
    """The Swagger document beside the proto files, and the README's amounts."""

    def __init__(self, folder: Path) -> None:
        self.definitions = json.loads((folder / "refurbed-merchant-api-openapi.json").read_text())["definitions"]
        readme = (folder / "README.md").read_text(encoding="utf-8")
        told = re.search(r"\(valid: `(\d+)`, `([\d.]+)`; invalid: `([\d.]+)`\)", readme)
        assert told is not None
        self.amount, self.too_fine = told[2], told[3]

    def enum(self, name: str) -> list[str]:
        """Return the values of an enum, the one that stands for none left out."""
        return [value for value in self.definitions[name]["enum"] if value != "UNSPECIFIED"]

    def sample(self, name: str) -> Payload:
        """Make a record of a definition: each field a value of its type, amounts as the README writes them."""
        return {field: self._value(field, given) for field, given in self.definitions[name]["properties"].items()}

    def _value(self, field: str, given: Payload) -> Any:
        if "$ref" in given:
            name = given["$ref"].removeprefix("#/definitions/")
            return self.enum(name)[0] if "enum" in self.definitions[name] else self.sample(name)
        if given["type"] == "array":
            return [self._value(field, given["items"])]
        if given["type"] in ("boolean", "integer", "number"):
            return {"boolean": True, "integer": 3, "number": 0.2}[given["type"]]
        if given.get("format") == "date-time":
            return "2026-11-26T09:30:00Z"
        if given.get("format") == "int64":
            return str(len(field))
        amount = re.search(r"price|total|paid|refunded|charged", field)
        return self.amount if amount else {"hs_code": self._hs_code(given)}.get(field, field)

    @staticmethod
    def _hs_code(given: Payload) -> str | None:
        told = re.search(r"e\.g\. ([\d.]+)", given.get("description", ""))
        return told[1] if told else None


def product(offer: Payload, **changed: Any) -> Payload:
    """Turn an offer of the API into a canonical product."""
    kept = ("instance_id", "shipping_profile_id", "secondary_shipping_profile_id", "taxation", "reference_min_price",
            "set_market_prices", "battery_condition")  # fmt: skip
    record = {
        "external_id": offer["id"],
        "sku": offer["sku"],
        "title": offer["instance_name"],
        "condition": offer["grading"],
        "status": offer["state"],
        "price": offer["reference_price"],
        "currency": offer["reference_currency_code"],
        "quantity": offer["stock"],
        "warranty_months": int(offer["warranty"].removeprefix("M")),
        "attributes": {name: offer[name] for name in kept},
    }
    return {**record, **changed}


def order(given: Payload, **changed: Any) -> Payload:
    """Turn an order of the API into a canonical one."""
    record = {
        "external_id": given["id"],
        "status": given["state"],
        "placed_at": given["released_at"],
        "currency": given["currency_code"],
        "total": given["total_charged"],
        "lines": [{"sku": item["sku"], "title": item["name"], "quantity": 1} for item in given["items"]],
        "attributes": {
            "total_refunded": given["total_refunded"],
            "item_identifiers": given["items"][0]["item_identifiers"],
            "hs_code": given["items"][0]["hs_code"],
            "weight_kg": given["items"][0]["weight_kg"],
            "manufacturing_country": given["items"][0]["manufacturing_country"],
        },
    }
    return {**record, **changed}


def rules(kind: RecordKind, record: Payload) -> list[str]:
    return [violation.rule for violation in PACK.evaluate(kind, record)]


@pytest.fixture
def document(shared: Path) -> Document:
    return Document(shared / "specs" / "refurbed")


def test_an_offer_of_the_document_is_left_in_peace(document):
    assert rules(RecordKind.PRODUCT, product(document.sample("Offer"))) == []


def test_an_amount_that_the_readme_calls_invalid_is_found(document):
    record = product(document.sample("Offer"), price=document.too_fine)

    assert "price.precision" in rules(RecordKind.PRODUCT, record)


def test_every_grading_and_taxation_of_the_document_is_taken(document):
    offer = document.sample("Offer")

    for grading in document.enum("OfferGrading"):
        assert rules(RecordKind.PRODUCT, product(offer, condition=grading)) == []
    for taxation in document.enum("OfferTaxation"):
        assert rules(RecordKind.PRODUCT, product({**offer, "taxation": taxation})) == []
    for battery in document.enum("BatteryCondition"):
        assert rules(RecordKind.PRODUCT, product({**offer, "battery_condition": battery})) == []


def test_states_of_an_offer_are_known_and_a_rejected_one_is_an_error(document):
    offer = document.sample("Offer")

    found = {state: rules(RecordKind.PRODUCT, product(offer, status=state)) for state in document.enum("OfferState")}

    assert {state: told for state, told in found.items() if told} == {
        "UNVERIFIED": ["state.unverified"], "REJECTED": ["state.rejected"],
    }  # fmt: skip


def test_warranties_that_the_document_deprecates_warn_only(document):
    offer = document.sample("Offer")

    found = {warranty: rules(RecordKind.PRODUCT, product({**offer, "warranty": warranty}))
             for warranty in document.enum("OfferWarranty")}  # fmt: skip

    assert found.pop("M12") == []
    assert set(map(tuple, found.values())) == {("warranty.deprecated",)}


def test_orders_in_every_state_are_known_and_have_no_error_but_a_missing_tracking_link(document):
    given = document.sample("Order")

    for state in document.enum("OrderState"):
        found = PACK.evaluate(RecordKind.ORDER, order(given, status=state))
        errors = [violation.rule for violation in found if violation.severity is Severity.ERROR]
        assert errors == (["order.shipped.tracking"] if state == "SHIPPED" else [])
        assert "order.state.known" not in [violation.rule for violation in found]


def test_stock_of_an_offer_is_left_in_peace(document):
    offer = document.sample("Offer")

    assert rules(RecordKind.STOCK, {"sku": offer["sku"], "quantity": offer["stock"]}) == []
