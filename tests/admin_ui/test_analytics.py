"""The key metrics as a page."""

from __future__ import annotations

import re

import pytest

from core import review
from core.store.listings import issues as issues_listing


async def test_every_metric_stands_beside_its_target(reviewer):
    page = await reviewer.get("/analytics")

    assert len(re.findall(r"data-metric=", page.text)) == 6
    for target in ("below 50", "above 60 %", "below 5 min", "above 95 %", "10 to 20", "above 5 points"):
        assert f">{target}<" in page.text
    assert page.text.count("Nothing to count") == 5


async def test_what_was_decided_is_counted_and_a_neighbours_is_not(reviewer, shop, neighbour, products, context):
    for one, count in ((shop, 1), (neighbour, 2)):
        opened = await one.keep(*products([{"price": "10"}, {"price": "11"}]))
        views = [await issues_listing.one(one.merchant, issue) for issue in opened]
        for issue in [view.issue.id for view in views if view.issue.field == "price"][:count]:
            await review.approve(context, one.owner, issue)

    page = await reviewer.get("/analytics?days=7")

    counted = re.search(r'data-metric="human_review_time".*?data-label="counted">(\d+)', page.text, re.DOTALL)
    assert counted is not None
    assert counted[1] == "1"
    assert '<option value="7" selected>' in page.text


@pytest.mark.parametrize("days", ["", "many", "-1", "31"])
async def test_another_period_than_those_offered_is_a_month(reviewer, days):
    page = await reviewer.get(f"/analytics?days={days}")

    assert '<option value="30" selected>' in page.text


async def test_an_admin_sees_how_each_person_reviews(admin, shop, products, context):
    opened = await shop.keep(*products([{"price": "10"}, {"price": "11"}]))
    await review.approve(context, shop.owner, opened[0])

    page = await admin.get("/analytics")

    assert 'aria-label="How people review"' in page.text
    assert re.search(r'cell-main">owner', page.text)


async def test_a_reviewer_does_not_see_how_others_review(reviewer, shop, products, context):
    opened = await shop.keep(*products([{"price": "10"}, {"price": "11"}]))
    await review.approve(context, shop.owner, opened[0])

    page = await reviewer.get("/analytics")

    assert "people review" not in page.text
    assert "you review" not in page.text
