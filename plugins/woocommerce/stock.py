"""Stock: what a product or variation has, read and set. WooCommerce has no locations.

A stock record's external id is the product's, or `product/variation`; both forms are taken when stock is set, and
the bare id of a variation too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from marketwright import (
    Conflict,
    Connection,
    MarketwrightError,
    NotFound,
    Page,
    RecordKind,
    Rejected,
    RetryLater,
    SourceRecord,
    StockLevel,
)
from plugins.woocommerce import faults, wire
from plugins.woocommerce.client import Pairs, Store, open_store
from plugins.woocommerce.pages import few_at_a_time, walk
from plugins.woocommerce.product_record import version_of
from plugins.woocommerce.products import variations_of
from plugins.woocommerce.wire import Fault, Json, objects

_FIELDS = "id,parent_id,type,sku,status,manage_stock,stock_quantity,stock_status,date_modified_gmt,variations"
_ONLY: Pairs = (("_fields", _FIELDS),)
_BATCH = 20
"""Items of one batch. The store takes 100, but shared hosts time out long before (platform notes: 20 to 25)."""


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
    """Yield the stock of products and variations changed since the cursor; those without stock-keeping have None."""
    store = open_store(connection)
    async for batch in walk(store, "/products", cursor, _ONLY):
        levels = await few_at_a_time(batch.items, lambda item: _levels(store, item))
        yield Page(records=tuple(it for part in levels for it in part), cursor=batch.cursor)


async def pull_one(connection: Connection, external_id: str) -> SourceRecord:
    """Read the stock of one product or variation afresh."""
    product, variation = _ids(external_id)
    store = open_store(connection)
    if variation:
        return _record(await store.get_object(f"/products/{product}/variations/{variation}", _ONLY), external_id)
    return _record(await store.get_object(f"/products/{product}", _ONLY), external_id)


async def push(connection: Connection, levels: Sequence[StockLevel]) -> None:
    """Set quantities, switching stock-keeping on where it was off, and check what the store kept.

    Where `expected` is given and the store holds something else (something was sold since), the quantity is not set.
    All levels are tried; then the first thing that went wrong is raised, with every id it happened to as detail.
    """
    store = open_store(connection)
    failed: dict[str, MarketwrightError] = {}
    groups: dict[int, list[tuple[int, StockLevel]]] = defaultdict(list)
    for level in levels:
        try:
            parent, identity = await _place(store, level)
            groups[parent].append((identity, level))
        except (Conflict, NotFound, Rejected) as error:
            failed[level.external_id] = error
    for parent, members in groups.items():
        for start in range(0, len(members), _BATCH):
            failed |= await _set(store, parent, members[start : start + _BATCH])
    if failed:
        raise _first(failed)


async def _levels(store: Store, item: Json) -> list[SourceRecord]:
    if item.get("type") != "variable":
        return [_record(item, str(item["id"]))]
    try:
        variations = await variations_of(store, int(item["id"]), _ONLY)
    except NotFound:
        return []
    return [_record(it, f"{item['id']}/{it['id']}") for it in variations]


def _record(item: Json, external_id: str) -> SourceRecord:
    return SourceRecord(
        kind=RecordKind.STOCK,
        external_id=external_id,
        version=version_of(item),
        record={
            "external_id": external_id,
            "sku": item.get("sku"),
            "location": None,
            "quantity": item.get("stock_quantity"),
            "updated_at": wire.with_zone(item.get("date_modified_gmt")),
        },
        raw=item,
    )


async def _place(store: Store, level: StockLevel) -> tuple[int, int]:
    """Return the parent (0 for a product) and the id to write to, after comparing with what is expected."""
    product, variation = _ids(level.external_id)
    if variation and level.expected is None:
        return product, variation
    path = f"/products/{product}/variations/{variation}" if variation else f"/products/{product}"
    now = await store.get_object(path, _ONLY)
    held = now.get("stock_quantity")
    if level.expected is not None and held != level.expected:
        raise Conflict(
            f"The store holds {held}, not {level.expected}; it is not overwritten.",
            versions={"before": level.expected, "after": level.quantity, "now": held},
        )
    if variation:
        return product, variation
    return (int(now.get("parent_id") or 0) if now.get("type") == "variation" else 0), product


async def _set(store: Store, parent: int, members: Sequence[tuple[int, StockLevel]]) -> dict[str, MarketwrightError]:
    """Write one batch; return what went wrong, by external id."""
    path = f"/products/{parent}/variations/batch" if parent else "/products/batch"
    update = [{"id": identity, "manage_stock": True, "stock_quantity": it.quantity} for identity, it in members]
    answer = await store.post(path, {"update": update}, repeatable=True)
    stored = {item.get("id"): item for item in objects(answer.get("update"))}
    failed: dict[str, MarketwrightError] = {}
    for identity, level in members:
        item = stored.get(identity)
        if item is None:
            failed[level.external_id] = RetryLater("The store left an item out of its answer.", code="partial_answer")
        elif "error" in item:
            failed[level.external_id] = faults.of_item(msgspec.convert(item["error"], Fault, strict=False), 400)
        elif item.get("stock_quantity") != level.quantity:
            failed[level.external_id] = Rejected(
                f"The store kept {item.get('stock_quantity')} instead of {level.quantity}.",
                code="not_stored",
                field="quantity",
            )
    return failed


def _first(failed: dict[str, MarketwrightError]) -> MarketwrightError:
    """Return the error to raise: what passes by itself comes last, so that the rest is not tried for ever."""
    errors = sorted(failed.values(), key=lambda error: isinstance(error, RetryLater))
    first = errors[0]
    if isinstance(first, Rejected):
        first.detail = {"failed": sorted(failed)}
    return first


def _ids(external_id: str) -> tuple[int, int]:
    product, _, variation = external_id.partition("/")
    if not product.isdigit() or (variation and not variation.isdigit()):
        raise NotFound("The stock of a WooCommerce product is named by its id, or product/variation.")
    return int(product), int(variation or 0)
