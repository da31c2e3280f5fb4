"""Patterns: what was learned, its threshold, and its switch."""

from __future__ import annotations

import re

import pytest

from core.store.listings import issues as issues_listing
from core.store.listings import patterns as patterns_listing


@pytest.fixture
async def pattern(shop, products, context):
    """Return the id of a pattern with one approved correction."""
    from core import review

    issue, *_ = await shop.keep(*products([{"price": "10"}, {"price": "11"}]))
    await review.approve(context, shop.owner, issue)
    return (await issues_listing.one(shop.merchant, issue)).pattern.pattern_id


async def test_patterns_are_listed_with_phase_and_confidence(reviewer, pattern):
    page = await reviewer.get("/knowledge")

    assert f'data-pattern-id="{pattern}"' in page.text
    assert "Recognised" in page.text


async def test_a_pattern_shows_its_phase_its_correction_and_what_is_missing(reviewer, pattern):
    page = await reviewer.get(f"/knowledge/{pattern}")

    assert re.search(r'aria-current="step"><span class="strong">Recognised', page.text)
    assert "Not automatic:" in page.text
    assert "more approval" in page.text
    assert "Approved" in page.text


async def test_an_admin_sets_the_threshold_by_a_plain_form(admin, shop, pattern):
    page = await admin.get(f"/knowledge/{pattern}")

    answer = await admin.send_form(f"/knowledge/{pattern}/threshold", threshold="0.90")

    assert 'name="threshold" min="0" max="1"' in page.text
    assert answer.headers["location"] == f"/knowledge/{pattern}"
    assert (await patterns_listing.one(shop.merchant, pattern)).pattern.threshold == 0.9


@pytest.mark.parametrize("given", ["", "much", "1.5", "-0.1", "nan", "inf"])
async def test_what_is_no_share_is_refused(admin, shop, pattern, given):
    answer = await admin.send_form(f"/knowledge/{pattern}/threshold", threshold=given)

    assert answer.status_code == 400
    assert (await patterns_listing.one(shop.merchant, pattern)).pattern.threshold == 0.8


async def test_a_reviewer_neither_sees_the_form_nor_may_send_it(reviewer, pattern):
    page = await reviewer.get(f"/knowledge/{pattern}")

    answer = await reviewer.send_form(f"/knowledge/{pattern}/threshold", threshold="0.10")

    assert 'name="threshold"' not in page.text
    assert answer.status_code == 403


async def test_an_admin_switches_a_correction_off_and_on(admin, shop, pattern):
    rule = (await patterns_listing.one(shop.merchant, pattern)).rules[0]

    await admin.send_form(f"/auto-rules/{rule.auto_rule_id}", is_active="0")
    off = (await patterns_listing.one(shop.merchant, pattern)).rules[0].is_active
    await admin.send_form(f"/auto-rules/{rule.auto_rule_id}", is_active="1")

    assert off is False
    assert (await patterns_listing.one(shop.merchant, pattern)).rules[0].is_active is True


@pytest.mark.parametrize("wrong", ["not-a-uuid", "00000000-0000-0000-0000-000000000000"])
async def test_an_unknown_pattern_is_not_found(reviewer, wrong):
    answer = await reviewer.get(f"/knowledge/{wrong}", headers={"accept": "text/html"})

    assert answer.status_code == 404


async def test_an_admin_sees_what_a_threshold_would_have_done_before_saving_it(admin, shop, products, context):
    from core import review

    opened = await shop.keep(*products([{"price": str(10 + number)} for number in range(6)]))
    views = [await issues_listing.one(shop.merchant, issue) for issue in opened]
    issues = [view.issue.id for view in views if view.issue.field == "price"]
    for issue in issues[:4]:
        await review.approve(context, shop.owner, issue)
    await review.reject(context, shop.owner, issues[4])
    pattern = (await issues_listing.one(shop.merchant, issues[0])).pattern.pattern_id

    page = await admin.get(f"/knowledge/{pattern}?try=0.70")

    assert "At .70 it would have applied 2 fixes by itself in the last 30 days, 1 of them wrong." in page.text
    assert re.search(r"Rejected by a person</td><td[^>]*>1</td>", page.text)
    assert (await patterns_listing.one(shop.merchant, pattern)).pattern.threshold == 0.8


