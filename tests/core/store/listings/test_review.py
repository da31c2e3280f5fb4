"""The review queue: order, filters, tenants, pages and a bounded number of queries."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Malformed, NotFound
from core.store.listings import review
from core.store.listings.groups import groups
from core.store.listings.review import QueueFilters, Sort


async def everything(listing: Any, scope: int | None, filters: Any, limit: int) -> list[Any]:
    """Walk all pages of a listing."""
    items, after = [], None
    while True:
        page = await listing(scope, filters, after, limit)
        items += page.items
        after = page.next
        if after is None:
            return items


async def test_the_queue_shows_what_pays_most_first(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    small = await shop.issue(merchant, connection, record, pattern, benefit=1.25)
    great = await shop.issue(merchant, connection, record, pattern, field="title", benefit=9.75)

    page = await review.queue(merchant, QueueFilters())

    assert [item.issue_id for item in page.items] == [great, small]
    assert page.total == 2
    assert page.next is None


async def test_an_item_has_its_record_its_connection_and_its_best_suggestion(shop):
    merchant = await shop.merchant()
    issue = await shop.open_issue(merchant)

    item = (await review.queue(merchant, QueueFilters())).items[0]

    assert (item.issue_id, item.connection_name, item.record_title, item.sku) == (
        issue,
        "main",
        "Enamel kettle",
        "KTL-1",
    )
    assert item.actual == "10"
    assert item.suggestion is not None
    assert (item.suggestion.before, item.suggestion.after, item.suggestion.count) == ("10", "10.00", 2)
    assert item.suggestion.confidence == 0.6
    assert "2" in item.suggestion.sentence


async def test_an_actual_value_keeps_its_type(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    values = ['"10"', "10", "true", "null", '{"a":[1]}']
    for number, actual in enumerate(values):
        await shop.issue(merchant, connection, record, pattern, field=f"f{number}", actual=actual, suggested=False)

    page = await review.queue(merchant, QueueFilters(sort=Sort.OLDEST))

    assert [item.actual for item in page.items] == ["10", 10, True, None, {"a": [1]}]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("listing", [review.queue, groups])
async def test_pages_hold_each_item_once(shop, listing, sort):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    for number in range(7):
        pattern = await shop.pattern(merchant, title=f"pattern {number}")
        await shop.issue(merchant, connection, record, pattern, field=f"f{number}", benefit=(number % 3) / 3)
    whole = (await listing(merchant, QueueFilters(sort=sort), None, 50)).items

    paged = await everything(listing, merchant, QueueFilters(sort=sort), 2)

    assert len(whole) == 7
    assert paged == whole


async def test_another_tenant_sees_nothing_and_the_installation_sees_all(shop):
    ours, theirs = await shop.merchant("ours"), await shop.merchant("theirs")
    issue = await shop.open_issue(ours)

    mine = await review.queue(ours, QueueFilters())
    other = await review.queue(theirs, QueueFilters())
    whole = await review.queue(None, QueueFilters())

    assert [item.issue_id for item in mine.items] == [issue]
    assert (other.items, other.total) == ([], 0)
    assert [item.issue_id for item in whole.items] == [issue]
    assert (await groups(theirs, QueueFilters())).items == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (QueueFilters(channel="shopify"), True),
        (QueueFilters(channel="ebay"), False),
        (QueueFilters(severity="warning"), False),
        (QueueFilters(category="format_validation"), True),
        (QueueFilters(text="KETTLE"), True),
        (QueueFilters(text="ktl-1"), True),
        (QueueFilters(text="100%_"), False),
        (QueueFilters(text="' OR 1=1 --"), False),
        (QueueFilters(connection=987654), False),
    ],
)
async def test_filters_narrow_the_queue(shop, filters, found):
    merchant = await shop.merchant()
    await shop.open_issue(merchant)

    page = await review.queue(merchant, filters)

    assert bool(page.items) is found
    assert bool((await groups(merchant, filters)).items) is found


async def test_what_is_no_cursor_and_no_pattern_is_said(store):
    with pytest.raises(Malformed):
        await review.queue(None, QueueFilters(), after="%%%")
    with pytest.raises(Malformed):
        await review.queue(None, QueueFilters(), after="WzEsMiwzXQ")
    with pytest.raises(NotFound):
        await review.queue(None, QueueFilters(pattern="no-uuid"))


async def test_a_group_counts_issues_and_listings_and_names_its_threshold(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    pattern = await shop.pattern(merchant)
    await shop.rule(pattern, confidence_threshold=0.9)
    record = await shop.record(merchant, connection)
    first = await shop.issue(merchant, connection, record, pattern)
    await shop.issue(merchant, connection, record, pattern, field="variants.0.price", severity="warning")

    page = await groups(merchant, QueueFilters())

    group = page.items[0]
    assert page.total == 1
    assert (group.issues, group.listings, group.severity, group.field) == (2, 1, "error", "price")
    assert (group.threshold, group.confidence, group.first_issue) == (0.9, 0.6, first)
    assert group.sentence


async def test_a_cause_weighs_by_its_listings_and_not_by_their_variants(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    one, another = await shop.record(merchant, connection), await shop.record(merchant, connection)
    many_variants, two_listings = await shop.pattern(merchant), await shop.pattern(merchant)
    for number in range(5):
        await shop.issue(merchant, connection, one, many_variants, field=f"variants.{number}.gtin", benefit=1.0)
    for record in (one, another):
        await shop.issue(merchant, connection, record, two_listings, benefit=1.0)

    page = await groups(merchant, QueueFilters())

    found = [(it.pattern_id, it.issues, it.benefit) for it in page.items]
    assert found == [(str(two_listings), 2, 2.0), (str(many_variants), 5, 1.0)]


async def test_after_a_decision_comes_the_next_and_after_the_last_the_first(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    low, high = [
        await shop.issue(merchant, connection, record, pattern, field=str(benefit), benefit=benefit)
        for benefit in (1.0, 2.0)
    ]

    assert await review.next_after(merchant, high, QueueFilters()) == low
    assert await review.next_after(merchant, low, QueueFilters()) == high
    assert await review.next_after(merchant, low, QueueFilters(text="nothing like this")) is None
    assert await review.next_after(merchant, 10**9, QueueFilters()) == high


async def test_counts_are_of_open_issues_todays_corrections_alerts_and_failures(shop):
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    issue = await shop.issue(merchant, connection, record, pattern)
    await shop.application(merchant, connection, record, issue, pattern, is_sampled=True)
    await shop.application(merchant, connection, record, issue, pattern, state="failed", is_automatic=False)
    await shop.alert(merchant)
    await shop.alert(merchant, closed_at=shop.tick())

    numbers = await review.counts(merchant, shop.tick())

    assert (numbers.pending, numbers.auto_today, numbers.alerts, numbers.failed, numbers.to_check) == (1, 1, 1, 1, 1)
    assert await review.counts(merchant + 1, shop.tick()) == review.Counts(
        pending=0, auto_today=0, alerts=0, failed=0, to_check=0
    )
