"""What the twin answers to our queries, in the shapes that our documents select."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugins.shopify.sandbox_nodes import (
    Json,
    end_of,
    gid,
    item_node,
    level_node,
    levels_of,
    media_of,
    number,
    page_of,
    product_node,
    variant_node,
)
from plugins.shopify.sandbox_shop import Shop


def products(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `Products`."""
    found = [it for it in shop.products.values() if _matches(variables.get("query"), it.id, it.updated_at, it.status)]
    images, variants = variables["images"], variables["variants"]
    page = page_of(
        found,
        lambda it: (it.updated_at, it.id),
        lambda it: product_node(shop, it, images, variants),
        variables,
    )
    return {**_counted(variables, "productsCount", len(found)), "products": page}


def product(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `Product`."""
    found = shop.products.get(number(variables["id"]))
    node = product_node(shop, found, variables["images"], variables["variants"]) if found else None
    return {"product": node}


def product_variants(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `ProductVariants`."""
    found = shop.products.get(number(variables["id"]))
    if found is None:
        return {"product": None}
    page = page_of(found.variants, lambda it: ("", it.id), variant_node, variables)
    return {"product": {"id": gid("Product", found.id), "variants": page}}


def product_media(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `ProductMedia`."""
    found = shop.products.get(number(variables["id"]))
    if found is None:
        return {"product": None}
    return {"product": {"id": gid("Product", found.id), "media": media_of(found, variables["first"])}}


def categories(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `Categories`."""
    wanted = str(variables["search"]).casefold()
    nodes = [
        {"id": key, "name": name.rpartition(" > ")[2], "fullName": name, "isArchived": False}
        for key, name in shop.categories.items()
        if wanted in name.casefold()
    ]
    return {"taxonomy": {"categories": {"nodes": nodes[:50]}}}


def orders(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `Orders`."""
    query = variables.get("query")
    found = [it for it in shop.orders.values() if _matches(query, number(it["id"]), it["updatedAt"])]
    page = page_of(
        found,
        lambda it: (it["updatedAt"], number(it["id"])),
        lambda it: _order_node(it, variables["lines"]),
        variables,
    )
    return {**_counted(variables, "ordersCount", len(found)), "orders": page}


def order(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `Order`."""
    found = shop.orders.get(number(variables["id"]))
    return {"order": _order_node(found, variables["lines"]) if found else None}


def order_lines(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `OrderLines`."""
    found = shop.orders.get(number(variables["id"]))
    if found is None:
        return {"order": None}
    page = page_of(found["lineItems"], lambda it: ("", number(it["id"])), lambda it: it, variables)
    return {"order": {"id": found["id"], "lineItems": page}}


def fulfillment_orders(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `FulfillmentOrders`."""
    found = shop.orders.get(number(variables["id"]))
    if found is None:
        return {"order": None}
    nodes = [
        {**it, "lineItems": {"nodes": it["lineItems"], "pageInfo": end_of(None)}}
        for it in shop.fulfillment_orders[number(found["id"])]
    ]
    sent = [{name: it[name] for name in ("id", "status", "trackingInfo")} for it in found["fulfillments"]]
    listed = {"nodes": nodes, "pageInfo": end_of(None)}
    return {"order": {"id": found["id"], "fulfillments": sent, "fulfillmentOrders": listed}}


def stock_items(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `StockItems`."""
    query = variables.get("query")
    found = [item for item, _ in shop.items() if _matches(query, item.id, item.updated_at)]
    page = page_of(
        found,
        lambda it: ("", it.id),
        lambda it: {**item_node(it), "inventoryLevels": levels_of(shop, it, {"first": variables["levels"]})},
        variables,
    )
    return {"inventoryItems": page}


def item_levels(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `ItemLevels`."""
    item = shop.item(number(variables["id"]))
    node = {**item_node(item), "inventoryLevels": levels_of(shop, item, variables)} if item else None
    return {"inventoryItem": node}


def item_level(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `ItemLevel`."""
    item, location = shop.item(number(variables["id"])), number(variables["location"])
    if item is None:
        return {"inventoryItem": None}
    level = level_node(shop, item, location) if location in item.levels else None
    return {"inventoryItem": {**item_node(item), "inventoryLevel": level}}


def locations(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `Locations`."""
    found = list(shop.locations.items())
    page = page_of(found, lambda it: ("", it[0]), lambda it: {"id": gid("Location", it[0]), "name": it[1]}, variables)
    return {"locations": page}


def location_levels(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `LocationLevels`."""
    location, query = number(variables["id"]), variables.get("query")
    if location not in shop.locations:
        return {"location": None}
    found = [
        item
        for item, _ in shop.items()
        if location in item.levels and _matches(query, item.id, item.levels[location].updated_at)
    ]
    page = page_of(
        found,
        lambda it: ("", it.id),
        lambda it: {**level_node(shop, it, location), "item": item_node(it)},
        variables,
    )
    return {"location": {"id": gid("Location", location), "inventoryLevels": page}}


def _order_node(it: Json, lines: int) -> Json:
    page = page_of(it["lineItems"], lambda line: ("", number(line["id"])), lambda line: line, {"first": lines})
    return {**it, "lineItems": page}


def _counted(variables: Mapping[str, Any], name: str, count: int) -> Json:
    return {name: {"count": count, "precision": "EXACT"}} if variables["counted"] else {}


def _matches(query: Any, identity: int, updated_at: str, status: str | None = None) -> bool:
    """Say whether something passes a search of ours: `updated_at:>='…'`, `id:>…` and `status:a,b`."""
    after, statuses, begin = _terms(str(query or ""))
    return (
        (after is None or identity > after)
        and (statuses is None or status is None or status.lower() in statuses)
        and (begin is None or datetime.fromisoformat(updated_at) >= begin)
    )


@functools.lru_cache(maxsize=64)
def _terms(query: str) -> tuple[int | None, frozenset[str] | None, datetime | None]:
    """Return the terms of a search: the id to come after, the statuses wanted, and the earliest time."""
    terms = dict(re.findall(r"(\w+):(\S+)", query))
    return (
        int(terms["id"].lstrip(">")) if "id" in terms else None,
        frozenset(terms["status"].split(",")) if "status" in terms else None,
        datetime.fromisoformat(terms["updated_at"].removeprefix(">=").strip("'")) if "updated_at" in terms else None,
    )
