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
    Malformed,
    MarketwrightError,
    NeedsAttention,
    NotFound,
    Pace,
    Page,
    PlatformVerdict,
    Pronounced,
    Push,
    Pushed,
    RecordKind,
    Rejected,
    Response,
    Results,
    SourceRecord,
    Subscription,
    VerdictPage,
    WebhookEvent,
    WebhookRequest,
    hmac_base64,
    verify_hmac_base64,
)
from marketwright.testing import Acts, Answer, Request, Twin, catalogue, route

START = 1_795_000_000_000_000
PER_PAGE = 8
LONGEST = 200


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What connects to an Acme shop."""

    base_url: Annotated[str, msgspec.Meta(description="The address of the shop.")]
    api_key: Annotated[
        str,
        msgspec.Meta(description="The key.", extra_json_schema={"secret": True, "link": "https://acme.example/keys"}),
    ]
    webhook_secret: Annotated[
        str, msgspec.Meta(description="Signs webhooks.", extra_json_schema={"secret": True, "generated": True})
    ] = ""


class Shop:
    """Acme's side: products with a counter as their clock, and one webhook address."""

    def __init__(self, size: int) -> None:
        self.products = [
            {
                "id": str(number),
                "name": product["title"],
                "price": product["price"],
                "changed": START + number,
                "names": {"de": f"Artikel {number}"},
            }  # fmt: skip
            for number, product in enumerate(catalogue(size=size), start=1)
        ]
        self.now = START + size
        self.hook: str | None = None
        self.twin: Twin | None = None
        self.rights = ["read", "write"]
        self.revoked = False
        self.stores_otherwise = False
        self.objections: dict[str, str] = {}

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

    async def touch(self, external_id: str) -> None:
        product = self.find(external_id)
        assert product is not None
        await self.change(product, {"name": f"{product['name']}!"})

    async def insert(self) -> str:
        self.now += 1
        made = {"id": str(self.now), "name": "New", "price": "1.00", "changed": self.now, "names": {"de": "Neu"}}
        self.products.append(made)
        return str(made["id"])

    async def remove(self, external_id: str) -> None:
        self.products = [it for it in self.products if it["id"] != external_id]

    async def lose_webhooks(self) -> None:
        self.hook = None

    async def revoke_key(self) -> None:
        self.revoked = True

    async def withhold_right(self) -> None:
        self.rights.remove("write")

    async def store_otherwise(self) -> None:
        self.stores_otherwise = True

    async def stored(self, external_id: str) -> Any:
        return dict(self.find(external_id) or {})

    async def texts(self, external_id: str) -> dict[str, dict[str, str]]:
        product = self.find(external_id)
        assert product is not None
        return {"en": {"name": product["name"]}, "de": {"name": product["names"]["de"]}}

    async def object_to(self, external_id: str) -> str:
        self.objections[external_id] = "too_blue"
        return "too_blue"

    def first(self, request: Request) -> Answer | None:
        if request.headers.get("x-api-key") != "acme-key-123456" or self.revoked:
            return Answer(401, json={"error": "wrong key"})
        return None

    async def me(self, request: Request) -> Answer:
        return Answer(json={"name": "Acme shop", "rights": self.rights})

    async def verdicts(self, request: Request) -> Answer:
        return Answer(json=[{"id": key, "code": code} for key, code in self.objections.items()])

    async def list(self, request: Request) -> Answer:
        newer = [it for it in self.products if it["changed"] > int(request.get("after", "0"))]
        newer.sort(key=lambda it: it["changed"])
        return Answer(json=newer[:PER_PAGE], headers={"X-Total": str(len(newer))})

    async def one(self, request: Request) -> Answer:
        product = self.find(request.params["id"])
        return Answer(404, json={"error": "no such product"}) if product is None else Answer(json=product)

    async def put(self, request: Request) -> Answer:
        product = self.find(request.params["id"])
        if product is None:
            return Answer(404, json={"error": "no such product"})
        sent = request.json()
        if len(str(sent.get("name", ""))) > LONGEST:
            return Answer(422, json={"error": "too long", "field": "name"})
        await self.change(product, {} if self.stores_otherwise else sent)
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
            route("GET", "/me", shop.me),
            route("GET", "/verdicts", shop.verdicts),
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
        acts=Acts(
            touch=shop.touch, insert=shop.insert, remove=shop.remove, lose_webhooks=shop.lose_webhooks,
            revoke_key=shop.revoke_key, withhold_right=shop.withhold_right, store_otherwise=shop.store_otherwise,
            stored=shop.stored, texts=shop.texts, object_to=shop.object_to,
        ),
        key_headers=("x-api-key",),
    )  # fmt: skip
    return shop.twin


