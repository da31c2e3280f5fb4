"""Patterns: what was learned, its threshold, and its switch."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from core.store.listings import issues as issues_listing
from core.store.listings import patterns as patterns_listing
from core.store.tables import AutoCorrectionRule, Canary


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


async def test_a_correction_that_switched_itself_off_is_started_anew_by_an_admin(admin, shop, pattern):
    rule = (await patterns_listing.one(shop.merchant, pattern)).rules[0].auto_rule_id
    reason = "Its success rate fell to 70%, below 80%."
    await AutoCorrectionRule.update({"is_active": False, "off_reason": reason, "success_rate": 70}, force=True)
    page = await admin.get(f"/knowledge/{pattern}")

    answer = await admin.send_form(f"/auto-rules/{rule}/start-anew", back=f"/knowledge/{pattern}")

    assert reason in page.text
    assert f'action="/auto-rules/{rule}/start-anew"' in page.text
    assert answer.status_code == 303
    [anew] = (await patterns_listing.one(shop.merchant, pattern)).rules
    assert (anew.is_active, anew.success_rate, anew.off_reason) == (True, 1.0, None)
    assert "start-anew" not in (await admin.get(f"/knowledge/{pattern}")).text


async def test_a_pattern_says_how_far_its_correction_has_spread_and_why_it_stopped(reviewer, shop, pattern):
    [rule] = (await patterns_listing.one(shop.merchant, pattern)).rules
    reason = "One of its first corrections on Main shop failed: on hold."
    await Canary.insert(
        Canary(
            auto_rule=uuid.UUID(rule.auto_rule_id), connection=shop.connection, stage="stopped", reason=reason,
            salt="s", changed_at=datetime.now(UTC),
        )
    )  # fmt: skip

    page = await reviewer.get(f"/knowledge/{pattern}")

    assert "Main shop: stopped" in page.text
    assert reason in page.text
