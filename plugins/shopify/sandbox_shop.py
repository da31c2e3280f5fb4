"""The twin's shop: what it sells and has sold, its clock, and what a merchant does in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

Notify = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Sends the webhooks of a topic (`PRODUCTS_UPDATE`) with a body to everyone who subscribed."""


@dataclass(eq=False)
class Level:
    """What can be sold at one location."""

    available: int
    updated_at: str


@dataclass(eq=False)
class Item:
    """A stocked thing."""

    id: int
    sku: str | None
    weight: float
    weight_unit: str = "KILOGRAMS"
    tracked: bool = True
    requires_shipping: bool = True
    country: str | None = None
    hs_code: str | None = None
    levels: dict[int, Level] = field(default_factory=dict)
    updated_at: str = ""


@dataclass(eq=False)
class Variant:
    """A variant; its SKU, weight and stock are its item's."""

    id: int
    item: Item
    price: str
    barcode: str | None
    compare_at_price: str | None
    options: dict[str, str]
    taxable: bool = True
    policy: str = "DENY"
    updated_at: str = ""


@dataclass(eq=False)
class Medium:
    """An image."""

    id: int
    url: str
    alt: str
    width: int
    height: int
    mime: str
    bytes: int


@dataclass(eq=False)
class Product:
    """A product. `category` is a taxonomy id, `options` are id, name and values."""

    id: int
    title: str
    description: str
    vendor: str
    product_type: str
    handle: str
    tags: list[str]
    category: str | None
    options: list[tuple[int, str, list[str]]]
    media: list[Medium]
    variants: list[Variant]
    created_at: str
    updated_at: str
    status: str = "ACTIVE"
    seo_title: str | None = None
    seo_description: str | None = None

    @property
    def simple(self) -> bool:
        """Say whether its only variant is the default one."""
        return len(self.variants) == 1 and self.variants[0].options == {"Title": "Default Title"}


@dataclass(eq=False)
class Shop:
    """All of the shop. Orders are kept as the nodes that are answered, fulfilment orders beside them."""

    name: str = "Hearth & Trail"
    currency: str = "EUR"
    products: dict[int, Product] = field(default_factory=dict)
    locations: dict[int, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    fulfillment_orders: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    idempotent: dict[str, dict[str, Any]] = field(default_factory=dict)
    newest: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    notify: Notify | None = None
    next_id: int = 99_000_000_000_000
    stores_otherwise: bool = False

    def now(self) -> str:
        """Return the time of a change: now, and at least a second after any other, as times have whole seconds."""
        self.newest = max(datetime.now(UTC).replace(microsecond=0), self.newest + timedelta(seconds=1))
        return self.newest.strftime("%Y-%m-%dT%H:%M:%SZ")

    def new_id(self) -> int:
        """Return an id that nothing has yet."""
        self.next_id += 1
        return self.next_id

    def items(self) -> list[tuple[Item, Variant]]:
        """Return every stocked thing with its variant, by id."""
        found = [(variant.item, variant) for product in self.products.values() for variant in product.variants]
        return sorted(found, key=lambda pair: pair[0].id)

    def item(self, number: int) -> Item | None:
        """Return one stocked thing."""
        return next((item for item, _ in self.items() if item.id == number), None)

    async def changed(self, product: Product, topic: str = "PRODUCTS_UPDATE") -> None:
        """Date a product anew and tell its subscribers."""
        product.updated_at = self.now()
        await self.tell(topic, product_body(self, product))

    async def tell(self, topic: str, body: dict[str, Any]) -> None:
        """Send the webhooks of a topic."""
        if self.notify is not None:
            await self.notify(topic, body)

    async def edit_product(self, external_id: str, *, variant: int = 0, **fields: Any) -> None:
        """Change a product as the merchant would: `title`, `vendor`, `price`, `barcode`, `sku`, `description`, …

        Fields of a variant are those of the one at place `variant`. The signed webhook follows.
        """
        product = self.products[int(external_id)]
        one = product.variants[variant]
        for name, value in fields.items():
            holder = next((it for it in (product, one, one.item) if hasattr(it, name)), None)
            if holder is None:
                raise AttributeError(f"a Shopify product has no {name}")
            setattr(holder, name, money(value) if name in {"price", "compare_at_price"} and value else value)
        await self.changed(product)

    async def add_product(self) -> str:
        """Add a product without variants as the merchant would, and return its id."""
        model = next(product for product in self.products.values() if product.simple)
        made = deepcopy(model)
        made.id, made.handle, made.created_at = self.new_id(), f"new-{self.next_id}", self.now()
        for variant in made.variants:
            variant.id, variant.item.id, variant.item.sku = self.new_id(), self.new_id(), None
        self.products[made.id] = made
        await self.changed(made, "PRODUCTS_CREATE")
        return str(made.id)

    async def touch(self, external_id: str) -> None:
        """Let the merchant put a tag on a product, or take it off again: what is wrong with it stays as it is."""
        tags = set(self.products[int(external_id)].tags) ^ {"back in our shop"}
        await self.edit_product(external_id, tags=sorted(tags))

    async def delete_product(self, external_id: str) -> None:
        """Delete a product as the merchant would."""
        product = self.products.pop(int(external_id))
        self.now()
        await self.tell("PRODUCTS_DELETE", {"id": product.id})

    async def set_available(self, item: Item, location: int, quantity: int) -> None:
        """Set what can be sold of an item at a location, as a sale or the merchant would."""
        item.levels[location] = Level(quantity, self.now())
        body = {"inventory_item_id": item.id, "location_id": location, "available": quantity}
        await self.tell("INVENTORY_LEVELS_UPDATE", {**body, "updated_at": item.levels[location].updated_at})


def money(value: Any) -> str:
    """Return an amount as Shopify keeps it: plain, with two decimals."""
    return f"{Decimal(str(value)).quantize(Decimal('0.01')):f}"


def product_body(shop: Shop, product: Product) -> dict[str, Any]:
    """Return the REST-shaped body of a product's webhook; as at Shopify it has no weight and at most 100 variants."""
    gid = f"gid://shopify/Product/{product.id}"
    return {
        "admin_graphql_api_id": gid,
        "id": product.id,
        "title": product.title,
        "body_html": product.description,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "handle": product.handle,
        "status": product.status.lower(),
        "tags": ", ".join(product.tags),
        "created_at": product.created_at,
        "updated_at": product.updated_at,
        "variants": [_variant_body(product, place) for place in range(min(100, len(product.variants)))],
        "options": [{"id": number, "name": name, "values": values} for number, name, values in product.options],
        "images": [{"id": it.id, "src": it.url, "alt": it.alt or None} for it in product.media],
    }


def _variant_body(product: Product, place: int) -> dict[str, Any]:
    variant = product.variants[place]
    options = [*variant.options.values(), None, None][:3]
    return {
        "id": variant.id,
        "product_id": product.id,
        "position": place + 1,
        "title": " / ".join(variant.options.values()),
        "price": variant.price,
        "compare_at_price": variant.compare_at_price,
        "sku": variant.item.sku,
        "barcode": variant.barcode,
        "inventory_item_id": variant.item.id,
        "inventory_quantity": sum(level.available for level in variant.item.levels.values()),
        "inventory_policy": variant.policy.lower(),
        "taxable": variant.taxable,
        "updated_at": product.updated_at,
        **{f"option{number}": value for number, value in enumerate(options, 1)},
    }
