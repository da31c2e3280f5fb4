"""A twin of Shopify: a shop of some 300 products on loopback, which answers our documents as the Admin API does.

It knows our documents by name and answers in the shapes that they select (a test carries them out against Shopify's
schema). It keeps the cost bucket, refuses with HTTP 200 and THROTTLED, and sends signed webhooks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from marketwright.testing import Acts, Answer, Redelivery, Request, Twin, route
from plugins.shopify import sandbox_products, sandbox_queries, sandbox_trade, sandbox_webhooks
from plugins.shopify.account import SCOPES
from plugins.shopify.sandbox_grants import API_KEY, Grants
from plugins.shopify.sandbox_nodes import Json
from plugins.shopify.sandbox_seed import seeded
from plugins.shopify.sandbox_shop import Shop
from plugins.shopify.sandbox_webhooks import Hooks
from plugins.shopify.settings import Settings

Credentials = Literal["static", "client_credentials", "refresh"]
Operation = Callable[[Shop, Mapping[str, Any]], Json | Awaitable[Json]]

_UNAUTHORISED = "[API] Invalid API key or access token (unrecognized login or wrong password)"
_NOT_IDEMPOTENT = "The @idempotent directive is required for this mutation but was not provided."
_NO_CHANGE_FROM = "InventoryQuantityInput must include the following argument: changeFromQuantity."
_REDELIVERY = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)
"""Eight repeats, as Shopify makes them, but over minutes where Shopify takes four hours."""

_COSTS = {"Products": 62, "Orders": 50, "StockItems": 40, "LocationLevels": 30, "UpdateVariants": 11}

_OPERATIONS: Mapping[str, Operation] = {
    "Products": sandbox_queries.products,
    "Product": sandbox_queries.product,
    "ProductVariants": sandbox_queries.product_variants,
    "ProductMedia": sandbox_queries.product_media,
    "Categories": sandbox_queries.categories,
    "Orders": sandbox_queries.orders,
    "Order": sandbox_queries.order,
    "OrderLines": sandbox_queries.order_lines,
    "FulfillmentOrders": sandbox_queries.fulfillment_orders,
    "StockItems": sandbox_queries.stock_items,
    "ItemLevels": sandbox_queries.item_levels,
    "ItemLevel": sandbox_queries.item_level,
    "Locations": sandbox_queries.locations,
    "LocationLevels": sandbox_queries.location_levels,
    "UpdateProduct": sandbox_products.update_product,
    "UpdateVariants": sandbox_products.update_variants,
    "UpdateOption": sandbox_products.update_option,
    "UpdateFiles": sandbox_products.update_files,
    "SetStock": sandbox_trade.set_stock,
    "CreateFulfillment": sandbox_trade.create_fulfillment,
    "CancelOrder": sandbox_trade.carry_out_cancel,
}


@dataclass(eq=False, kw_only=True)
class Platform(Grants):
    """The twin's state: the `shop` (with `edit_product`, `touch`, …), its `hooks`, its tokens and its budget."""

    shop: Shop
    hooks: Hooks
    credentials: Credentials
    previous_api_secret: str
    capacity: float
    restore_rate: float
    answered_version: str | None
    available: float = 0.0
    at: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def edit_product(self, external_id: str, *, variant: int = 0, **fields: Any) -> None:
        """Change a product as the merchant would; the signed webhook follows."""
        await self.shop.edit_product(external_id, variant=variant, **fields)

    async def touch(self, external_id: str) -> None:
        """Let the merchant put a tag on a product or take it off; the signed webhook follows."""
        await self.shop.touch(external_id)

    async def delete_product(self, external_id: str) -> None:
        """Delete a product as the merchant would; the signed webhook follows."""
        await self.shop.delete_product(external_id)

    async def cancel_order(self, external_id: str) -> None:
        """Cancel an order as the merchant would; the signed webhook follows."""
        await sandbox_trade.cancel_order(self.shop, external_id)

    def lose_webhooks(self) -> None:
        """Forget every subscription, as Shopify does after eight failed deliveries."""
        self.hooks.subscriptions.clear()

    async def insert(self) -> str:
        """Add a product as the merchant would; the signed webhook follows."""
        return await self.shop.add_product()

    async def stored(self, external_id: str) -> Json:
        """Return all that the shop holds of a product."""
        return asdict(self.shop.products[int(external_id)])

    async def store_otherwise(self) -> None:
        """Let the next change of a product be answered as done, and keep the product as it was."""
        self.shop.stores_otherwise = True

    async def revoke_key(self) -> None:
        """Take every access token back, as when the app is uninstalled."""
        self.tokens.clear()

    async def withhold_right(self) -> None:
        """Take the right to change products away from the app."""
        self.scopes = tuple(scope for scope in self.scopes if scope != "write_products")

    def throttled(self, wait: float | None = None) -> Answer:
        """Return the answer to a call that comes too fast: HTTP 200 and THROTTLED, with what is missing for it."""
        errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
        price = 10.0 if wait is None else self.available + wait * self.restore_rate
        return Answer(json={"errors": errors, "extensions": {"cost": self._cost(price, None)}})

    def first(self, request: Request) -> Answer | None:
        """Check the access token."""
        if request.path.startswith("/admin/oauth/"):
            return None
        if not self.opens(request.headers.get("x-shopify-access-token", "")):
            return Answer(401, json={"errors": _UNAUTHORISED})
        return None

    async def graphql(self, request: Request) -> Answer:
        """Carry out one document, if the bucket holds its price."""
        asked = request.json()
        name, variables = str(asked.get("operationName")), asked.get("variables") or {}
        price = _COSTS.get(name, 10)
        self._refill()
        if price > self.available:
            errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
            return self._answer(request, {"errors": errors}, price, None)
        self.available -= price
        async with self.turn:
            body = await self._carried_out(name, str(asked.get("query")), variables)
        return self._answer(request, body, price, price)

    async def _carried_out(self, name: str, text: str, variables: Mapping[str, Any]) -> Json:
        operations: dict[str, Operation] = {
            **_OPERATIONS,
            "Account": lambda shop, given: self._account(),
            "Subscriptions": lambda shop, given: sandbox_webhooks.subscriptions(self.hooks, given),
            "Subscribe": lambda shop, given: sandbox_webhooks.subscribe(shop, self.hooks, given),
            "Resubscribe": lambda shop, given: sandbox_webhooks.resubscribe(self.hooks, given),
        }
        if name not in operations:
            return _error(f"No operation named {name!r}", "BAD_REQUEST", None)
        if name == "SetStock" and (refusal := _malformed_stock(text, variables)):
            return refusal
        try:
            done = operations[name](self.shop, variables)
            return {"data": done if isinstance(done, dict) else await done}
        except sandbox_products.Invalid as error:
            return _error(str(error), "INVALID_VARIABLE", None)

    def _account(self) -> Json:
        shop = {
            "id": "gid://shopify/Shop/92891250994",
            "name": self.shop.name,
            "myshopifyDomain": "hearth-and-trail.myshopify.com",
            "currencyCode": self.shop.currency,
            "weightUnit": "KILOGRAMS",
            "ianaTimezone": "Europe/Berlin",
            "resourceLimits": {"maxProductOptions": 3, "maxProductVariants": 2048, "locationLimit": 200},
        }
        scopes = [{"handle": scope} for scope in self.scopes]
        return {"shop": shop, "currentAppInstallation": {"accessScopes": scopes}}

    def _answer(self, request: Request, body: Json, requested: float, actual: float | None) -> Answer:
        version = self.answered_version or request.params["version"]
        cost = {"cost": self._cost(requested, actual)}
        return Answer(json={**body, "extensions": cost}, headers={"X-Shopify-API-Version": version})

    def _cost(self, requested: float, actual: float | None) -> Json:
        status = {
            "maximumAvailable": self.capacity,
            "currentlyAvailable": self.available,
            "restoreRate": self.restore_rate,
        }
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}

    def _refill(self) -> None:
        now = time.monotonic()
        gained = (now - self.at) * self.restore_rate if self.at else self.capacity
        self.available, self.at = min(self.capacity, self.available + gained), now


