"""Everybody sees their own numbers, an admin those of their merchant; an alert names nobody."""

from __future__ import annotations

from datetime import timedelta

from core import review
from core.jobs.attention import look_at_reviewing
from core.store.tables import Alert


async def decide(shop, merchant, count, reviewer, by, begin):
    connection = await shop.connection(merchant)
    pattern = await shop.pattern(merchant)
    issue = await shop.issue(merchant, connection, await shop.record(merchant, connection), pattern)
    for number in range(count):
        at = begin + timedelta(seconds=number)
        await shop.decision(issue, pattern, by=by, reviewer=reviewer, decided_at=at)


async def test_a_reviewer_sees_only_themselves_and_an_admin_all_of_the_merchant(
    context, shop, merchant, admin, reviewer
):
    now = context.clock()
    await decide(shop, merchant, 3, reviewer.user, "reviewer", now - timedelta(hours=1))
    await decide(shop, merchant, 2, 77, "somebody", now - timedelta(hours=1))
    await decide(shop, await shop.merchant("Birch & Wren"), 4, 78, "stranger", now - timedelta(hours=1))
    await decide(shop, merchant, 5, 79, "long ago", now - timedelta(days=90))

    own, all_of_them = await review.attention(context, reviewer), await review.attention(context, admin)

    assert [(one.name, one.decisions) for one in own] == [("reviewer", 3)]
    assert [(one.name, one.decisions) for one in all_of_them] == [("reviewer", 3), ("somebody", 2)]


async def test_haste_opens_an_alert_that_names_nobody_and_closes_by_itself(context, shop, merchant, reviewer):
    now = context.clock()
    await decide(shop, merchant, 120, reviewer.user, "reviewer", now - timedelta(hours=1))

    await look_at_reviewing({"context": context})
    (alert,) = await Alert.select()
    context.clock.now += timedelta(days=8)
    await look_at_reviewing({"context": context})

    assert alert["merchant"] == merchant
    assert alert["message"].startswith("One person approved 120 of 120 suggestions")
    assert "reviewer" not in alert["message"] + alert["subject"]
    assert await Alert.count().where(Alert.closed_at.is_null()) == 0
