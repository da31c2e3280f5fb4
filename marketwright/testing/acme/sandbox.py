"""A twin of Acme: a shop on loopback that answers, refuses, throttles and sends webhooks as the platform does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from marketwright import hmac_base64
from marketwright.testing import Acts, Answer, Request, Twin, catalogue, orders, route
from marketwright.testing.acme.settings import Settings

Json = dict[str, Any]
KEY = "acme-key-123456"
PER_PAGE = 8
LONGEST_NAME = 200
_START = 1_795_000_000_000_000
_UNKNOWN = Answer(404, json={"code": "unknown"})


@dataclass(eq=False)
class Shop:
    """Acme's side. Its clock counts changes; `names` are the product's names in the shop's other languages."""

    products: dict[str, Json]
    orders: dict[str, Json]
    now: int
    rights: list[str] = field(default_factory=lambda: ["read", "write"])
    revoked: bool = False
    stores_otherwise: bool = False
    objections: list[Json] = field(default_factory=list)
    hook: Json | None = None
    twin: Twin | None = None

    def tick(self) -> int:
        """Return the time of a change, later than any before."""
        self.now += 1
        return self.now

    async def change(self, product: Json, fields: Mapping[str, Any]) -> None:
        """Change a product, date it, and send the webhook."""
        product.update(fields, changed=self.tick())
        await self.tell(product)

    async def tell(self, body: Json) -> None:
        """Send a signed webhook to whoever subscribed."""
        if self.hook is not None and self.twin is not None:
            content = msgspec.json.encode(body)
            headers = {"x-acme-signature": hmac_base64(self.hook["secret"], content)}
            await self.twin.deliver(self.hook["url"], {"Content-Type": "application/json", **headers}, content)

    async def touch(self, external_id: str) -> None:
        """Rename a product as the merchant would."""
        product = self.products[external_id]
        await self.change(product, {"name": f"{product['name']}!"})

    async def insert(self) -> str:
        """Add a product as the merchant would."""
        identity = str(self.tick())
        made = {"id": identity, "sku": f"NEW-{identity}", "name": "New", "price": "1.00", "quantity": 0}
        self.products[identity] = {**made, "names": {"de": "Neu"}, "changed": self.now}
        await self.tell(self.products[identity])
        return identity

    async def remove(self, external_id: str) -> None:
        """Delete a product as the merchant would."""
        del self.products[external_id]
        await self.tell({"id": external_id, "changed": self.tick(), "deleted": True})

    async def lose_webhooks(self) -> None:
        """Forget the subscription, as Acme does after a day of failures."""
        self.hook = None

    async def revoke_key(self) -> None:
        """Delete our key."""
        self.revoked = True

    async def withhold_right(self) -> None:
        """Let our key read only."""
        self.rights.remove("write")

    async def store_otherwise(self) -> None:
        """Answer the next write as done and keep what was."""
        self.stores_otherwise = True

    async def stored(self, external_id: str) -> Json:
        """Return all that Acme holds of a product."""
        return dict(self.products[external_id])

    async def texts(self, external_id: str) -> dict[str, dict[str, str]]:
        """Return the product's texts by language."""
        product = self.products[external_id]
        return {"en": {"name": product["name"]}, "de": {"name": product["names"]["de"]}}

    async def object_to(self, external_id: str) -> str:
        """Object to a product."""
        said = {"product": external_id, "code": "name_too_loud", "message": "The name shouts.", "field": "name"}
        self.objections.append(said)
        return "name_too_loud"


