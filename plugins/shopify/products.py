"""Products: theirs to ours, and how they are read.

A product whose only variant is Shopify's own "Default Title" is a simple product to people: its variant's SKU, price,
barcode, quantity and weight stand on the product itself, and `variants` and `options` are left out. Any other product
has these in `variants` only, so that one wrong value is one issue.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from marketwright import Connection, NotFound, Page, Record, RecordKind, SourceRecord
from plugins.shopify import wire
from plugins.shopify.client import call, nodes_of
from plugins.shopify.documents.products import PRODUCT, PRODUCT_MEDIA, PRODUCT_VARIANTS, PRODUCTS
from plugins.shopify.paging import Walk, changed

UNCATEGORISED = "gid://shopify/TaxonomyCategory/na"

WEIGHT_UNITS = {"KILOGRAMS": "kg", "GRAMS": "g", "POUNDS": "lb", "OUNCES": "oz"}

_IMAGES = 20
_MOST = 250
"""Arguments named `first` go up to 250 (shopify.dev "limits"), and so do the media of a product."""

_WALK = Walk(
    document=PRODUCTS,
    root="products",
    count="productsCount",
    size=25,
    variables={"images": _IMAGES, "variants": 25},
    # The schema gives `active` as the default of this filter; archived products and drafts are records too.
    filter="status:active,archived,draft,unlisted",
)


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield every product changed since the cursor, with all of its variants."""
    async for sheet in changed(connection, _WALK, cursor):
        records = [to_record(await _whole(connection, node)) for node in sheet.nodes]
        yield Page(records=tuple(records), cursor=sheet.cursor, total=sheet.total, complete=sheet.complete)


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one product afresh, with all of its variants."""
    variables = {"id": wire.gid("Product", external_id), "images": _IMAGES, "variants": _MOST}
    node = (await call(connection, PRODUCT, variables)).get("product")
    if not isinstance(node, dict):
        raise NotFound(f"Shopify has no product {external_id}.")
    return to_record(await _whole(connection, node))


async def _whole(connection: Connection, node: dict[str, Any]) -> dict[str, Any]:
    """Return the product with the variants and media beyond its first page."""
    variants = list(nodes_of(node.get("variants")))
    info = wire.read(node["variants"].get("pageInfo"), wire.PageInfo)
    while info.has_next_page and info.end_cursor:
        variables = {"id": node["id"], "first": _MOST, "after": info.end_cursor}
        more = (await call(connection, PRODUCT_VARIANTS, variables)).get("product")
        if not isinstance(more, dict):
            break  # it was deleted while we read; its webhook or the next pull says so
        variants += nodes_of(more.get("variants"))
        before, info = info, wire.read(more["variants"].get("pageInfo"), wire.PageInfo)
        if info.end_cursor == before.end_cursor:
            break
    media = node.get("media") or {}
    if (media.get("pageInfo") or {}).get("hasNextPage"):
        found = (await call(connection, PRODUCT_MEDIA, {"id": node["id"], "first": _MOST})).get("product")
        media = found["media"] if isinstance(found, dict) else media
    end = {"hasNextPage": False, "endCursor": None}
    whole = {"nodes": variants, "pageInfo": end}
    return {**node, "media": {"nodes": nodes_of(media), "pageInfo": end}, "variants": whole}


def to_record(node: dict[str, Any]) -> SourceRecord:
    """Return the canonical record of a product node."""
    product = wire.read(node, wire.Product)
    external_id = wire.number(product.id)
    record: Record = {
        "external_id": external_id,
        "title": product.title,
        "description": product.description_html,
        "brand": product.vendor,
        "product_type": product.product_type,
        "category": _category(product.category),
        "status": product.status.lower() if product.status else None,
        "currency": product.price_range.min_variant_price.currency_code if product.price_range else None,
        "handle": product.handle,
        "url": product.online_store_url,
        "tags": list(product.tags),
        "images": [_image(medium) for medium in images_of(product)],
        "attributes": _present({"seo_title": product.seo.title, "seo_description": product.seo.description}),
        "updated_at": product.updated_at,
    }
    if product.has_only_default_variant and len(product.variants.nodes) == 1:
        _fold(record, product.variants.nodes[0])
    else:
        record["quantity"] = product.total_inventory if product.tracks_inventory else None
        record["options"] = [
            {"name": option.name, "values": [value.name for value in option.option_values]}
            for option in product.options
        ]
        record["variants"] = [_variant(variant) for variant in product.variants.nodes]
    return SourceRecord(
        kind=RecordKind.PRODUCT,
        external_id=external_id,
        version=wire.micros(product.updated_at),
        record=_present(record),
        raw=node,
    )


def images_of(product: wire.Product) -> list[wire.Medium]:
    """Return the product's images in their order; videos and models are no images of ours."""
    return [medium for medium in product.media.nodes if medium.media_content_type == "IMAGE"]


def is_simple(record: Record) -> bool:
    """Say whether the default variant was folded into the product."""
    return "variants" not in record


def _fold(record: Record, variant: wire.Variant) -> None:
    """Put the only variant's fields on the product."""
    fields = _variant(variant)
    attributes = fields.pop("attributes", {})
    for name in ("external_id", "options"):
        fields.pop(name, None)
    record.update(fields)
    record["attributes"] = {**record["attributes"], **attributes}


def _variant(variant: wire.Variant) -> Record:
    item = variant.inventory_item
    weight = item.measurement.weight if item and item.measurement else None
    return _present(
        {
            "external_id": wire.number(variant.id),
            "sku": variant.sku,
            "gtin": variant.barcode,
            "price": variant.price,
            "compare_at_price": variant.compare_at_price,
            "quantity": variant.inventory_quantity if item is None or item.tracked else None,
            "options": {option.name: option.value for option in variant.selected_options},
            "weight": _weight(weight),
            "attributes": _present(
                {
                    "taxable": variant.taxable,
                    "inventory_policy": variant.inventory_policy.lower() if variant.inventory_policy else None,
                    "requires_shipping": item.requires_shipping if item else None,
                    "country_of_origin": item.country_code_of_origin if item else None,
                    "hs_code": item.harmonized_system_code if item else None,
                }
            ),
        }
    )


def _weight(weight: wire.Weight | None) -> Record | None:
    if weight is None or weight.value is None:
        return None
    return _present({"value": weight.value, "unit": WEIGHT_UNITS.get(weight.unit or "", weight.unit)})


def _category(category: wire.Category | None) -> str | None:
    """Return the full name in Shopify's taxonomy; "Uncategorized" is no category."""
    return None if category is None or category.id == UNCATEGORISED else category.full_name


def _image(medium: wire.Medium) -> Record:
    image = medium.image or wire.Image()
    return _present(
        {
            "url": image.url,
            "alt": medium.alt,
            "width": image.width,
            "height": image.height,
            "bytes": medium.original_source.file_size if medium.original_source else None,
            "format": medium.mime_type.partition("/")[2] if medium.mime_type else None,
        }
    )


def _present(fields: Mapping[str, Any]) -> Record:
    """Leave out what Shopify does not have; empty texts and lists stay, as received."""
    return {name: value for name, value in fields.items() if value is not None}
