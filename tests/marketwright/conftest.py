"""A small invented platform, Acme: its channel and its twin, to try the kit for plugin authors on."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Annotated, Any

import msgspec
import pytest

from marketwright import (
    Account,
    Action,
    BadSignature,
    Bucket,
    Channel,
    Connection,
    NeedsAttention,
    NotFound,
    Pace,
    Page,
    Push,
    Pushed,
    RecordKind,
    Rejected,
    Response,
    SourceRecord,
    Subscription,
    WebhookEvent,
    WebhookRequest,
    hmac_base64,
    verify_hmac_base64,
)
from marketwright.testing import Answer, Request, Twin, catalogue, route

START = 1_795_000_000_000_000
PER_PAGE = 8


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What connects to an Acme shop."""

    base_url: str
    api_key: Annotated[str, msgspec.Meta(extra_json_schema={"secret": True})]
    webhook_secret: Annotated[str, msgspec.Meta(extra_json_schema={"secret": True})] = ""


class Shop:
    """Acme's side: products with a counter as their clock, and one webhook address."""

    def __init__(self, size: int) -> None:
        self.products = [
            {"id": str(number), "name": product["title"], "price": product["price"], "changed": START + number}
            for number, product in enumerate(catalogue(size=size), start=1)
        ]
        self.now = START + size
        self.hook: str | None = None
        self.twin: Twin | None = None

    def find(self, external_id: str) -> dict[str, Any] | None:
        return next((it for it in self.products if it["id"] == external_id), None)

    async def change(self, product: dict[str, Any], fields: Mapping[str, Any]) -> None:
        """Change a product, move its clock on, and send the webhook."""
        self.now += 1
        product.update(fields, changed=self.now)
        if self.hook is not None and self.twin is not None:
            body = msgspec.json.encode(product)
            headers = {"X-Acme-Signature": hmac_base64("acme-hook-secret", body)}
            await self.twin.deliver(self.hook, headers, body)

    def first(self, request: Request) -> Answer | None:
        if request.headers.get("x-api-key") != "acme-key-123456":
            return Answer(401, json={"error": "wrong key"})
        return None

    async def list(self, request: Request) -> Answer:
        newer = [it for it in self.products if it["changed"] > int(request.get("after", "0"))]
        newer.sort(key=lambda it: it["changed"])
        return Answer(json=newer[:PER_PAGE])

    async def one(self, request: Request) -> Answer:
        product = self.find(request.params["id"])
        return Answer(404, json={"error": "no such product"}) if product is None else Answer(json=product)

    async def put(self, request: Request) -> Answer:
        product = self.find(request.params["id"])
        if product is None:
            return Answer(404, json={"error": "no such product"})
        await self.change(product, request.json())
        return Answer(json=product)

    async def subscribe(self, request: Request) -> Answer:
        if request.method == "PUT":
            self.hook = request.json()["url"]
        return Answer(json={"url": self.hook})


def make_twin(size: int = 20) -> Twin:
    shop = Shop(size)
    shop.twin = Twin(
        "acme",
        [
            route("GET", "/products", shop.list),
            route("GET", "/products/{id}", shop.one),
            route("PUT", "/products/{id}", shop.put),
            route("*", "/hook", shop.subscribe),
        ],
        settings=lambda base_url: Settings(
            base_url=base_url, api_key="acme-key-123456", webhook_secret="acme-hook-secret"
        ),
        state=shop,
        first=shop.first,
    )
    return shop.twin


async def call(connection: Connection, method: str, path: str, **options: Any) -> Any:
    settings: Settings = connection.settings
    headers = {"X-Api-Key": settings.api_key}
    answer: Response = await connection.http.request(method, settings.base_url + path, headers=headers, **options)
    if answer.status == 401:
        raise NeedsAttention("The API key is not one that Acme knows.", code="wrong_key")
    if answer.status == 404:
        raise NotFound("Acme has no such product.")
    if answer.status >= 400:
        raise Rejected(f"Acme refused the call with status {answer.status}.")
    return answer.json()


def read_product(raw: dict[str, Any]) -> SourceRecord:
    record = {"external_id": raw["id"], "title": raw["name"], "price": raw["price"], "updated_at": str(raw["changed"])}
    return SourceRecord(kind=RecordKind.PRODUCT, external_id=raw["id"], version=raw["changed"], record=record, raw=raw)


async def test_credentials(connection: Connection) -> Account:
    await call(connection, "GET", "/products")
    return Account(name="Acme shop")


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    after = cursor.get("after", 0)
    while found := await call(connection, "GET", "/products", params={"after": after}):
        after = found[-1]["changed"]
        yield Page(records=tuple(map(read_product, found)), cursor={"after": after})


async def pull_one(connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
    return read_product(await call(connection, "GET", f"/products/{external_id}"))


async def push(connection: Connection, wanted: Push) -> Pushed:
    names = {"title": "name", "price": "price"}
    fields = {names[change.field]: change.after for change in wanted.changes}
    stored = await call(connection, "PUT", f"/products/{wanted.external_id}", json=fields)
    return Pushed(record=read_product(stored))


def read_webhook(request: WebhookRequest, connection: Connection) -> WebhookEvent:
    signature = request.headers.get("x-acme-signature", "")
    if not verify_hmac_base64([connection.settings.webhook_secret], request.body, signature):
        raise BadSignature("The webhook is not signed with this connection's secret.")
    product = msgspec.json.decode(request.body)
    return WebhookEvent(
        topic="product",
        action=Action.UPSERT,
        dedupe_key=hashlib.sha256(request.body).hexdigest(),
        kind=RecordKind.PRODUCT,
        external_id=product["id"],
        version=product["changed"],
    )


async def read_event(connection: Connection, event: WebhookEvent, body: Any) -> Sequence[SourceRecord]:
    return [read_product(body)]


async def register(connection: Connection) -> Sequence[Subscription]:
    await call(connection, "PUT", "/hook", json={"url": connection.webhook_url})
    return await subscriptions(connection)


async def subscriptions(connection: Connection) -> Sequence[Subscription]:
    url = (await call(connection, "GET", "/hook"))["url"]
    return [Subscription(id="1", topic="product", url=url, state="active")] if url else []


def make_channel(**changed: Any) -> Channel:
    """Return Acme's channel, with some functions exchanged."""
    parts: dict[str, Any] = {
        "name": "acme",
        "title": "Acme",
        "settings": Settings,
        "hosts": lambda settings: [settings.base_url.removeprefix("http://")],
        "pace": lambda settings: Pace(buckets={"default": Bucket(100, 1000)}),
        "test_credentials": test_credentials,
        "pull_products": pull,
        "pull_one": pull_one,
        "push_product": push,
        "read_webhook": read_webhook,
        "read_event": read_event,
        "register_webhooks": register,
        "list_webhooks": subscriptions,
        "repair_webhooks": register,
        "sandbox": make_twin,
    }
    return Channel(**(parts | changed))


@pytest.fixture(scope="session")
def acme() -> SimpleNamespace:
    """Return the parts of Acme: `channel(**changed)`, `twin(size)`, and its functions."""
    return SimpleNamespace(
        channel=make_channel, twin=make_twin, call=call, read_product=read_product, pull=pull, push=push,
        pull_one=pull_one, read_webhook=read_webhook, read_event=read_event, register=register,
        test_credentials=test_credentials, subscriptions=subscriptions,
    )  # fmt: skip
