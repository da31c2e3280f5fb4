"""Walks end, resume, and never go round in circles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from marketwright import RetryLater
from marketwright.testing import Answer, Request
from plugins.shopify import paging, products

Opened = Callable[..., Any]
WALK = replace(products._WALK, size=10)


def asked(request: Request) -> dict[str, Any]:
    variables: dict[str, Any] = request.json()["variables"]
    return variables


async def test_a_window_begins_anew_before_the_cap(opened: Opened) -> None:
    async with opened(size=45) as (twin, connection):
        sheets = [sheet async for sheet in paging.changed(connection, WALK, {}, window=20)]
        queries = [(asked(it)["after"], asked(it)["query"]) for it in twin.requests]

    ids = {node["id"] for sheet in sheets for node in sheet.nodes}
    assert len(ids) == 45
    assert [after for after, query in queries if "updated_at" in query].count(None) >= 2
    assert sheets[0].total == 45
    assert set(sheets[-1].cursor) == {"since"}


async def test_an_incremental_walk_asks_for_what_changed_since_and_a_little_before(opened: Opened) -> None:
    async with opened() as (twin, connection):
        cursor = {"since": "2026-11-20T09:00:00Z"}
        sheets = [sheet async for sheet in paging.changed(connection, WALK, cursor)]
        query = asked(twin.requests[0])["query"]

    assert query.endswith("updated_at:>='2026-11-20T08:59:00Z'")
    assert sheets[-1].cursor == cursor


async def test_a_cursor_that_does_not_move_begins_a_new_window(opened: Opened) -> None:
    async with opened(size=30) as (twin, connection):
        walk = paging.changed(connection, WALK, {})
        first = await anext(walk)
        stuck = first.cursor["after"]
        twin.faults.reply(lambda request: page(first.nodes, stuck))
        rest = [sheet async for sheet in walk]

    assert asked(twin.requests[2])["after"] is None
    ids = {node["id"] for sheet in [first, *rest] for node in sheet.nodes}
    assert len(ids) == 30


async def test_a_shop_that_repeats_itself_is_left_for_later(opened: Opened) -> None:
    async with opened() as (twin, connection):
        twin.faults.reply(lambda request: page([], None), 100)
        with pytest.raises(RetryLater) as caught:
            [sheet async for sheet in paging.changed(connection, WALK, {})]

    assert caught.value.code == "cursor_stuck"
    assert len(twin.requests) == 1


async def test_a_query_that_is_too_costly_is_asked_for_less(opened: Opened) -> None:
    costly = {"errors": [{"message": "Query cost is 1200", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
    async with opened() as (twin, connection):
        twin.faults.reply(lambda request: Answer(json=costly), 2)
        sheets = [sheet async for sheet in paging.changed(connection, WALK, {})]
        sizes = [asked(it)["first"] for it in twin.requests]

    assert sizes[:3] == [10, 5, 2]
    assert sum(len(sheet.nodes) for sheet in sheets) == 12


async def test_a_cursor_that_shopify_forgot_begins_a_new_window(opened: Opened) -> None:
    forgot = {"errors": [{"message": "Invalid cursor for current pagination sort.", "extensions": {"code": "X"}}]}
    async with opened(size=30) as (twin, connection):
        walk = paging.changed(connection, WALK, {})
        first = await anext(walk)
        twin.faults.reply(lambda request: Answer(json=forgot))
        rest = [sheet async for sheet in walk]

    assert asked(twin.requests[2])["after"] is None
    assert len({node["id"] for sheet in [first, *rest] for node in sheet.nodes}) == 30


def page(nodes: list[dict[str, Any]], cursor: str | None) -> Answer:
    info = {"hasNextPage": True, "endCursor": cursor}
    return Answer(json={"data": {"products": {"nodes": nodes, "pageInfo": info}}})
