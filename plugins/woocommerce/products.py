"""Read products with their variations: all that changed, or one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from marketwright import Connection, NotFound, Page, SourceRecord
from plugins.woocommerce.account import learn_units, ready_store
from plugins.woocommerce.client import Pairs, Store, decoded, open_store, total
from plugins.woocommerce.pages import few_at_a_time, walk_with_trash
from plugins.woocommerce.product_record import source
from plugins.woocommerce.wire import Json, objects

EDIT: Pairs = (("context", "edit"),)


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield the products changed since the cursor with their variations, then those put in the trash since."""
    store = open_store(connection)
    if not cursor.get("live", {}).get("offset"):
        await learn_units(store)
    async for batch in walk_with_trash(store, "/products", cursor, EDIT):
        records = await _sources(store, batch.items)
        yield Page(records=records, cursor=batch.cursor, total=batch.total, complete=batch.complete)


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read one product afresh; the id of a variation gives the product that it belongs to."""
    return await fetch(await ready_store(connection), external_id)


async def fetch(store: Store, external_id: str) -> SourceRecord:
    """Return a product and its variations as the store has them now. Raise `NotFound` where it has none."""
    if not external_id.isdigit():
        raise NotFound("A WooCommerce product id is a number.")
    raw = await store.get_object(f"/products/{external_id}", EDIT)
    if raw.get("type") == "variation" and raw.get("parent_id"):
        raw = await store.get_object(f"/products/{raw['parent_id']}", EDIT)
    return source(raw, await _variations(store, raw), store.settings)


async def variations_of(store: Store, product_id: int, params: Pairs = EDIT) -> list[Json]:
    """Return all variations of a product, in the order of their ids."""
    found: dict[int, Json] = {}
    size = store.settings.page_size
    page = 0
    while True:
        page += 1
        query = [("per_page", size), ("page", page), ("orderby", "id"), ("order", "asc"), *params]
        response = await store.call("GET", f"/products/{product_id}/variations", params=query)
        items = objects(decoded(response))
        found |= {item["id"]: item for item in items if isinstance(item.get("id"), int)}
        known = total(response)
        if not items or (known is not None and page * size >= known):
            return [found[key] for key in sorted(found)]


async def _variations(store: Store, raw: Json) -> list[Json]:
    if raw.get("type") != "variable" or raw.get("status") == "trash" or not raw.get("variations"):
        return []
    return await variations_of(store, int(raw["id"]))


async def _sources(store: Store, items: Sequence[Json]) -> tuple[SourceRecord, ...]:
    """Return the records of a page. Variations take one call a product."""

    async def one(raw: Json) -> SourceRecord:
        return source(raw, await _variations_or_none(store, raw), store.settings)

    return tuple(await few_at_a_time(items, one))


async def _variations_or_none(store: Store, raw: Json) -> list[Json]:
    """Return a product's variations; none where it was deleted since its page was read."""
    try:
        return await _variations(store, raw)
    except NotFound:
        return []
