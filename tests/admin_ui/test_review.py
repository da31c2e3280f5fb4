"""The review queue as a page that works without scripts."""

from __future__ import annotations

import re

import pytest

PRODUCTS = [
    {"price": "10"},
    {"price": "12"},
    {"title": "Wool  throw"},
]


@pytest.fixture
async def issues(shop, products):
    """Return the ids of three open issues: two of one cause, one of another."""
    return await shop.keep(*products(PRODUCTS))


async def test_an_empty_queue_says_what_to_do_first(enter, context):
    from core.store import merchants

    browser = await enter("admin", await merchants.create("Empty & Sons", context.clock()))
    page = await browser.get("/review")

    assert "Nothing to review yet" in page.text
    assert 'href="/connections/new"' in page.text


async def test_causes_are_listed_with_how_many_listings_they_concern(reviewer, issues):
    page = await reviewer.get("/review")

    assert page.text.count('class="row"') == 2
    assert "2 listings" in page.text
    assert "1 listing<" in page.text


async def test_single_issues_are_listed_with_their_records(reviewer, issues):
    page = await reviewer.get("/review?view=plain")

    shown = {int(found) for found in re.findall(r'<li class="row pickable" data-issue-id="(\d+)"', page.text)}
    assert shown == set(issues)


async def test_the_first_issue_is_open_beside_the_list(reviewer, issues):
    page = await reviewer.get("/review?view=plain&sort=oldest")

    assert f'data-panel data-issue-id="{min(issues)}"' in page.text
    assert "10.00" in page.text


async def test_filters_narrow_the_list_and_stay_in_every_link(reviewer, issues):
    page = await reviewer.get("/review?view=plain&text=wool&sort=oldest")

    assert page.text.count("row pickable") == 1
    assert "view=plain&amp;sort=oldest&amp;text=wool&amp;issue=" in page.text


async def test_a_filter_that_matches_nothing_can_be_cleared(reviewer, issues):
    page = await reviewer.get("/review?text=nosuchthing")

    assert "Nothing matches" in page.text
    assert 'href="/review"' in page.text


@pytest.mark.parametrize(
    "query",
    [
        "sort=sideways",
        "severity=awful&text=wool",
        "issue=abc",
        "issue=99999999999999999999",
        "connection=x",
        "view=<b>",
    ],
)
async def test_what_is_not_understood_counts_as_not_given(reviewer, issues, query):
    answer = await reviewer.get(f"/review?{query}")

    assert answer.status_code == 200


async def test_a_cursor_that_is_not_ours_is_told(reviewer, issues):
    answer = await reviewer.get("/review?after=nonsense", headers={"accept": "text/html"})

    assert answer.status_code == 400
    assert "first page" in answer.text


async def test_an_issue_that_is_gone_leads_back_to_the_list(reviewer, issues):
    answer = await reviewer.get("/review?issue=4711&view=plain")

    assert (answer.status_code, answer.headers["location"]) == (303, "/review?view=plain")


async def test_the_list_goes_on_where_the_page_ends(reviewer, shop, products):
    await shop.keep(*products([{"price": str(number)} for number in range(20, 75)]))

    first = await reviewer.get("/review?view=plain")
    address = re.search(r'data-rows-address="([^"]+)"', first.text)[1].replace("&amp;", "&")
    rows = await reviewer.get(address)

    assert first.text.count("row pickable") == 50
    assert rows.text.count("row pickable") == 5
    assert "<html" not in rows.text


async def test_last_decisions_stay_undoable(reviewer, issues):
    await reviewer.send_form(f"/issues/{issues[0]}/approve")
    page = await reviewer.get("/review")

    assert re.search(r'action="/decisions/[0-9a-f-]+/undo"', page.text)


async def test_the_root_leads_to_the_queue(reviewer):
    answer = await reviewer.get("/")

    assert answer.headers["location"] == "/review"
