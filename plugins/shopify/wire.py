"""Shopify's own shapes: the GraphQL nodes that we select, and what we read in a webhook's body.

The structs are tolerant: unknown fields are passed over and everything but an id may be missing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from marketwright import Malformed

T = TypeVar("T")


class Node(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Anything with a global id, such as `gid://shopify/Product/632910392`."""

    id: str


class PageInfo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where a page of a Relay connection ends."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Money(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An amount as text, such as `"55.0"`, and its currency."""

    amount: str = ""
    currency_code: str | None = None


class MoneyBag(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One amount in the shop's currency (that in the buyer's is not asked for)."""

    shop_money: Money = Money()


class Weight(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A weight; `unit` is KILOGRAMS, GRAMS, POUNDS or OUNCES."""

    value: float | int | None = None
    unit: str | None = None


class Measurement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is measured of an inventory item."""

    weight: Weight | None = None


class InventoryItem(Node, frozen=True, kw_only=True, rename="camel"):
    """The stocked thing behind a variant: Shopify keeps SKU and weight here."""

    sku: str | None = None
    tracked: bool = True
    requires_shipping: bool | None = None
    country_code_of_origin: str | None = None
    harmonized_system_code: str | None = None
    measurement: Measurement | None = None
    updated_at: str | None = None


class SelectedOption(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One option of a variant: Size = M."""

    name: str = ""
    value: str = ""


class Variant(Node, frozen=True, kw_only=True, rename="camel"):
    """One variant of a product."""

    title: str | None = None
    sku: str | None = None
    barcode: str | None = None
    price: str | None = None
    compare_at_price: str | None = None
    inventory_quantity: int | None = None
    inventory_policy: str | None = None
    taxable: bool | None = None
    selected_options: tuple[SelectedOption, ...] = ()
    inventory_item: InventoryItem | None = None


class Variants(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of variants."""

    nodes: tuple[Variant, ...] = ()


class Image(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A stored image; missing while it is still processed."""

    url: str | None = None
    width: int | None = None
    height: int | None = None


class OriginalSource(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The uploaded file."""

    file_size: int | None = None


class Medium(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One medium of a product; only those of type IMAGE have an id and an image here."""

    media_content_type: str = ""
    id: str | None = None
    alt: str | None = None
    mime_type: str | None = None
    image: Image | None = None
    original_source: OriginalSource | None = None


class Media(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of media."""

    nodes: tuple[Medium, ...] = ()


class OptionValue(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One value of an option."""

    name: str = ""


class Option(Node, frozen=True, kw_only=True, rename="camel"):
    """What a product's variants differ in."""

    name: str = ""
    option_values: tuple[OptionValue, ...] = ()


class Category(Node, frozen=True, kw_only=True, rename="camel"):
    """A node of Shopify's standard taxonomy."""

    full_name: str = ""


class Seo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Title and description for search engines."""

    title: str | None = None
    description: str | None = None


class PriceRange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Asked for only to learn the currency."""

    min_variant_price: Money = Money()


class Product(Node, frozen=True, kw_only=True, rename="camel"):
    """A product with its variants and media."""

    title: str | None = None
    description_html: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    handle: str | None = None
    status: str | None = None
    tags: tuple[str, ...] = ()
    total_inventory: int | None = None
    tracks_inventory: bool | None = None
    has_only_default_variant: bool = False
    online_store_url: str | None = None
    updated_at: str
    category: Category | None = None
    seo: Seo = Seo()
    price_range: PriceRange | None = msgspec.field(default=None, name="priceRangeV2")
    options: tuple[Option, ...] = ()
    media: Media = Media()
    variants: Variants = Variants()


class Location(Node, frozen=True, kw_only=True, rename="camel"):
    """A place that holds stock."""

    name: str | None = None


class Quantity(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One named quantity: available, on_hand."""

    name: str = ""
    quantity: int | None = None


class Level(Node, frozen=True, kw_only=True, rename="camel"):
    """The stock of one item at one location."""

    updated_at: str
    is_active: bool = True
    location: Location
    quantities: tuple[Quantity, ...] = ()


Identifier = int | str | None
"""A number at what we keep; carts and some others have words."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is read in the REST-shaped body of any webhook: which record it is about, and when it changed."""

    id: Identifier = None
    order_id: Identifier = None
    inventory_item_id: Identifier = None
    location_id: Identifier = None
    updated_at: str | None = None
    order_edit: dict[str, Any] | None = None


def read(node: Any, shape: type[T]) -> T:
    """Return a JSON value as the struct it should be, or raise `Malformed` with the place."""
    try:
        return msgspec.convert(node, shape)
    except msgspec.ValidationError as error:
        raise Malformed(
            f"Shopify's answer has an unexpected form: {error}", where=shape.__name__, code="unexpected_form"
        ) from error


def number(gid: str) -> str:
    """Return the numeric id at the end of a global id; this is the `external_id` everywhere."""
    return gid.partition("?")[0].rpartition("/")[2]


def gid(kind: str, external_id: str) -> str:
    """Return the global id of a numeric id; a global id stays as it is."""
    return external_id if external_id.startswith("gid://") else f"gid://shopify/{kind}/{external_id}"


def micros(moment: str) -> int:
    """Return microseconds since the epoch of an ISO time, of which digits past the sixth are cut."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError as error:
        raise Malformed("Shopify gave a time that cannot be read.", where="updated_at", code="bad_time") from error
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    since = parsed - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
