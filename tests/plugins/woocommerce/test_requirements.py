"""What a store's API says that it takes becomes requirements in our words."""

from __future__ import annotations

import json

import pytest

from marketwright import Requirement, Wanted
from plugins.woocommerce import channel
from plugins.woocommerce.requirements import PARTS, PRODUCT, VARIATION, translate


@pytest.fixture(scope="session")
def described(recorded):
    """Return the routes as a real store of 10.0.2 describes them."""
    return recorded("api/000-wp-json-index").json()["routes"]


def said(requirements: list[Requirement]) -> list[tuple[str, str, dict[str, object]]]:
    return sorted((one.field, one.check, dict(one.arguments)) for one in requirements)


async def pulled(connection) -> dict[str, tuple[Requirement, ...]]:
    return {one.name: one.requirements or () async for one in channel.pull_requirements(connection, Wanted())}


def test_a_recorded_store_says_what_products_it_takes(described) -> None:
    found, skipped = translate(described["/wc/v3/products"], PRODUCT, "recorded")

    assert said(found) == [
        ("attributes.backorders", "one_of", {"values": ["no", "notify", "yes"]}),
        ("attributes.catalog_visibility", "one_of", {"values": ["visible", "catalog", "search", "hidden"]}),
        ("attributes.external_url", "url", {}),
        ("attributes.low_stock_amount", "integer", {}),
        ("attributes.menu_order", "integer", {}),
        ("attributes.stock_status", "one_of", {"values": ["instock", "outofstock", "onbackorder"]}),
        ("attributes.tax_status", "one_of", {"values": ["taxable", "shipping", "none"]}),
        ("product_type", "one_of", {"values": ["simple", "grouped", "external", "variable"]}),
        ("quantity", "integer", {}),
        (
            "status",
            "one_of",
            {"values": ["draft", "pending", "private", "publish", "future", "auto-draft", "trash"]},
        ),
    ]
    assert skipped == []


def test_a_recorded_store_says_what_variations_it_takes(described) -> None:
    found, _ = translate(described[f"/wc/v3{PARTS[1][2]}"], VARIATION, "recorded")

    assert ("variants[].status", "one_of", {"values": ["draft", "pending", "private", "publish"]}) in said(found)


def test_no_recorded_product_breaks_what_its_store_says(described, recorded) -> None:
    """The values that a store gives out are of those that it takes: the twin's routes say what the recording says."""
    allowed = {one.field: one.arguments["values"] for one in translate(described["/wc/v3/products"], PRODUCT, "r")[0]
               if one.check == "one_of"}  # fmt: skip

    for raw in recorded("api/036-products-all-100").json():
        for theirs, ours in PRODUCT.items():
            if ours in allowed:
                assert raw[theirs] in allowed[ours]


async def test_the_twin_describes_itself_as_the_recorded_store_does(connection, described) -> None:
    found = await pulled(connection)

    real, _ = translate(described["/wc/v3/products"], PRODUCT, "recorded")
    assert [one for one in said(found["products"]) if one not in said(real)] == []
    assert said(found["variations"])[0][0].startswith("variants[].")


async def test_what_an_extension_adds_is_asked_for(connection, twin) -> None:
    twin.state.extra_arguments = {
        "type": {"type": "string", "enum": ["simple", "subscription"]},
        "sku": {"type": "string", "required": True, "minLength": 3, "maxLength": 20, "pattern": "^[A-Z]"},
        "menu_order": {"type": "number", "minimum": 0, "exclusiveMaximum": True, "maximum": 9},
        "purchase_note": {"oneOf": [{"type": "string"}, {"type": "object"}]},
        "weight": {"type": "string", "readonly": True, "maxLength": 3},
    }

    sets = [one async for one in channel.pull_requirements(connection, Wanted())]

    found = said(list(sets[0].requirements))
    assert [one for one in found if one[0] in ("sku", "product_type", "attributes.menu_order", "weight.value")] == [
        ("attributes.menu_order", "number", {}),
        ("attributes.menu_order", "range", {"minimum": 0, "below": 9}),
        ("product_type", "one_of", {"values": ["simple", "subscription"]}),
        ("sku", "max_length", {"limit": 20}),
        ("sku", "min_length", {"limit": 3}),
        ("sku", "pattern", {"regex": "^[A-Z]"}),
        ("sku", "required", {}),
    ]
    assert [one.what for one in sets[0].skipped] == ["purchase_note"]


async def test_where_a_host_lets_no_options_through_the_index_is_read(connection, twin) -> None:
    usual = await pulled(connection)
    twin.faults.fail(405, 4, match=lambda request: request.method == "OPTIONS")

    found = await pulled(connection)

    assert found == usual
    assert [one.path for one in twin.requests if one.method == "GET"] == ["/wp-json/wc/v3"] * 2


async def test_a_key_that_may_only_read_may_ask(modes, connection, twin) -> None:
    twin.state.modes = type(twin.state.modes)(permissions="read")

    assert len(await pulled(connection)) == 2


@pytest.mark.parametrize("route", [{}, {"endpoints": 5}, {"endpoints": [{"methods": ["POST"], "args": []}]}, {
    "endpoints": [{"methods": ["POST"], "args": {"name": 5, "status": {"type": "string", "enum": {}}, "sku": {}}}]}],
)  # fmt: skip
def test_a_route_of_another_shape_says_nothing(route) -> None:
    assert translate(json.loads(json.dumps(route)), PRODUCT, "odd") == ([], [])
