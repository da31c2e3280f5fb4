"""A large shop's sync goes on where its worker was killed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from plugins.shopify import channel
from plugins.shopify.sandbox import sandbox

Run = Callable[..., Awaitable[Any]]


async def test_ten_thousand_products_come_once_each_though_every_page_has_another_worker(pulled_in_pieces: Run) -> None:
    twin = sandbox(size=10_000, redelivery=(), capacity=1e9, restore_rate=1e9)

    pulled = await pulled_in_pieces(channel, twin)

    assert len(pulled.ids) == 10_000
    assert sorted(pulled.ids) == sorted(str(it) for it in twin.state.shop.products)
    assert pulled.pages > 100


async def test_a_sync_killed_at_every_page_and_inside_of_pages_keeps_each_product_once(
    killed_at_every_page: Run,
) -> None:
    twin = sandbox(size=400, redelivery=(), capacity=1e9, restore_rate=1e9)

    survived = await killed_at_every_page(channel, twin)

    assert survived.ids == sorted(str(it) for it in twin.state.shop.products)
    assert survived.kept == 400, "a page was kept twice, or lost"
    assert survived.runs > survived.pages > 5
