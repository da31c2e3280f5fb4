"""The twin answers as the recorded store did: same shapes, same refusals, same silent writes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from marketwright import Connection, MarketwrightError, Response
from marketwright.testing import Twin
from plugins.woocommerce import subscriptions
from plugins.woocommerce.client import Store, open_store
from plugins.woocommerce.sandbox import sandbox

Recorded = Callable[[str], Response]
Send = Callable[..., Awaitable[Response]]


@pytest.fixture
def store(connection: Connection) -> Store:
    """Return the twin's store as the plugin calls it."""
    return open_store(connection)


@pytest.fixture
def send(store: Store) -> Send:
    """Return a function that calls the twin and gives its answer whatever the status."""

    async def raw(method: str, path: str, body: Any = None, params: Any = ()) -> Response:
        url = f"{store.settings.root}/wp-json/wc/v3{path}"
        answer: Response = await store.connection.http.request(
            method, url, json=body, params=list(params), prepare=store._prepare
        )
        return answer

    return raw


@pytest.fixture
async def simple(twin: Twin) -> int:
    """Return a plain product, and one whose SKU is LAB-0001."""
    await twin.state.change(1002, sku="LAB-0001")
    await twin.state.change(1001, sku="LAB-0003", regular_price="10.00", sale_price="", name="Mug")
    return 1001


def variable_of(twin: Twin) -> dict[str, Any]:
    """Return a product with variations."""
    found: dict[str, Any] = next(it for it in twin.state.products.values() if it["type"] == "variable")
    return found


@pytest.mark.parametrize(
    ("name", "path", "params"),
    [
        ("api/050-product-simple", "/products/1001", []),
        ("api/051-product-edit-context", "/products/1001", [("context", "edit")]),
        ("api/052-product-variable", "/products/{variable}", []),
        ("api/054-variation-one", "/products/{variable}/variations/{variation}", []),
        ("api/055-variation-via-product-route", "/products/{variation}", []),
        ("api/202-order-one", "/orders/{order}", []),
    ],
)
async def test_one_thing_has_the_recorded_keys(
    name: str, path: str, params: Any, recorded: Recorded, twin: Twin, send: Send
) -> None:
    parent = variable_of(twin)
    places = {"variable": parent["id"], "variation": parent["variations"][0], "order": next(iter(twin.state.orders))}

    shown = (await send("GET", path.format(**places), params=params)).json()

    known = recorded(name).json()
    assert shown.keys() == known.keys()
    for part in ("images", "categories", "attributes", "line_items", "billing", "dimensions"):
        theirs, ours = known.get(part), shown.get(part)
        if theirs and ours:
            sample = (theirs[0], ours[0]) if isinstance(theirs, list) else (theirs, ours)
            assert sample[1].keys() == sample[0].keys(), part


async def test_a_webhook_has_the_recorded_headers_and_keys(
    captures: Path, twin: Twin, inbox: Twin, connection: Connection
) -> None:
    await subscriptions.register(connection)
    await twin.state.change(1001, name="New — é")
    await twin.settled()
    kept = json.loads((captures / "webhook-deliveries" / "015-product-updated.json").read_text())

    request = inbox.requests[-1]

    theirs = {name.lower() for name, _ in kept["headers"] if name.startswith(("X-", "User", "Content-Type"))}
    assert theirs <= request.headers.keys()
    assert json.loads(request.body).keys() == json.loads(kept["body_text"]).keys()
    assert rb"New \u2014 \u00e9" in request.body
    assert rb"http:\/\/127.0.0.1" in request.body


WRITES: list[tuple[str, tuple[str, ...]]] = [
    ("100-put-price-and-description", ("price", "regular_price", "description", "short_description")),
    ("101-put-price-as-number", ()),
    ("102-put-price-comma", ("price", "regular_price")),
    ("104-put-price-text", ("price", "regular_price")),
    ("105-put-sale-above-regular", ("price", "regular_price", "sale_price", "on_sale")),
    ("106-put-duplicate-sku", ()),
    ("107-put-script", ("description",)),
    ("108-put-stock", ("manage_stock", "stock_quantity")),
    ("109-put-unknown-field", ()),
    ("110-put-wrong-type", ()),
    ("114-put-gtin", ("global_unique_id",)),
    ("115-put-gtin-invalid-chars", ("global_unique_id",)),
    ("121-put-invalid-status", ()),
    ("122-patch", ("short_description",)),
]


@pytest.mark.parametrize(("name", "fields"), WRITES, ids=[name for name, _ in WRITES])
async def test_a_recorded_write_is_answered_as_it_was(
    name: str, fields: tuple[str, ...], captures: Path, simple: int, send: Send
) -> None:
    kept = json.loads((captures / "api" / f"{name}.json").read_text())
    expected = json.loads(kept["response"]["body_text"])

    answer = await send(kept["request"]["method"], f"/products/{simple}", json.loads(kept["request"]["body"]))

    given = answer.json()
    assert answer.status == kept["response"]["status"]
    assert {it: given[it] for it in fields} == {it: expected[it] for it in fields}
    if answer.status >= 400:
        assert given["code"] == expected["code"]
        assert given["data"].keys() == expected["data"].keys()
        assert given["message"] == expected["message"]


async def test_an_unknown_category_makes_a_product_uncategorised(simple: int, send: Send) -> None:
    answer = await send("PUT", f"/products/{simple}", {"categories": [{"id": 98765}]})

    assert (answer.status, answer.json()["categories"]) == (
        200,
        [{"id": 15, "name": "Uncategorized", "slug": "uncategorized"}],
    )


