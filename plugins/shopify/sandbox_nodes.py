"""The twin's things as GraphQL nodes, in the shapes that our documents select, and pages of them."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from plugins.shopify.sandbox_shop import Item, Medium, Product, Shop, Variant

T = TypeVar("T")
Json = dict[str, Any]
Place = tuple[str, int]


def number(global_id: Any) -> int:
    """Return the number at the end of a global id; 0 where there is none."""
    digits = str(global_id).partition("?")[0].rpartition("/")[2]
    return int(digits) if digits.isdigit() else 0


def product_node(shop: Shop, it: Product, images: int, variants: int) -> Json:
    """Return a product as `ProductFields` selects it."""
    category = {"id": it.category, "fullName": shop.categories[it.category]} if it.category else None
    return {
        "id": gid("Product", it.id),
        "title": it.title,
        "descriptionHtml": it.description,
        "vendor": it.vendor,
        "productType": it.product_type,
        "handle": it.handle,
        "status": it.status,
        "tags": it.tags,
        "totalInventory": sum(_quantity(variant) for variant in it.variants),
        "tracksInventory": any(variant.item.tracked for variant in it.variants),
        "hasOnlyDefaultVariant": it.simple,
        "onlineStoreUrl": f"https://shop.example.com/products/{it.handle}" if it.status == "ACTIVE" else None,
        "createdAt": it.created_at,
        "updatedAt": it.updated_at,
        "category": category,
        "seo": {"title": it.seo_title, "description": it.seo_description},
        "priceRangeV2": {"minVariantPrice": {"currencyCode": shop.currency}},
        "options": [
            {
                "id": gid("ProductOption", identity),
                "name": name,
                "position": place,
                "optionValues": [
                    {"id": gid("ProductOptionValue", identity * 100 + nth), "name": value}
                    for nth, value in enumerate(values)
                ],
            }
            for place, (identity, name, values) in enumerate(it.options, 1)
        ],
        "media": media_of(it, images),
        "variants": page_of(it.variants, lambda v: ("", v.id), variant_node, {"first": variants}),
    }


def variant_node(it: Variant) -> Json:
    """Return a variant as `VariantFields` selects it."""
    item = it.item
    return {
        "id": gid("ProductVariant", it.id),
        "title": " / ".join(it.options.values()),
        "sku": item.sku,
        "barcode": it.barcode,
        "price": it.price,
        "compareAtPrice": it.compare_at_price,
        "inventoryQuantity": _quantity(it),
        "inventoryPolicy": it.policy,
        "taxable": it.taxable,
        "updatedAt": it.updated_at,
        "selectedOptions": [{"name": name, "value": value} for name, value in it.options.items()],
        "inventoryItem": {
            "id": gid("InventoryItem", item.id),
            "tracked": item.tracked,
            "requiresShipping": item.requires_shipping,
            "countryCodeOfOrigin": item.country,
            "harmonizedSystemCode": item.hs_code,
            "measurement": {"weight": {"value": item.weight, "unit": item.weight_unit}},
        },
    }


def item_node(it: Item) -> Json:
    """Return a stocked thing as our stock documents select it."""
    return {
        "id": gid("InventoryItem", it.id),
        "sku": it.sku,
        "tracked": it.tracked,
        "updatedAt": it.updated_at,
    }


def level_node(shop: Shop, it: Item, location: int) -> Json:
    """Return a level as `LevelFields` selects it."""
    level = it.levels[location]
    return {
        "id": f"gid://shopify/InventoryLevel/{location}?inventory_item_id={it.id}",
        "updatedAt": level.updated_at,
        "isActive": True,
        "location": {"id": gid("Location", location), "name": shop.locations[location]},
        "quantities": [
            {"name": "available", "quantity": level.available, "updatedAt": level.updated_at},
            {"name": "on_hand", "quantity": level.available, "updatedAt": None},
        ],
    }


def levels_of(shop: Shop, it: Item, variables: Mapping[str, Any]) -> Json:
    """Return a page of an item's levels."""
    return page_of(
        list(it.levels), lambda location: ("", location), lambda location: level_node(shop, it, location), variables
    )


def media_of(it: Product, first: int) -> Json:
    """Return a page of a product's media."""
    return page_of(it.media, lambda medium: ("", medium.id), _medium_node, {"first": first})


def _medium_node(it: Medium) -> Json:
    return {
        "__typename": "MediaImage",
        "mediaContentType": "IMAGE",
        "alt": it.alt,
        "status": "READY",
        "id": gid("MediaImage", it.id),
        "mimeType": it.mime,
        "image": {"url": it.url, "width": it.width, "height": it.height},
        "originalSource": {"fileSize": it.bytes},
    }


def _quantity(it: Variant) -> int:
    return sum(level.available for level in it.item.levels.values())


def gid(kind: str, identity: int) -> str:
    """Return a global id."""
    return f"gid://shopify/{kind}/{identity}"


def page_of(
    found: Sequence[T], place: Callable[[T], Place], node: Callable[[T], Json], variables: Mapping[str, Any]
) -> Json:
    """Return a page of a Relay connection, sorted, behind the cursor."""
    after = _opened(variables.get("after"))
    rest = [it for it in found if after is None or place(it) > after]
    page = heapq.nsmallest(variables["first"], rest, key=place)
    more = len(rest) > len(page)
    return {"nodes": [node(it) for it in page], "pageInfo": end_of(place(page[-1]) if page else None, more)}


def end_of(place: Place | None, more: bool = False) -> Json:
    """Return the page info behind the last place of a page."""
    if place is None:
        return {"hasNextPage": False, "endCursor": None}
    text = json.dumps({"last_id": place[1], "last_value": place[0]}, separators=(",", ":"))
    return {"hasNextPage": more, "endCursor": base64.b64encode(text.encode()).decode()}


def _opened(cursor: Any) -> Place | None:
    if cursor is None:
        return None
    held = json.loads(base64.b64decode(cursor))
    return held["last_value"], held["last_id"]
