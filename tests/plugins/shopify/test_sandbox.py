"""The twin is honest: its answers are what Shopify's schema allows, and it refuses as recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from graphql import GraphQLSchema, execute, parse

from marketwright.testing import Answer, Request, Twin, route
from plugins.shopify.documents import Document
from plugins.shopify.sandbox import sandbox

TOKEN = f"shpat_twin{1:028x}"
PRODUCT = "gid://shopify/Product/8971000000000"
VARIANT = "gid://shopify/ProductVariant/50643000000500"
ITEM = "gid://shopify/InventoryItem/50643000000000"
OPTION = "gid://shopify/ProductOption/8971000000900"
LOCATION = "gid://shopify/Location/68509171945"
ORDER = "gid://shopify/Order/7001"
HOOK = {"uri": "http://127.0.0.1:1/hook", "format": "JSON"}
QUANTITY = {"inventoryItemId": ITEM, "locationId": LOCATION, "quantity": 5, "changeFromQuantity": None}
STOCK = {"name": "available", "reason": "correction", "quantities": [QUANTITY]}
WALK = {"first": 5, "after": None, "query": None, "counted": True}

VARIABLES: dict[str, dict[str, Any]] = {
    "Account": {},
    "Products": {**WALK, "images": 5, "variants": 5},
    "Product": {"id": PRODUCT, "images": 5, "variants": 5},
    "ProductVariants": {"id": PRODUCT, "first": 5, "after": None},
    "ProductMedia": {"id": PRODUCT, "first": 50},
    "Categories": {"search": "Skillets"},
    "Orders": {**WALK, "lines": 2},
    "Order": {"id": ORDER, "lines": 1},
    "OrderLines": {"id": ORDER, "first": 1, "after": None},
    "FulfillmentOrders": {"id": ORDER, "after": None},
    "StockItems": {"first": 5, "query": None, "levels": 5},
    "ItemLevels": {"id": ITEM, "first": 5, "after": None},
    "ItemLevel": {"id": ITEM, "location": LOCATION},
    "Locations": {"first": 5, "after": None},
    "LocationLevels": {"id": LOCATION, "first": 5, "after": None, "query": None},
    "UpdateProduct": {"product": {"id": PRODUCT, "title": "A skillet"}},
    "UpdateVariants": {"productId": PRODUCT, "variants": [{"id": VARIANT, "price": "12"}]},
    "UpdateOption": {"productId": PRODUCT, "option": {"id": OPTION, "name": "Size"}},
    "UpdateFiles": {"files": [{"id": "gid://shopify/MediaImage/8971000000700", "alt": "A skillet"}]},
    "SetStock": {"input": STOCK, "key": "one"},
    "CreateFulfillment": {"fulfillment": {"lineItemsByFulfillmentOrder": []}},
    "CancelOrder": {"id": ORDER, "reason": "OTHER", "restock": True, "notify": False, "note": None},
    "Subscriptions": {"first": 5, "after": None, "uri": None},
    "Subscribe": {"topic": "PRODUCTS_UPDATE", "webhookSubscription": HOOK},
    "Resubscribe": {"id": "gid://shopify/WebhookSubscription/1", "webhookSubscription": HOOK},
}


async def ask(twin: Twin, document: Document, variables: dict[str, Any], **changes: Any) -> Answer:
    asked = {"query": document.text, "operationName": document.name, "variables": variables, **changes}
    return await twin.answer(
        Request(
            method="POST",
            path="/admin/api/2026-07/graphql.json",
            headers={"x-shopify-access-token": TOKEN},
            body=msgspec.json.encode(asked),
        )
    )


def parcel(twin: Twin) -> dict[str, Any]:
    waiting = next(listed[0] for listed in twin.state.shop.fulfillment_orders.values() if listed)
    return {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": waiting["id"]}]}


def message_of(answer: Answer) -> str:
    body = answer.json
    errors = body.get("errors") or next(iter(body["data"].values())).get("userErrors", [])
    return "; ".join(error["message"] for error in errors)


@pytest.mark.parametrize("name", VARIABLES)
async def test_an_answer_is_exactly_what_the_schema_makes_of_the_document(
    schema: GraphQLSchema, documents: dict[str, Document], name: str
) -> None:
    twin = sandbox(size=12)
    given = VARIABLES[name] if name != "CreateFulfillment" else {"fulfillment": parcel(twin)}

    answer = await ask(twin, documents[name], given)

    data = answer.json["data"]
    carried_out = execute(schema, parse(documents[name].text), root_value=data, variable_values=given)
    assert carried_out.errors is None
    assert carried_out.data == data
    assert name == "Resubscribe" or not message_of(answer)


def test_every_document_is_known_to_the_twin(documents: dict[str, Document]) -> None:
    assert set(VARIABLES) == set(documents)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("UpdateProduct", {"product": {"id": PRODUCT, "title": " "}}, "Title can't be blank"),
        (
            "UpdateProduct",
            {"product": {"id": PRODUCT, "vendor": "v" * 256}},
            "Vendor is too long (maximum is 255 characters)",
        ),
        ("UpdateProduct", {"product": {"id": "gid://shopify/Product/1", "title": "A"}}, "Product does not exist"),
        (
            "UpdateVariants",
            {"variants": [{"id": VARIANT, "price": "-1.00", "compareAtPrice": "1000000000000000000"}]},
            "must be less than 1000000000000000000; Price must be greater than or equal to 0",
        ),
        (
            "SetStock",
            {"input": {**STOCK, "quantities": [{**QUANTITY, "quantity": 2_000_000_000}]}},
            "The quantity can't be higher than 1,000,000,000.",
        ),
        (
            "SetStock",
            {"input": {**STOCK, "quantities": [{**QUANTITY, "inventoryItemId": "gid://shopify/InventoryItem/9"}]}},
            "The specified inventory item could not be found.",
        ),
        (
            "SetStock",
            {"input": {**STOCK, "quantities": [{k: v for k, v in QUANTITY.items() if k != "changeFromQuantity"}]}},
            "InventoryQuantityInput must include the following argument: changeFromQuantity.",
        ),
        (
            "Subscribe",
            {"webhookSubscription": {"uri": "http://shop.example.com/hook"}},
            "Address protocol http:// is not supported",
        ),
    ],
)
async def test_it_refuses_with_the_recorded_words(
    documents: dict[str, Document], name: str, changes: dict[str, Any], message: str
) -> None:
    twin = sandbox(size=12)

    answer = await ask(twin, documents[name], {**VARIABLES[name], **changes})

    assert message_of(answer) == message


async def test_stock_without_the_directive_is_refused(
    documents: dict[str, Document], recording: Callable[[str], Any]
) -> None:
    recorded = recording("inventory-quantity-contracts-2026-04")["missingSetIdempotency"]["response"]
    twin = sandbox(size=12)
    bare = documents["SetStock"].text.replace("@idempotent(key: $key)", "")

    answer = await ask(twin, documents["SetStock"], VARIABLES["SetStock"], query=bare)

    assert answer.json["errors"][0]["message"] == recorded["errors"][0]["message"]
    assert answer.json["errors"][0]["extensions"] == recorded["errors"][0]["extensions"]
    assert answer.json["data"] == recorded["data"]


async def test_a_key_that_was_seen_gets_its_first_answer(documents: dict[str, Document]) -> None:
    twin = sandbox(size=12)
    first = await ask(twin, documents["SetStock"], VARIABLES["SetStock"])

    again = await ask(twin, documents["SetStock"], VARIABLES["SetStock"])

    assert again.json["data"] == first.json["data"]


async def test_an_empty_bucket_is_refused_with_status_200(documents: dict[str, Document]) -> None:
    twin = sandbox(size=12, capacity=100, restore_rate=1)
    await ask(twin, documents["Products"], VARIABLES["Products"])

    answer = await ask(twin, documents["Products"], VARIABLES["Products"])

    assert answer.status == 200
    assert answer.json["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer.json["extensions"]["cost"]["throttleStatus"]["maximumAvailable"] == 100


def test_the_same_seed_makes_the_same_shop_with_defects() -> None:
    shops = [sandbox(seed=3).state.shop for _ in range(2)]

    titles = [[product.title for product in shop.products.values()] for shop in shops]
    assert titles[0] == titles[1]
    assert len(titles[0]) == 300
    products = shops[0].products.values()
    assert sum("  " in it.title for it in products) >= 5
    assert sum("-" in (variant.barcode or "") for it in products for variant in it.variants) >= 5
    assert sum(not it.description for it in products) >= 2
    assert all("." in variant.price for it in products for variant in it.variants)
    assert max(len(it.title) for it in products) <= 255


async def test_eight_failed_repeats_end_a_subscription(documents: dict[str, Document]) -> None:
    async def refuse(request: Request) -> Answer:
        return Answer(500)

    inbox = Twin("inbox", [route("POST", "/hook", refuse)], settings=lambda base_url: None)
    twin = sandbox(size=12, redelivery=(0.0,) * 8)
    async with inbox.running() as inbox_url, twin.running():
        twin.settings()
        hook = {"uri": f"{inbox_url}/hook", "format": "JSON"}
        await ask(twin, documents["Subscribe"], {"topic": "PRODUCTS_UPDATE", "webhookSubscription": hook})
        await twin.state.touch("8971000000000")
        await twin.settled()

    assert len(inbox.requests) == 9
    assert twin.state.hooks.subscriptions == {}


async def test_a_merchants_deletion_is_younger_than_any_change(documents: dict[str, Document]) -> None:
    inbox: list[dict[str, str]] = []
    twin = sandbox(size=12)

    async def keep(uri: str, headers: dict[str, str], body: bytes) -> None:
        inbox.append(headers)

    twin.state.hooks.post = keep
    for topic in ("PRODUCTS_UPDATE", "PRODUCTS_DELETE"):
        await ask(twin, documents["Subscribe"], {"topic": topic, "webhookSubscription": HOOK})
    await twin.state.touch("8971000000000")
    touched = twin.state.shop.products[8971000000000].updated_at
    await twin.state.delete_product("8971000000000")

    assert [it["X-Shopify-Topic"] for it in inbox] == ["products/update", "products/delete"]
    assert inbox[1]["X-Shopify-Triggered-At"] > touched
