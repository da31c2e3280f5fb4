"""Their product as our canonical record. Values stay as the store gives them; only escaped names are unescaped.

Products are read with `context=edit`: the displayed form (`view`, which webhooks carry) has shortcodes expanded and
paragraphs added, and writing a correction of that back would freeze them into the merchant's text.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from marketwright import Record, RecordKind, SourceRecord
from plugins.woocommerce import wire
from plugins.woocommerce.settings import Settings
from plugins.woocommerce.wire import Item, Json, Product

VARIATIONS = "_variations"
"""Where the raw payload of a variable product keeps its variations, which the store gives separately."""

EXTRAS = (
    "short_description", "catalog_visibility", "featured", "virtual", "downloadable", "manage_stock", "stock_status",
    "backorders", "low_stock_amount", "sold_individually", "tax_status", "shipping_class", "external_url",
    "button_text", "purchase_note", "menu_order", "date_on_sale_from_gmt", "date_on_sale_to_gmt",
)  # fmt: skip
"""Fields of theirs without a canonical name, which stand under `attributes` with their own."""


def source(raw: Json, variations: Sequence[Json], settings: Settings) -> SourceRecord:
    """Return the record of a product and its variations; one in the trash counts as deleted."""
    product = wire.read(raw, Product)
    version = version_of(raw, *variations)
    if product.status == "trash":
        return SourceRecord(kind=RecordKind.PRODUCT, external_id=str(product.id), version=version, deleted=True)
    kept = dict(raw) if product.type != "variable" else {**raw, VARIATIONS: list(variations)}
    return SourceRecord(
        kind=RecordKind.PRODUCT,
        external_id=str(product.id),
        version=version,
        record=record(product, raw, variations, settings),
        raw=kept,
    )


def version_of(*payloads: Json) -> int:
    """Return the latest modification time among payloads, in microseconds; 0 where none tells."""
    dates = [wire.microseconds(it.get("date_modified_gmt") or it.get("date_created_gmt")) for it in payloads]
    return max((date for date in dates if date is not None), default=0)


def record(product: Product, raw: Json, variations: Sequence[Json], settings: Settings) -> Record:
    """Return the canonical record. What the store does not know (gtin, brand before 9.x) is left out."""
    price, compare_at = prices(product)
    found: Record = {
        "external_id": str(product.id),
        "sku": product.sku,
        "title": html.unescape(product.name),
        "description": product.description,
        "category": html.unescape(product.categories[0].name) if product.categories else None,
        "product_type": product.type,
        "status": product.status,
        "price": price,
        "compare_at_price": compare_at,
        "currency": settings.currency or None,
        "quantity": product.stock_quantity,
        "images": [{"url": image.src, "alt": image.alt} for image in product.images],
        "weight": _weight(product, settings),
        "dimensions": _dimensions(product, settings),
        "attributes": _attributes(product, raw),
        "tags": [html.unescape(tag.name) for tag in product.tags],
        "options": [
            {"name": attribute.name, "values": list(attribute.options)}
            for attribute in product.attributes
            if attribute.variation
        ],
        "variants": [_variant(wire.read(variation, Item), settings) for variation in variations],
        "handle": product.slug,
        "tax_class": product.tax_class,
        "url": product.permalink,
        "updated_at": wire.with_zone(product.date_modified_gmt),
    }
    if "global_unique_id" in raw:
        found["gtin"] = product.global_unique_id
    if product.brands is not None:
        found["brand"] = html.unescape(product.brands[0].name) if product.brands else None
    if product.type == "variable":
        for name in ("price", "compare_at_price"):
            del found[name]
    return found


def prices(item: Item) -> tuple[Any, Any]:
    """Return the price asked and the price struck through.

    While a sale runs, `sale_price` is asked and `regular_price` struck through; otherwise `regular_price` is asked.
    A scheduled or ended sale changes neither; its `sale_price` stands under `attributes`.
    """
    if on_sale(item):
        return item.sale_price, item.regular_price
    return item.regular_price, None


def on_sale(item: Item) -> bool:
    """Say whether the store sells at `sale_price` now."""
    return item.on_sale and item.sale_price not in ("", None)


def _weight(item: Item, settings: Settings) -> dict[str, Any] | None:
    if item.weight in ("", None):
        return None
    return {"value": item.weight, "unit": settings.weight_unit or None}


def _dimensions(item: Item, settings: Settings) -> dict[str, Any] | None:
    sides = {name: getattr(item.dimensions, name) for name in ("length", "width", "height")}
    if all(value in ("", None) for value in sides.values()):
        return None
    return {**sides, "unit": settings.dimension_unit or None}


def _attributes(product: Product, raw: Json) -> dict[str, Any]:
    """Return extras under their own names and the merchant's attributes under theirs: one value, or a list."""
    found: dict[str, Any] = {name: raw[name] for name in EXTRAS if name in raw}
    found["categories"] = [html.unescape(category.name) for category in product.categories]
    if product.sale_price not in ("", None) and not on_sale(product):
        found["sale_price"] = product.sale_price
    for attribute in product.attributes:
        if not attribute.variation and attribute.name:
            options = attribute.options
            found[attribute.name] = options[0] if len(options) == 1 else list(options)
    return found


def _variant(variation: Item, settings: Settings) -> dict[str, Any]:
    price, compare_at = prices(variation)
    variant: dict[str, Any] = {
        "external_id": str(variation.id),
        "sku": variation.sku,
        "price": price,
        "compare_at_price": compare_at,
        "quantity": variation.stock_quantity,
        "options": {attribute.name: attribute.option for attribute in variation.attributes},
        "weight": _weight(variation, settings),
        "status": variation.status,
    }
    if variation.global_unique_id is not None:
        variant["gtin"] = variation.global_unique_id
    return variant