def sandbox(
    seed: int = 1,
    size: int = 300,
    *,
    credentials: Credentials = "static",
    signs_with: Literal["current", "previous"] = "current",
    scopes: tuple[str, ...] = SCOPES,
    capacity: float = 2000,
    restore_rate: float = 100,
    answered_version: str | None = None,
    redelivery: tuple[float, ...] = _REDELIVERY,
) -> Twin:
    """Make a twin of Shopify; `twin.state` is its `Platform`. The same seed makes the same shop.

    `credentials` is the form that `twin.settings()` has. `signs_with` the previous secret is what happens just after a
    rotation. `answered_version` lets the API fall forward to another version.
    """
    platform = Platform(
        shop=seeded(seed, size),
        hooks=Hooks(secret=""),
        credentials=credentials,
        api_secret=f"shpss_twin{seed:028x}",
        previous_api_secret=f"shpss_prev{seed:028x}",
        scopes=scopes,
        capacity=capacity,
        restore_rate=restore_rate,
        answered_version=answered_version,
    )
    platform.hooks.secret = platform.api_secret if signs_with == "current" else platform.previous_api_secret
    platform.tokens = {f"shpat_twin{seed:028x}": 0.0, f"shpat_hour{seed:028x}": time.time() + 3600}
    platform.refresh_tokens = {f"shprt_twin{seed:028x}": ""}
    platform.shop.notify = platform.hooks.notify
    platform.hooks.clock = lambda: platform.shop.newest
    twin = Twin(
        name="shopify",
        routes=[
            route("GET", "/admin/oauth/authorize", platform.authorise),
            route("POST", "/admin/oauth/access_token", platform.grant),
            route("POST", "/admin/api/{version}/graphql.json", platform.graphql),
        ],
        settings=lambda base_url: _settings(platform, seed, base_url),
        state=platform,
        first=platform.first,
        redelivery=Redelivery(delays=redelivery, done=platform.hooks.decided),
        key_headers=("x-shopify-access-token",),
    )
    platform.hooks.post = twin.deliver
    twin.acts = _acts(twin, platform)
    return twin