async def test_a_price_on_a_variable_parent_is_ignored(twin: Twin, send: Send) -> None:
    answer = await send("PUT", f"/products/{variable_of(twin)['id']}", {"regular_price": "99"})

    assert (answer.status, answer.json()["regular_price"]) == (200, "")


async def test_a_page_of_101_is_refused_as_recorded(recorded: Recorded, send: Send) -> None:
    answer = await send("GET", "/products", params=[("per_page", 101)])

    known = recorded("api/034-products-per_page-101")
    assert (answer.status, answer.json()) == (known.status, known.json())


async def test_a_list_tells_totals_and_a_page_past_the_end_is_empty(send: Send) -> None:
    first = await send("GET", "/products")
    beyond = await send("GET", "/products", params=[("page", 99)])

    assert (len(first.json()), first.headers["x-wp-total"], first.headers["x-wp-totalpages"]) == (10, "60", "6")
    assert 'rel="next"' in first.headers["link"]
    assert (beyond.status, beyond.json()) == (200, [])


async def test_names_of_categories_are_escaped(twin: Twin, send: Send) -> None:
    term = twin.state.term("categories", "Kitchen & Dining")

    listed = (await send("GET", "/products/categories", params=[("search", "Kitchen & Dining")])).json()

    assert [it["name"] for it in listed if it["id"] == term["id"]] == ["Kitchen &amp; Dining"]


async def test_a_batch_answers_200_with_an_error_for_each_wrong_item(
    simple: int, recorded: Recorded, send: Send
) -> None:
    update = [{"id": simple, "regular_price": "9.95"}, {"id": 999999}, {"id": simple, "sku": "LAB-0001"}]

    answer = await send("POST", "/products/batch", {"update": update})

    known = recorded("api/133-batch").json()["update"]
    assert answer.status == 200
    assert [it.get("error", {}).get("code") for it in answer.json()["update"]] == [
        it.get("error", {}).get("code") for it in known
    ]


async def test_a_batch_over_100_is_refused(send: Send) -> None:
    answer = await send("POST", "/products/batch", {"update": [{"id": 1001}] * 101})

    assert (answer.status, answer.json()["code"]) == (413, "woocommerce_rest_request_entity_too_large")


async def test_the_trash_is_left_out_of_lists_and_shown_by_id(twin: Twin, send: Send) -> None:
    deleted = await send("DELETE", "/products/1001")

    listed = (await send("GET", "/products", params=[("include", "1001")])).json()
    shown = (await send("GET", "/products/1001")).json()
    forced = [(await send("DELETE", "/products/1001", params=[("force", "true")])).status for _ in range(2)]
    assert (deleted.json()["status"], listed, shown["status"], forced) == ("publish", [], "trash", [200, 404])


async def test_every_save_announces_even_one_that_changes_nothing(
    twin: Twin, inbox: Twin, connection: Connection, send: Send
) -> None:
    await subscriptions.register(connection)
    await twin.settled()
    inbox.requests.clear()

    await send("PUT", "/products/1001", {})
    await twin.settled()

    assert [it.headers["x-wc-webhook-topic"] for it in inbox.requests] == ["product.updated"]


@pytest.mark.parametrize("modes", [{"cron": False}])
async def test_three_quick_changes_come_as_one_delivery_with_the_last_state(
    twin: Twin, inbox: Twin, connection: Connection
) -> None:
    await subscriptions.register(connection)
    await twin.settled()
    inbox.requests.clear()
    for number in range(3):
        await twin.state.change(1001, name=f"Change {number}")
    quiet = list(inbox.requests)

    await twin.state.run_cron()
    await twin.settled()

    assert quiet == []
    assert [json.loads(it.body)["name"] for it in inbox.requests] == ["Change 2"]


async def test_an_order_in_the_trash_is_told_as_a_deleted_product_too(
    twin: Twin, inbox: Twin, connection: Connection
) -> None:
    await subscriptions.register(connection)
    await twin.settled()
    inbox.requests.clear()
    order = next(iter(twin.state.orders))

    await twin.state.trash_order(order)
    await twin.settled()

    told = {(it.headers["x-wc-webhook-topic"], it.body) for it in inbox.requests}
    body = f'{{"id":{order}}}'.encode()
    assert told == {("order.deleted", body), ("product.deleted", body)}


@pytest.mark.parametrize("modes", [{"version": 8}])
async def test_an_old_store_refuses_the_order_by_modification(store: Store) -> None:
    with pytest.raises(MarketwrightError, match="orderby"):
        await store.get("/products", [("orderby", "modified")])


async def test_the_catalogue_keeps_its_defects_as_far_as_woocommerce_holds_them() -> None:
    shop = sandbox(seed=1, size=300).state

    prices = [it["regular_price"] for it in shop.products.values()]
    assert len(shop.products) == 300
    assert any("," in price for price in prices)
    assert any(price.isdigit() for price in prices)
    assert any("-" in it["global_unique_id"] for it in shop.products.values())
    assert any("  " in it["name"] for it in shop.products.values())
    assert any(not it["description"] for it in shop.products.values())
    assert any(not it["brands"] for it in shop.products.values())
    assert any(it["categories"][0]["id"] == 15 for it in shop.products.values())


def test_the_same_seed_makes_the_same_shop() -> None:
    assert sandbox(seed=3, size=40).state.products == sandbox(seed=3, size=40).state.products
    assert sandbox(seed=3, size=40).state.products != sandbox(seed=4, size=40).state.products
