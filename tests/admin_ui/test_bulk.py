"""Approving many: frozen, counted, confirmed."""

from __future__ import annotations

import re

import pytest

from core.store.listings import issues as issues_listing


@pytest.fixture
async def issues(shop, products):
    """Return the ids of four issues of one cause."""
    return await shop.keep(*products([{"price": str(number)} for number in (10, 11, 12, 13)]))


@pytest.fixture
async def pattern(shop, issues):
    """Return the id of their pattern."""
    return (await issues_listing.one(shop.merchant, issues[0])).pattern.pattern_id


def hidden(page, name):
    """Return the value of a hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


async def states(shop, issues):
    """Return the states of issues."""
    return [(await issues_listing.one(shop.merchant, issue)).issue.state for issue in issues]


async def test_the_page_shows_how_many_and_a_sample(reviewer, issues, pattern):
    page = await reviewer.get(f"/patterns/{pattern}/approve")

    assert "<strong>4 issues</strong>" in page.text
    assert 'class="difference"' in page.text
    assert hidden(page, "issues") == ",".join(map(str, sorted(issues)))


async def test_what_came_after_the_list_was_frozen_does_not_join_it(reviewer, shop, products, issues, pattern):
    page = await reviewer.get(f"/patterns/{pattern}/approve")
    (late,) = await shop.keep(products([{}] * 4 + [{"price": "14"}])[-1])

    answer = await reviewer.send_form(
        f"/patterns/{pattern}/approve", issues=hidden(page, "issues"), digest=hidden(page, "digest"), back="/review"
    )

    assert answer.headers["location"] == "/review"
    assert await states(shop, issues) == ["correcting"] * 4
    assert await states(shop, [late]) == ["open"]


async def test_another_list_than_the_one_shown_is_refused(reviewer, shop, issues, pattern):
    page = await reviewer.get(f"/patterns/{pattern}/approve")

    answer = await reviewer.send_form(
        f"/patterns/{pattern}/approve", issues=str(issues[0]), digest=hidden(page, "digest")
    )

    assert answer.status_code == 409
    assert await states(shop, issues) == ["open"] * 4


async def test_selected_issues_are_shown_before_they_are_approved(reviewer, shop, issues):
    page = await reviewer.get(f"/selected?issue={issues[0]}&issue={issues[1]}")
    fields = {f"suggestion-{issue}": hidden(page, f"suggestion-{issue}") for issue in issues[:2]}

    await reviewer.send_form("/selected", issue=[str(issue) for issue in issues[:2]], **fields)

    assert "Approve 2" in page.text
    assert await states(shop, issues) == ["correcting", "correcting", "open", "open"]


async def test_what_cannot_be_approved_is_told_and_the_rest_is_done(reviewer, shop, issues):
    await reviewer.send_form(f"/issues/{issues[0]}/approve")

    await reviewer.send_form("/selected", issue=[str(issue) for issue in issues[:2]])
    page = await reviewer.get("/review")

    assert "1 correction approved. 1 issue left:" in page.text


async def test_ids_that_cannot_be_read_are_refused(reviewer):
    answer = await reviewer.get("/selected?issue=1%3Bdrop")

    assert answer.status_code == 400