class Desk:
    """The routes over one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def first(self, request: Request) -> Answer | None:
        """Check the key."""
        if request.headers.get("x-api-key") != KEY or self.shop.revoked:
            return Answer(401, json={"code": "wrong_key"})
        return None

    async def me(self, request: Request) -> Answer:
        """Say whose shop this is and what the key may do."""
        return Answer(json={"name": "Acme shop", "rights": self.shop.rights, "currency": "EUR"})

    async def products(self, request: Request) -> Answer:
        """List what changed after a time, in the order of the changes."""
        found = _after(self.shop.products, request)
        return Answer(json=found[:PER_PAGE], headers={"X-Total": str(len(found))})

    async def product(self, request: Request) -> Answer:
        """Show or change one product."""
        product = self.shop.products.get(request.params["id"])
        if product is None:
            return _UNKNOWN
        if request.method == "PUT":
            problem = await self._write(product, request.json())
            if problem is not None:
                return Answer(422, json=problem)
        return Answer(json=product)

    async def bulk(self, request: Request) -> Answer:
        """Change many products, and answer for each."""
        answers = []
        for sent in request.json():
            product = self.shop.products.get(sent.pop("id"))
            answers.append({"code": "unknown"} if product is None else await self._write(product, sent) or {})
        return Answer(json=answers)

    async def _write(self, product: Json, sent: Json) -> Json | None:
        """Change a product; return what is wrong with it, if anything."""
        if len(str(sent.get("name", ""))) > LONGEST_NAME:
            return {"code": "too_long", "field": "name"}
        kept = {} if self.shop.stores_otherwise else sent
        self.shop.stores_otherwise = False
        await self.shop.change(product, kept)
        return None

    async def stock(self, request: Request) -> Answer:
        """List all levels, page by page."""
        ids = sorted(key for key in self.shop.products if key > request.get("after"))
        levels = [_level(self.shop.products[key]) for key in ids[:PER_PAGE]]
        return Answer(json={"levels": levels, "next": ids[PER_PAGE - 1] if len(ids) > PER_PAGE else ""})

    async def level(self, request: Request) -> Answer:
        """Show or set one level."""
        product = self.shop.products.get(request.params["id"])
        if product is None:
            return _UNKNOWN
        if request.method == "PUT":
            product["quantity"] = request.json()["quantity"]
        return Answer(json=_level(product))

    async def orders(self, request: Request) -> Answer:
        """List the orders that changed after a time."""
        return Answer(json=_after(self.shop.orders, request)[:PER_PAGE])

    async def order(self, request: Request) -> Answer:
        """Show one order, add a parcel to it, or cancel it."""
        order = self.shop.orders.get(request.params["id"])
        if order is None:
            return _UNKNOWN
        if request.path.endswith("/parcels"):
            order["parcels"].append(request.json())
            order.update(status="shipped", changed=self.shop.tick())
        elif request.path.endswith("/cancelled"):
            order.update(status="cancelled", changed=self.shop.tick())
        return Answer(json=order)

    async def verdicts(self, request: Request) -> Answer:
        """List what Acme objects to."""
        return Answer(json=self.shop.objections)

    async def hook(self, request: Request) -> Answer:
        """Show or set the one subscription."""
        if request.method == "PUT":
            self.shop.hook = request.json()
        return Answer(json={"url": self.shop.hook["url"] if self.shop.hook else None})


def sandbox(seed: int = 1, size: int = 30) -> Twin:
    """Make a twin with the believable catalogue of this seed and size; `twin.state` is its `Shop`."""
    shop = filled(seed, size)
    desk = Desk(shop)
    twin = Twin(
        name="acme",
        routes=[
            route("GET", "/me", desk.me),
            route("GET", "/products", desk.products),
            route("POST", "/products/bulk", desk.bulk),
            route("*", "/products/{id}", desk.product),
            route("GET", "/stock", desk.stock),
            route("*", "/stock/{id}", desk.level),
            route("GET", "/orders", desk.orders),
            route("GET", "/orders/{id}", desk.order),
            route("POST", "/orders/{id}/parcels", desk.order),
            route("PUT", "/orders/{id}/cancelled", desk.order),
            route("GET", "/verdicts", desk.verdicts),
            route("*", "/hook", desk.hook),
        ],
        settings=lambda base_url: Settings(base_url=base_url, api_key=KEY, webhook_secret="acme-hook-secret"),  # noqa: S106 - the twin's own
        state=shop,
        first=desk.first,
        acts=Acts(
            touch=shop.touch,
            insert=shop.insert,
            remove=shop.remove,
            lose_webhooks=shop.lose_webhooks,
            revoke_key=shop.revoke_key,
            withhold_right=shop.withhold_right,
            store_otherwise=shop.store_otherwise,
            stored=shop.stored,
            texts=shop.texts,
            object_to=shop.object_to,
        ),
        key_headers=("x-api-key",),
    )
    shop.twin = twin
    return twin


def filled(seed: int, size: int) -> Shop:
    """Return a shop with the kit's catalogue and orders, in Acme's own form."""
    made = catalogue(seed=seed, size=size)
    products = {
        it["external_id"]: {
            "id": it["external_id"],
            "sku": it["sku"],
            "name": it["title"],
            "price": it["price"],
            "quantity": it["quantity"],
            "names": {"de": f"Artikel {number}"},
            "changed": _START + number,
        }
        for number, it in enumerate(made)
    }
    sold = {
        it["external_id"]: {
            "id": it["external_id"],
            "number": it["number"],
            "status": it["status"],
            "total": it["total"],
            "parcels": [],
            "changed": _START + number,
        }
        for number, it in enumerate(orders(seed, made))
    }
    return Shop(products=products, orders=sold, now=_START + size + len(sold))


def _after(held: Mapping[str, Json], request: Request) -> list[Json]:
    newer = [it for it in held.values() if it["changed"] > int(request.get("after", "0"))]
    return sorted(newer, key=lambda it: it["changed"])


def _level(product: Json) -> Json:
    return {name: product[name] for name in ("id", "sku", "quantity", "changed")}
