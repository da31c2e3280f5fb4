"""A merchant's models: learned from its records in a job, used by its suggestions alone."""

from __future__ import annotations

import random
from typing import Any

from core.jobs import learn_models
from core.jobs.suggest import ask_newer
from core.model.corrections import Source
from core.store import issues, local_models, merchants, suggestions
from core.store.tables import Issue
from core.suggest.local.held import models_of

BRANDS = ("Alder", "Birch & Sons", "Cedar", "Dogwood", "Elm")


async def brand_issue(title: str) -> int:
    row = await Issue.select(Issue.id).where((Issue.field == "brand") & (Issue.state == "open")).first()
    assert row is not None, title
    return int(row["id"])


def stocked(shop: Any, count: int) -> None:
    draw = random.Random(3)
    for at in range(count):
        brand = draw.choice(BRANDS)
        shop.put(f"p{at}", title=f"{brand} kettle {at} of enamel", brand=brand)


async def pulled(house: Any, queue: Any, connection: int) -> None:
    await house.queue.enqueue("sync_connection", connection)
    await queue.run(house)


async def test_a_merchant_s_models_learn_what_changed_and_no_other_merchant_has_them(
    house: Any, queue: Any, shop: Any, connect: Any, merchant: int
) -> None:
    stocked(shop, 60)
    await pulled(house, queue, await connect())
    other = await merchants.create("Other", house.clock())

    await learn_models({"context": house}, merchant)
    await learn_models({"context": house}, other)
    found = await models_of(house, [merchant, other])

    assert found[merchant].examples == 60
    assert {one.name for one in found[merchant].brands.entries.values()} == set(BRANDS)
    assert other not in found or found[other].examples == 0


async def test_learning_again_without_a_change_stores_nothing_and_a_change_is_learned(
    house: Any, queue: Any, shop: Any, connect: Any, merchant: int
) -> None:
    stocked(shop, 40)
    connection = await connect()
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    first = (await local_models.checksums([merchant]))[merchant]

    await learn_models({"context": house}, merchant)
    again = (await local_models.checksums([merchant]))[merchant]
    shop.put("new", title="Fir kettle", brand="Fir")
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    found = await models_of(house, [merchant])

    assert first == again
    assert found[merchant].examples == 41
    assert "fir" in found[merchant].brands.entries


async def test_a_missing_brand_is_suggested_from_the_title_with_its_evidence(
    house: Any, queue: Any, shop: Any, connect: Any, merchant: int
) -> None:
    stocked(shop, 80)
    connection = await connect()
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    shop.put("bare", title="Birch & Sons kettle of steel", brand="")
    await pulled(house, queue, connection)

    offered = await suggestions.of_issue(await brand_issue("bare"))

    assert offered[0].source is Source.LOCAL
    assert offered[0].changes[0].after == "Birch & Sons"
    assert "titles" in offered[0].evidence[0]
    assert offered[0].confidence >= 0.9


async def test_models_that_cannot_be_read_are_left_aside(house: Any, merchant: int) -> None:
    learned = await local_models.so_far(merchant)
    await local_models.store(merchant, learned, b"nonsense", house.clock())

    assert await models_of(house, [merchant]) == {}


async def test_a_missing_brand_is_looked_up_by_its_mpn_with_its_evidence(
    house: Any, queue: Any, shop: Any, connect: Any, merchant: int
) -> None:
    for at in range(80):
        brand = BRANDS[at % len(BRANDS)]
        shop.put(f"p{at}", title=f"Kettle {at}", brand=brand, mpn=f"{brand[:2].upper()}-{at}")
    connection = await connect()
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    shop.put("bare", title="Kettle of steel", brand="", mpn="CE-900")
    await pulled(house, queue, connection)

    offered = await suggestions.of_issue(await brand_issue("bare"))

    assert offered[0].source is Source.LOCAL
    assert offered[0].changes[0].after == "Cedar"
    assert offered[0].evidence[0] == "16 of 16 products with this beginning of mpn (ce) have “Cedar”."


async def test_issues_are_looked_at_again_where_models_were_learned_meanwhile(
    house: Any, queue: Any, shop: Any, connect: Any, merchant: int
) -> None:
    stocked(shop, 40)
    shop.put("bare", title="A kettle of steel", brand="")
    connection = await connect()
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    queue.asked.clear()
    looked_at = await issues.many([await brand_issue("bare")])
    before = await local_models.checksums([merchant])
    await ask_newer(house, looked_at, before)
    unchanged = list(queue.asked)
    shop.put("new", title="Fir kettle", brand="Fir")
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    queue.asked.clear()

    await ask_newer(house, looked_at, before)

    assert unchanged == []
    assert queue.asked == [("suggest", (looked_at[0].id,))]


async def test_issues_without_a_suggestion_are_found_behind_as_many_with_one(
    house: Any, queue: Any, shop: Any, connect: Any, merchant: int
) -> None:
    stocked(shop, 80)
    connection = await connect()
    await pulled(house, queue, connection)
    await learn_models({"context": house}, merchant)
    for at in range(3):
        shop.put(f"bare{at}", title=f"{BRANDS[at]} kettle of steel", brand="")
        await pulled(house, queue, connection)
    shop.put("nameless", title="A thing", brand="")
    await pulled(house, queue, connection)

    waiting = await issues.unhelped(merchant, ["brand"], none_only=True, limit=2)
    rows = await Issue.select(Issue.id).where((Issue.field == "brand") & (Issue.state == "open")).order_by(Issue.id)

    assert waiting == [rows[-1]["id"]]
    assert len(rows) == 4
