"""The history of closed issues."""

from __future__ import annotations

from datetime import UTC, datetime

from core.model.issues import Resolution
from core.store import issues as issues_store


async def test_an_empty_history_says_what_comes_here(reviewer):
    page = await reviewer.get("/history")

    assert "No closed issues" in page.text


async def test_closed_issues_are_listed_with_how_they_ended(reviewer, shop, products):
    issues = await shop.keep(*products([{"price": "10"}, {"title": "Wool  throw"}]))
    await issues_store.close(issues[:1], Resolution.CHANGED_AT_SOURCE, datetime.now(UTC))

    page = await reviewer.get("/history")

    assert f'data-issue-id="{issues[0]}"' in page.text
    assert f'data-issue-id="{issues[1]}"' not in page.text
    assert "Changed at source" in page.text


async def test_the_filter_leaves_out_other_ends(reviewer, shop, products):
    issues = await shop.keep(*products([{"price": "10"}]))
    await issues_store.close(issues, Resolution.CHANGED_AT_SOURCE, datetime.now(UTC))

    page = await reviewer.get("/history?resolution=approved")

    assert "data-issue-id" not in page.text