def _acts(twin: Twin, platform: Platform) -> Acts:
    async def throttle(times: int, wait: float | None) -> None:
        twin.faults.reply(lambda request: platform.throttled(wait), times)

    async def lose_webhooks() -> None:
        platform.lose_webhooks()

    return Acts(
        touch=platform.touch,
        insert=platform.insert,
        remove=platform.delete_product,
        lose_webhooks=lose_webhooks,
        revoke_key=platform.revoke_key,
        withhold_right=platform.withhold_right,
        throttle=throttle,
        store_otherwise=platform.store_otherwise,
        stored=platform.stored,
    )


def _settings(platform: Platform, seed: int, base_url: str) -> Settings:
    """Return settings that connect to the twin, in its form of credentials."""
    platform.hooks.domain = base_url.removeprefix("http://")
    fields: dict[str, Any] = {
        "shop_domain": platform.hooks.domain,
        "api_key": API_KEY,
        "api_secret": platform.api_secret,
        "previous_api_secret": platform.previous_api_secret,
    }
    if platform.credentials == "static":
        fields["access_token"] = f"shpat_twin{seed:028x}"
    elif platform.credentials == "refresh":
        fields |= {
            "access_token": f"shpat_hour{seed:028x}",
            "refresh_token": f"shprt_twin{seed:028x}",
            "token_expires_at": int(time.time()) + 3600,
        }
    return Settings(**fields)


def _error(message: str, code: str, data: Json | None) -> Json:
    answer: Json = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return answer if data is None else {**answer, "data": data}


def _malformed_stock(text: str, variables: Mapping[str, Any]) -> Json | None:
    """Return the top-level error of a stock mutation without what it needs since 2026-04 (recorded)."""
    if "@idempotent(" not in text:
        return _error(_NOT_IDEMPOTENT, "BAD_REQUEST", {"inventorySetQuantities": None})
    if any("changeFromQuantity" not in it for it in variables["input"]["quantities"]):
        return _error(_NO_CHANGE_FROM, "INVALID_FIELD_ARGUMENTS", {"inventorySetQuantities": None})
    return None
