"""Live counts."""

from __future__ import annotations

import msgspec

from admin_ui.live import changes


def read(message):
    """Return the data of an event."""
    return msgspec.json.decode(message.data)


async def test_the_counts_are_told_at_once(shop, products):
    await shop.keep(*products([{"price": "10"}, {"price": "11"}]))

    told = [read(message) async for message in changes(shop.merchant, every=0, looks=3)]

    assert len(told) == 1
    assert (told[0]["pending"], told[0]["new"]) == (2, 0)


async def test_what_came_since_is_counted_as_new(shop, products):
    first, second = products([{"price": "10"}, {"price": "11"}])
    await shop.keep(first)
    stream = changes(shop.merchant, every=0)
    await anext(stream)
    await shop.keep(second)

    message = await anext(stream)

    assert (read(message)["pending"], read(message)["new"]) == (2, 1)
    await stream.aclose()


async def test_a_browser_that_comes_back_goes_on_where_it_was(shop, products):
    first, second = products([{"price": "10"}, {"price": "11"}])
    await shop.keep(first)
    before = [message async for message in changes(shop.merchant, every=0, looks=1)]
    await shop.keep(second)

    after = [message async for message in changes(shop.merchant, int(before[0].id), every=0, looks=1)]

    assert read(after[0])["new"] == 1
    assert after[0].id == before[0].id


async def test_a_neighbour_changes_nothing(shop, neighbour, products):
    await neighbour.keep(*products([{"price": "10"}]))

    told = [read(message) async for message in changes(shop.merchant, every=0, looks=2)]

    assert [one["pending"] for one in told] == [0]
