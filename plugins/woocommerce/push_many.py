"""Write many products in few calls: batches for what has no variations to change, one by one for the rest."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from marketwright import Connection, MarketwrightError, Push, Pushed, Rejected, Results, RetryLater
from plugins.woocommerce import faults
from plugins.woocommerce.account import ready_store
from plugins.woocommerce.client import Store
from plugins.woocommerce.pages import few_at_a_time
from plugins.woocommerce.products import fetch
from plugins.woocommerce.push import Plan, check_stored, plan_of, push
from plugins.woocommerce.wire import Fault, Json, objects

_BATCH = 20
"""Items of one batch. The store takes 100, but shared hosts time out long before (platform notes: 20 to 25)."""

Result = Pushed | MarketwrightError


async def push_many(connection: Connection, wanted: Sequence[Push]) -> Results:
    """Change products in batches, read each back, and return what became of each push, in their order.

    A product whose variations are to change is written by itself. What a batch does not answer for is `RetryLater`.
    """
    store = await ready_store(connection)
    results: dict[int, Result] = {}
    plans: dict[int, Plan] = {}
    for place, planned in enumerate(await few_at_a_time(list(wanted), lambda one: _planned(store, one))):
        if not isinstance(planned, Plan):
            results[place] = planned
        elif planned.variations:
            results[place] = await _alone(connection, wanted[place])
        elif planned.body:
            plans[place] = planned
        else:
            results[place] = Pushed(record=planned.now)
    places = list(plans)
    for start in range(0, len(places), _BATCH):
        results |= await _written(store, {place: plans[place] for place in places[start : start + _BATCH]})
    return [results[place] for place in range(len(wanted))]


async def _planned(store: Store, wanted: Push) -> Plan | MarketwrightError:
    try:
        return await plan_of(store, wanted)
    except MarketwrightError as error:
        return error


async def _alone(connection: Connection, wanted: Push) -> Result:
    try:
        return await push(connection, wanted)
    except MarketwrightError as error:
        return error


async def _written(store: Store, plans: dict[int, Plan]) -> dict[int, Result]:
    """Write one batch and read back what it changed. A batch that fails as a whole fails for each of its items."""
    update = [{"id": int(plan.now.external_id), **plan.body} for plan in plans.values()]
    try:
        answer = await store.post("/products/batch", {"update": update}, repeatable=True)
    except MarketwrightError as error:
        return dict.fromkeys(plans, error)
    items = {str(item.get("id")): item for item in objects(answer.get("update"))}
    results = await few_at_a_time(list(plans.values()), lambda plan: _result(store, plan, items))
    return dict(zip(plans, results, strict=True))


async def _result(store: Store, plan: Plan, items: dict[str, Json]) -> Result:
    """Return what became of one item: what the store says of it, then what it holds."""
    item = items.get(plan.now.external_id)
    if item is None:
        return RetryLater("The store left an item out of its answer.", code="partial_answer")
    try:
        if "error" in item:
            fault = msgspec.convert(item["error"], Fault, strict=False)
            return faults.of_item(fault, 400)
        after = await fetch(store, plan.now.external_id)
        check_stored(plan.body, after.raw)
    except msgspec.ValidationError:
        return Rejected("The store refused it without a readable reason.", code="no_reason")
    except MarketwrightError as error:
        return error
    return Pushed(record=after)
