"""The twin's shop: what it holds, its clock, its terms, and what a merchant does in it."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from plugins.woocommerce.sandbox_shapes import Json, dates
from plugins.woocommerce.sandbox_shapes import product as shaped

KEY, SECRET = "ck_" + "7" * 40, "cs_" + "8" * 40
WEBHOOK_SECRET = "twin-webhook-sécret"  # noqa: S105 - the twin's own
UNCATEGORIZED = 15

Announce = Callable[[str, int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Modes:
    """How a twin differs from a healthy store of the recorded version.

    `permissions` is the key's: `read`, `write` or `read_write`. `over_tls` lets the twin behave as if it were called
    over TLS, so that Basic and query keys are taken; `strips_authorization` is a host that drops that header,
    `strips_totals` a proxy that drops the totals of lists; `plain_permalinks` answers only below `/index.php`.
    `version` 8 lacks brands, GTIN and `orderby=modified`.
    `tracking` is `none`, `core`, `wc-shipment-tracking/v3` or `wc-ast/v3`. With `cron` off, webhooks wait for
    `run_cron`, as they do in a shop without visitors. An owner who `declines` gives applications no key.
    """

    permissions: str = "read_write"
    over_tls: bool = False
    strips_authorization: bool = False
    plain_permalinks: bool = False
    strips_totals: bool = False
    version: int = 10
    tracking: str = "none"
    cron: bool = True
    declines: bool = False


@dataclass(eq=False)
class Shop:
    """One shop. Products and orders are held as `context=edit` gives them."""

    modes: Modes
    products: dict[int, Json] = field(default_factory=dict)
    variations: dict[int, Json] = field(default_factory=dict)
    orders: dict[int, Json] = field(default_factory=dict)
    notes: dict[int, list[Json]] = field(default_factory=dict)
    parcels: dict[int, list[Json]] = field(default_factory=dict)
    terms: dict[str, dict[int, Json]] = field(default_factory=lambda: {"categories": {}, "brands": {}, "tags": {}})
    webhooks: dict[int, Json] = field(default_factory=dict)
    nonces: set[tuple[str, str]] = field(default_factory=set)
    extra_arguments: Json = field(default_factory=dict)
    """What an extension adds to the arguments of the API, or changes in them."""
    base_url: str = ""
    last_moment: int = 0
    last_id: int = 90_000
    revoked: bool = False
    stores_otherwise: bool = False
    announce: Announce | None = None
    run_cron: Callable[[], Awaitable[None]] | None = None

    def move_to(self, base_url: str) -> None:
        """Take an address: what the shop holds has been named relative to the one before."""
        if base_url == self.base_url:
            return
        for item in (*self.products.values(), *self.variations.values(), *self.orders.values()):
            for name in ("permalink", "payment_url"):
                if name in item:
                    item[name] = base_url + item[name].removeprefix(self.base_url)
            for links in item["_links"].values():
                for link in links:
                    link["href"] = base_url + link["href"].removeprefix(self.base_url)
        self.base_url = base_url

    def now(self) -> int:
        """Return the shop's clock, in seconds."""
        return max(int(time.time()), self.last_moment)

    def new_id(self) -> int:
        """Return an id that nothing has, as WordPress numbers everything in one table."""
        self.last_id += 1
        return self.last_id

    def moved(self, item: Json) -> Json:
        """Set an item's modification time: each change a second after the one before, so that their order shows."""
        self.last_moment = max(int(time.time()), self.last_moment + 1)
        item |= dates("date_modified", self.last_moment)
        return item

    def term(self, kind: str, name: str) -> Json:
        """Return a product's reference to a term, which is made where there is none. Names are kept escaped."""
        escaped = html.escape(html.unescape(name.strip()), quote=False)
        for known in self.terms[kind].values():
            if known["name"].casefold() == escaped.casefold():
                return reference(known)
        slug = re.sub(r"[^a-z0-9]+", "-", html.unescape(escaped).lower()).strip("-")
        identity = UNCATEGORIZED if name == "Uncategorized" else self.new_id()
        made = {"id": identity, "name": escaped, "slug": slug, "parent": 0, "description": "", "count": 0}
        self.terms[kind][identity] = made
        return reference(made)

    def product_of(self, identity: int) -> Json | None:
        """Return a product or variation by id."""
        return self.products.get(identity) or self.variations.get(identity)

    def holder(self, sku: str, but: int) -> int | None:
        """Return the id of another product or variation with this SKU; the trash keeps its SKUs."""
        if not sku:
            return None
        everything = (*self.products.values(), *self.variations.values())
        return next((it["id"] for it in everything if it["sku"] == sku and it["id"] != but), None)

    def settle(self, item: Json) -> None:
        """Work out what the store derives: the price asked, whether a sale runs, the stock status."""
        regular, sale = item["regular_price"], item["sale_price"]
        item["on_sale"] = bool(sale) and _number(sale) < _number(regular) and not item["date_on_sale_to_gmt"]
        if item["type"] != "variable":
            item["price"] = sale if item["on_sale"] else regular
        if item["manage_stock"] is True:
            item["stock_status"] = "instock" if (item["stock_quantity"] or 0) > 0 else "outofstock"
        parent = self.products.get(item.get("parent_id") or 0)
        if parent is not None:
            prices = [self.variations[it]["price"] for it in parent["variations"] if it in self.variations]
            parent["price"] = min((price for price in prices if price), key=_number, default="")

    async def change(self, product_id: int | str, **fields: Any) -> Json:
        """Change a product or variation as an import or the merchant would: values are stored as they are given."""
        item = self.product_of(int(product_id))
        if item is None:
            raise KeyError(product_id)
        item.update(fields)
        await self.saved(item)
        return item

    async def add_product(self) -> str:
        """Add a simple product as the merchant would, and return its id."""
        identity = self.new_id()
        made = shaped(
            id=identity, name=f"Novelty {identity}", regular_price="12.00", **dates("date_created", self.now())
        )
        made["_links"] = {}
        self.products[identity] = made
        await self.saved(made, "created")
        return str(identity)

    async def stored(self, product_id: int | str) -> Json:
        """Return all that the shop holds of a product, its variations included."""
        item = self.products[int(product_id)]
        return {**item, "parts": {str(it): self.variations[it] for it in item["variations"]}}

    async def revoke_key(self) -> None:
        """Delete our key in the shop."""
        self.revoked = True

    async def withhold_right(self) -> None:
        """Let our key read only."""
        self.modes = replace(self.modes, permissions="read")

    async def store_otherwise(self) -> None:
        """Let the next change through the API be answered as done while the old values stay, as some plugins do."""
        self.stores_otherwise = True

    async def lose_webhooks(self) -> None:
        """Disable one webhook, as seven failures do, and delete another, as merchants do."""
        first, second, *_ = self.webhooks
        self.webhooks[first]["status"] = "disabled"
        del self.webhooks[second]

    async def touch(self, product_id: int | str) -> None:
        """Let the merchant put a tag on a product, or take it off again: what is wrong with it stays as it is."""
        tags = self.products[int(product_id)]["tags"]
        extra = self.term("tags", "back in our shop")
        left = [tag for tag in tags if tag["id"] != extra["id"]]
        await self.change(product_id, tags=[*tags, extra] if len(left) == len(tags) else left)

    async def saved(self, item: Json, event: str = "updated") -> None:
        """Move a saved item's clock, its parent's too, and announce it: every save does, also one without a change."""
        self.settle(item)
        self.moved(item)
        parent = self.products.get(item.get("parent_id") or 0)
        if parent is not None:
            parent |= {name: item[name] for name in ("date_modified", "date_modified_gmt")}
        if self.announce is not None:
            await self.announce(f"product.{event}", item["id"])

    async def trash(self, product_id: int | str) -> None:
        """Put a product in the trash: webhooks get its id only, lists leave it out, its SKU stays taken."""
        item = self.products[int(product_id)]
        item["status"] = "trash"
        self.moved(item)
        if self.announce is not None:
            await self.announce("product.deleted", item["id"])

    async def restore(self, product_id: int | str) -> None:
        """Take a product out of the trash; WordPress makes it a draft."""
        item = self.products[int(product_id)]
        item["status"] = "draft"
        self.moved(item)
        if self.announce is not None:
            await self.announce("product.restored", item["id"])

    async def change_order(self, order_id: int | str, **fields: Any) -> Json:
        """Change an order and announce it."""
        order = self.orders[int(order_id)]
        order.update(fields)
        self.moved(order)
        if self.announce is not None:
            await self.announce("order.updated", order["id"])
        return order

    async def trash_order(self, order_id: int | str) -> None:
        """Put an order in the trash. The topic of products hears of it too, with the order's id (recorded)."""
        order = self.orders[int(order_id)]
        order["status"] = "trash"
        self.moved(order)
        if self.announce is not None:
            await self.announce("order.deleted", order["id"])
            await self.announce("product.deleted", order["id"])


def reference(term: Json) -> Json:
    """Return a term as products show it."""
    return {"id": term["id"], "name": term["name"], "slug": term["slug"]}


def _number(text: Any) -> float:
    try:
        return float(str(text).replace(",", "."))
    except ValueError:
        return 0.0
