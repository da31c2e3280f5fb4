"""Whatever was recorded of real shops is understood: refusals, budgets, subscriptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from marketwright import NeedsAttention, NotFound, Rejected, Response, RetryLater
from plugins.shopify import client, products_push, refusals, stock

TITLE_OF_255 = "is too long (maximum is 255 characters)"


@pytest.fixture(scope="session")
def bodies(shared: Path) -> list[dict[str, Any]]:
    """Return every recorded GraphQL answer."""
    files = sorted((shared / "specs/shopify/graphql_recordings").glob("*.json"))
    return [body for file in files for body in _answers(json.loads(file.read_text(encoding="utf-8")))]


def _answers(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("data"), dict) or isinstance(value.get("errors"), list):
            yield value
        for inner in value.values():
            yield from _answers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _answers(inner)


def _user_errors(bodies: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for body in bodies:
        for payload in (body.get("data") or {}).values():
            if isinstance(payload, dict) and payload.get("userErrors"):
                yield payload["userErrors"]


def test_every_recorded_budget_is_read(bodies: list[dict[str, Any]]) -> None:
    with_cost = [it for it in bodies if "cost" in (it.get("extensions") or {})]

    budgets = [client.read_budget(Response(status=200, body=msgspec.json.encode(it))) for it in with_cost]

    assert len(budgets) > 100
    assert {(it.capacity, it.per_second, it.wait) for it in budgets if it} == {(2000, 100, None)}
    assert all(it and it.available and 1000 < it.available < 2000 for it in budgets)


def test_every_recorded_top_level_error_says_what_to_do(bodies: list[dict[str, Any]]) -> None:
    errors = [refusals.from_errors(it["errors"]) for it in bodies if it.get("errors")]

    assert len(errors) > 20
    assert {type(it) for it in errors} <= {Rejected, NeedsAttention, RetryLater}
    assert all(len(it.message) > 30 for it in errors)


def test_every_recorded_user_error_says_what_to_do(bodies: list[dict[str, Any]]) -> None:
    recorded = list(_user_errors(bodies))

    errors = [refusals.from_user_errors(it, products_push._locate_in_product) for it in recorded]

    assert len(errors) > 80
    assert {type(it) for it in errors} == {Rejected, NotFound}
    assert all(it[0]["message"][:100] in error.message for it, error in zip(recorded, errors, strict=True))


@pytest.mark.parametrize(
    ("scenario", "field", "message"),
    [
        ("blankTitle", "title", "Title can't be blank"),
        ("tooLongTitle", "title", f"Title {TITLE_OF_255}"),
        ("tooLongVendor", "brand", f"Vendor {TITLE_OF_255}"),
        ("tooLongProductType", "product_type", f"Product type {TITLE_OF_255}"),
    ],
)
def test_recorded_product_refusals_name_our_field(
    recording: Callable[[str], Any], scenario: str, field: str, message: str
) -> None:
    recorded = recording("product-create-input-validation")["scenarios"][scenario]["response"]
    errors = recorded["data"]["productCreate"]["userErrors"]

    error = refusals.from_user_errors(errors, products_push._locate_in_product)

    assert isinstance(error, Rejected)
    assert error.field == field
    assert message in error.message


def test_a_recorded_variant_refusal_names_the_variant(recording: Callable[[str], Any]) -> None:
    recorded = recording("product-variants-bulk-update-allow-partial-and-error-order")["partialUpdate"]
    errors = recorded["response"]["payload"]["data"]["productVariantsBulkUpdate"]["userErrors"]

    error = refusals.from_user_errors(
        errors, lambda path: products_push._locate_in_variant(path, ["variants.4.", "variants.2."])
    )

    assert isinstance(error, Rejected)
    assert (error.field, error.code) == ("variants.2.price", "greater_than_or_equal_to")


def test_recorded_levels_of_two_locations_map(recording: Callable[[str], Any]) -> None:
    recorded = recording("inventory-linkage-parity")["downstreamReadAfterInventoryActivateSecondLocation"]
    item = {**recorded["data"]["inventoryItem"], "tracked": True}
    levels = item["inventoryLevels"]["nodes"]

    records = [stock.to_record(item, {**level, "updatedAt": "2026-04-18T22:21:53Z"}) for level in levels]

    assert [it.record["location"] for it in records] == ["103 ossington", "Hermes Conformance Annex"]
    assert {it.external_id.partition(":")[0] for it in records} == {"53044947681513"}