@pytest.mark.parametrize("given", ["much", "1.5", "nan"])
async def test_what_is_no_share_is_not_tried(admin, pattern, given):
    answer = await admin.get(f"/knowledge/{pattern}?try={given}", headers={"accept": "text/html"})

    assert answer.status_code == 400


async def test_a_reviewer_is_shown_no_trial(reviewer, pattern):
    page = await reviewer.get(f"/knowledge/{pattern}?try=0.70")

    assert page.status_code == 200
    assert "would have applied" not in page.text


async def test_another_correction_is_tried_before_anybody_learns_it(admin, shop, products, context):
    from core import review

    opened = await shop.keep(*products([{"price": str(10 + number)} for number in range(6)]))
    views = [await issues_listing.one(shop.merchant, issue) for issue in opened]
    issues = [view.issue.id for view in views if view.issue.field == "price"]
    for issue in issues[:5]:
        await review.approve(context, shop.owner, issue)
    pattern = (await issues_listing.one(shop.merchant, issues[0])).pattern.pattern_id
    steps = '[{"decimal_places": {"places": 3}}]'

    page = await admin.get(f"/knowledge/{pattern}", params={"try": "0.80", "people": "1", "steps": steps})

    assert "Tried: Write the number with 3 decimals." in page.text
    assert "it gives the value that was chosen 0 times, another 5 times, none 0 times" in page.text
    assert "it would have applied 0 fixes" in page.text


@pytest.mark.parametrize("steps", ["trim", '[{"no_such_step": {}}]', '[{"decimal_places": {"places": "x"}}]'])
async def test_steps_that_are_none_are_told_beside_the_form(admin, pattern, steps):
    page = await admin.get(f"/knowledge/{pattern}", params={"try": "0.80", "steps": steps})

    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "would have applied" not in page.text


async def test_one_reviewer_alone_is_told_that_two_are_asked_for(admin, shop, products, context):
    from core import review

    opened = await shop.keep(*products([{"price": str(10 + number)} for number in range(6)]))
    views = [await issues_listing.one(shop.merchant, issue) for issue in opened]
    issues = [view.issue.id for view in views if view.issue.field == "price"]
    for issue in issues[:5]:
        await review.approve(context, shop.owner, issue)
    pattern = (await issues_listing.one(shop.merchant, issues[0])).pattern.pattern_id

    page = await admin.get(f"/knowledge/{pattern}", params={"try": "0.80", "people": "2"})

    assert "At .80, with 2 people asked for, it would have applied 0 fixes by itself" in page.text


async def test_an_admin_shares_a_pattern_and_takes_it_back(admin, pattern):
    page = await admin.get(f"/knowledge/{pattern}")

    await admin.send_form(f"/knowledge/{pattern}/share", is_shared="1")
    shared = await admin.get(f"/knowledge/{pattern}")
    await admin.send_form(f"/knowledge/{pattern}/share", is_shared="0")

    assert "Share with others" in page.text
    assert "1 correction of this pattern shared, with counts and without records." in shared.text
    assert "Share with others" in (await admin.get(f"/knowledge/{pattern}")).text


@pytest.mark.parametrize("path", ["/knowledge/shared", "/knowledge/{pattern}/share"])
async def test_a_reviewer_neither_shares_nor_decides_what_is_received(reviewer, pattern, path):
    page = await reviewer.get(f"/knowledge/{pattern}")

    answer = await reviewer.send_form(path.format(pattern=pattern), receives="1", is_shared="1")

    assert "Share with others" not in page.text
    assert answer.status_code == 403


async def test_an_admin_says_whether_what_others_share_is_proposed(admin, shop, pattern):
    from core.store import shared

    await admin.send_form("/knowledge/shared", receives="1")
    on = await shared.receives(shop.merchant)
    page = await admin.get("/knowledge")
    await admin.send_form("/knowledge/shared", receives="0")

    assert on is True
    assert "never apply themselves before people here have approved them" in page.text
    assert await shared.receives(shop.merchant) is False