async def ask(connection: Connection, method: str, path: str, **options: Any) -> Response:
    settings: Settings = connection.settings
    headers = {"X-Api-Key": settings.api_key}
    answer: Response = await connection.http.request(method, settings.base_url + path, headers=headers, **options)
    if answer.status == 401:
        raise NeedsAttention("The API key is not one that Acme knows: make a new one.", code="wrong_key")
    if answer.status == 403:
        raise NeedsAttention("A firewall refuses us: ask Acme to allow our address.", code="blocked_by_host")
    if answer.status == 404:
        raise NotFound("Acme has no such product.")
    if answer.status == 422:
        raise Rejected("Acme finds it too long.", code="too_long", field=OURS.get(answer.json().get("field")))
    if answer.status >= 400:
        raise Rejected(f"Acme refused the call with status {answer.status}.")
    return answer


async def call(connection: Connection, method: str, path: str, **options: Any) -> Any:
    return (await ask(connection, method, path, **options)).json()


THEIRS = {"title": "name", "price": "price"}
OURS = {theirs: ours for ours, theirs in THEIRS.items()}


def read_product(raw: dict[str, Any]) -> SourceRecord:
    record = {"external_id": raw["id"], "title": raw["name"], "price": raw["price"], "updated_at": str(raw["changed"])}
    return SourceRecord(kind=RecordKind.PRODUCT, external_id=raw["id"], version=raw["changed"], record=record, raw=raw)


async def test_credentials(connection: Connection) -> Account:
    try:
        me = await call(connection, "GET", "/me")
    except Malformed as error:
        raise NeedsAttention("A page came in place of data: check the address.", code="not_json") from error
    return Account(name=me["name"], missing_rights=tuple({"read", "write"} - set(me["rights"])))


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    after, left, full = cursor.get("after", 0), None, cursor.get("full", not cursor)
    while left is None or left > 0:
        answer = await ask(connection, "GET", "/products", params={"after": after})
        found = answer.json()
        left = int(answer.headers["x-total"]) - len(found)
        if found:
            after = found[-1]["changed"]
            yield Page(
                records=tuple(map(read_product, found)), cursor={"after": after, "full": full and left > 0},
                total=left + len(found), complete=full and left == 0,
            )  # fmt: skip


async def pull_one(connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
    return read_product(await call(connection, "GET", f"/products/{external_id}"))


async def pull_verdicts(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[VerdictPage]:
    said = [
        Pronounced(
            external_id=it["id"], verdicts=(PlatformVerdict(code=it["code"], message="Too blue.", field="title"),)
        )
        for it in await call(connection, "GET", "/verdicts")
    ]
    yield VerdictPage(products=tuple(said), cursor={}, complete=True)


async def push(connection: Connection, wanted: Push) -> Pushed:
    fields = {THEIRS[change.field]: change.after for change in wanted.changes}
    stored = await call(connection, "PUT", f"/products/{wanted.external_id}", json=fields)
    for change in wanted.changes:
        if stored[THEIRS[change.field]] != change.after:
            raise Rejected(f"Acme stored another {change.field}.", code="not_stored", field=change.field)
    return Pushed(record=read_product(stored))


async def push_many(connection: Connection, wanted: Sequence[Push]) -> Results:
    results: list[Pushed | MarketwrightError] = []
    for one in wanted:
        try:
            results.append(await push(connection, one))
        except MarketwrightError as error:
            results.append(error)
    return results


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
        "pull_verdicts": pull_verdicts,
        "push_product": push,
        "push_products": push_many,
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
        test_credentials=test_credentials, subscriptions=subscriptions, pull_verdicts=pull_verdicts,
        push_many=push_many,
    )  # fmt: skip
