"""Stock levels: theirs to ours, and how they are read.

A level is one inventory item at one location, so its `external_id` is both numbers, `<item>:<location>`. Everything is
read item by item, by rising id (which no cap ends); changes are read location by location, by modification time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from marketwright import Connection, NotFound, Page, RecordKind, Rejected, RetryLater, SourceRecord
from plugins.shopify import wire
from plugins.shopify.client import ask, call, nodes_of
from plugins.shopify.documents.stock import (
    ITEM_LEVEL,
    ITEM_LEVELS,
    LOCATION_LEVELS,
    LOCATIONS,
    STOCK_ITEMS,
)

_ITEMS = 50
_LEVELS_OF_ITEM = 10
_LEVELS = 100
_OVERLAP = timedelta(minutes=2)
"""How far before this walk's beginning, on Shopify's clock, the next one looks: levels are not sorted by time."""


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield the stock levels of tracked items: all of them first, then what changed since the cursor."""
    walk = _changes if "since" in cursor else _everything
    async for page in walk(connection, cursor):
        yield page


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one level afresh."""
    item, location = split(external_id)
    variables = {"id": wire.gid("InventoryItem", item), "location": wire.gid("Location", location)}
    node = (await call(connection, ITEM_LEVEL, variables)).get("inventoryItem")
    level = node.get("inventoryLevel") if isinstance(node, dict) else None
    if not isinstance(node, dict) or not isinstance(level, dict):
        raise NotFound(f"Shopify stocks item {item} at location {location} no more.")
    record = to_record(node, level)
    if record.deleted:
        raise NotFound(f"Shopify tracks the stock of item {item} at location {location} no more.")
    return record


def join(item: str, location: str) -> str:
    """Return the external id of an item's level at a location."""
    return f"{item}:{location}"


def split(external_id: str) -> tuple[str, str]:
    """Return item and location of a level's external id."""
    item, _, location = external_id.partition(":")
    if not item.isdigit() or not location.isdigit():
        raise Rejected("A stock level of Shopify is named <inventory item>:<location>.", code="bad_id")
    return item, location


def to_record(item_node: Mapping[str, Any], level_node: Mapping[str, Any]) -> SourceRecord:
    """Return the canonical record of a level; one that is inactive or not tracked counts as deleted."""
    item = wire.read(item_node, wire.InventoryItem)
    level = wire.read(level_node, wire.Level)
    external_id = join(wire.number(item.id), wire.number(level.location.id))
    version = wire.micros(level.updated_at)
    if not item.tracked or not level.is_active:
        return SourceRecord(kind=RecordKind.STOCK, external_id=external_id, version=version, deleted=True)
    record = {
        "sku": item.sku,
        "external_id": external_id,
        "location": level.location.name or wire.number(level.location.id),
        "quantity": available(level),
        "updated_at": level.updated_at,
    }
    bare_item = {name: value for name, value in item_node.items() if name not in {"inventoryLevel", "inventoryLevels"}}
    return SourceRecord(
        kind=RecordKind.STOCK,
        external_id=external_id,
        version=version,
        record={name: value for name, value in record.items() if value is not None},
        raw={**{name: value for name, value in level_node.items() if name != "item"}, "item": bare_item},
    )


def available(level: wire.Level) -> int | None:
    """Return the quantity that can be sold."""
    return next((it.quantity for it in level.quantities if it.name == "available"), None)


async def _everything(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Walk all items by rising id. The cursor holds `item`, the last id seen, and `began`."""
    last, began = int(cursor.get("item", 0)), cursor.get("began")
    while True:
        variables = {"first": _ITEMS, "query": f"id:>{last}" if last else None, "levels": _LEVELS_OF_ITEM}
        answer = await ask(connection, STOCK_ITEMS, variables)
        began = began or answer.at
        listed = answer.data.get("inventoryItems")
        nodes = nodes_of(listed)
        records = [
            record
            for node in nodes
            for level in await _levels(connection, node)
            if not (record := to_record(node, level)).deleted
        ]
        if not wire.read((listed or {}).get("pageInfo"), wire.PageInfo).has_next_page:
            yield Page(records=tuple(records), cursor=_next(began))
            return
        newest = max((int(wire.number(str(node.get("id")))) for node in nodes), default=last)
        if newest <= last:
            raise RetryLater("Shopify gives the same page again and again.", after=60, code="cursor_stuck")
        last = newest
        yield Page(records=tuple(records), cursor={"item": last, "began": began})


async def _levels(connection: Connection, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of an item, those beyond its first page included."""
    levels = list(nodes_of(item.get("inventoryLevels")))
    info = wire.read(item["inventoryLevels"].get("pageInfo"), wire.PageInfo)
    while info.has_next_page and info.end_cursor:
        variables = {"id": item["id"], "first": _LEVELS, "after": info.end_cursor}
        more = (await call(connection, ITEM_LEVELS, variables)).get("inventoryItem")
        if not isinstance(more, dict):
            break
        levels += nodes_of(more.get("inventoryLevels"))
        before, info = info, wire.read(more["inventoryLevels"].get("pageInfo"), wire.PageInfo)
        if info.end_cursor == before.end_cursor:
            break
    return levels


async def _changes(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Walk the locations for levels changed since. The cursor holds `since`, `began`, `location` and `after`."""
    locations, at = await _locations(connection)
    began = cursor.get("began") or at
    begin = locations.index(cursor["location"]) if cursor.get("location") in locations else 0
    after = cursor.get("after") if cursor.get("location") in locations else None
    for place, location in enumerate(locations[begin:], begin):
        while True:
            records, info = await _changed_at(connection, location, cursor["since"], after)
            moves = info.has_next_page and info.end_cursor and info.end_cursor != after
            after = info.end_cursor if moves else None
            if not moves and place == len(locations) - 1:
                yield Page(records=records, cursor=_next(began))
                return
            state = {"since": cursor["since"], "began": began}
            state |= {"location": location if moves else locations[place + 1], "after": after}
            yield Page(records=records, cursor=state)
            if not moves:
                break
    if not locations:
        yield Page(records=(), cursor=_next(began))


async def _changed_at(
    connection: Connection, location: str, since: str, after: str | None
) -> tuple[tuple[SourceRecord, ...], wire.PageInfo]:
    """Return one page of the levels at a location that changed since."""
    variables = {"id": location, "first": _LEVELS, "after": after, "query": f"updated_at:>='{since}'"}
    node = (await call(connection, LOCATION_LEVELS, variables)).get("location")
    if not isinstance(node, dict):
        return (), wire.PageInfo()
    listed = node.get("inventoryLevels")
    records = tuple(to_record(level.get("item") or {}, level) for level in nodes_of(listed))
    return records, wire.read((listed or {}).get("pageInfo"), wire.PageInfo)


async def _locations(connection: Connection) -> tuple[list[str], str]:
    """Return the global ids of all active locations, and the time on Shopify's clock before they were asked for."""
    found: list[str] = []
    after: str | None = None
    began = ""
    while True:
        answer = await ask(connection, LOCATIONS, {"first": 250, "after": after})
        began = began or answer.at
        listed = answer.data.get("locations")
        found += [str(node.get("id")) for node in nodes_of(listed)]
        info = wire.read((listed or {}).get("pageInfo"), wire.PageInfo)
        if not info.has_next_page or not info.end_cursor or info.end_cursor == after:
            return found, began
        after = info.end_cursor


def _next(began: str) -> dict[str, Any]:
    """Return the cursor of the next walk, which looks for what changed since a little before this one began."""
    return {"since": (datetime.fromisoformat(began) - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")}
