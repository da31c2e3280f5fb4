"""Grouping by hand: seen before it is done, done by plain forms, and taken back."""

from __future__ import annotations

import re

import pytest

from core import review
from core.store import groupings
from core.store.tables import Issue, IssuePattern

TITLES = ("Enamel  kettle", "Copper  kettle", " Clay pot", " Clay vase")


@pytest.fixture
async def spaced(shop, products, context):
    """Return the patterns of double spaces and of spaces at an end, one approval each."""
    opened = await shop.keep(*products([{"title": f"{title} {at}"} for at, title in enumerate(TITLES)]))
    issues = await Issue.select().where(Issue.id.is_in(opened) & (Issue.rule == "title.spaces")).order_by(Issue.id)
    for at in (0, 2):
        await review.approve(context, shop.owner, issues[at]["id"])
    return str(issues[0]["pattern"]), str(issues[2]["pattern"])


async def test_a_pattern_says_why_its_issues_are_one_cause_and_what_is_similar(reviewer, spaced):
    page = await reviewer.get(f"/knowledge/{spaced[0]}")

    assert "In each, the text has several spaces in a row." in page.text
    assert "Their category does not matter" in page.text
    assert f'data-similar="{spaced[1]}"' in page.text
    assert re.search(r'distance <span class="number">0.05</span>, a decision weighs <span[^>]*>90 %', page.text)
    assert "differs in shape (related)" in page.text


async def test_a_merge_is_seen_before_it_is_done(admin, shop, spaced):
    double, edge = spaced

    asked = await admin.get(f"/knowledge/{double}/merge?with={edge}")
    standing = await groupings.standing(shop.merchant)
    done = await admin.send_form(f"/knowledge/{double}/merge", **{"with": edge, "reason": "one cause"})

    assert "2 issues, 1 decision and 1 correction go along" in asked.text
    assert "Nothing has changed yet." in asked.text
    assert re.search(r'data-label="decisions"><span[^>]*>1</span> → <span class="number strong">2', asked.text)
    assert standing == []
    assert done.headers["location"] == f"/knowledge/{double}"
    page = await admin.get(f"/knowledge/{double}")
    assert "was merged into this one." in page.text
    assert "one cause" in page.text


async def test_what_was_merged_away_leaves_the_list_and_says_where_to(admin, spaced):
    double, edge = spaced
    await admin.send_form(f"/knowledge/{double}/merge", **{"with": edge})

    listed = await admin.get("/knowledge")
    page = await admin.get(f"/knowledge/{edge}")

    assert f'data-pattern-id="{double}"' in listed.text
    assert f'data-pattern-id="{edge}"' not in listed.text
    assert f'<a href="/knowledge/{double}">another pattern</a>' in page.text
    assert "Approve all" not in page.text


async def test_a_split_is_chosen_from_what_the_issues_are_like(admin, shop, spaced):
    double, _ = spaced

    form = await admin.get(f"/knowledge/{double}/split")
    asked = await admin.get(f"/knowledge/{double}/split?by=value&how=contains&value=Copper")
    await admin.send_form(f"/knowledge/{double}/split", by="value", how="contains", value="Copper")

    assert "by=category&amp;how=is&amp;value=Kitchen" in form.text
    assert "Main shop" in form.text
    assert "value contains Copper" in asked.text
    assert [one.kind for one in await groupings.standing(shop.merchant)] == ["split"]
    assert await IssuePattern.count().where(IssuePattern.split_by.is_not_null()) == 1


async def test_a_grouping_is_taken_back(admin, shop, spaced):
    double, edge = spaced
    await admin.send_form(f"/knowledge/{double}/merge", **{"with": edge})
    [standing] = await groupings.standing(shop.merchant)

    asked = await admin.get(f"/groupings/{standing.id}/take-back")
    answer = await admin.send_form(f"/groupings/{standing.id}/take-back")

    assert "go along" in asked.text
    assert answer.status_code == 303
    assert await groupings.standing(shop.merchant) == []


@pytest.mark.parametrize("query", ["by=nonsense", "by=category&how=nonsense", "by=value", "by=connection&value=9999"])
async def test_a_split_that_says_nothing_is_told_so(admin, spaced, query):
    answer = await admin.get(f"/knowledge/{spaced[0]}/split?{query}", headers={"accept": "text/html"})

    assert answer.status_code in (400, 409)


async def test_reviewers_see_the_grouping_and_change_nothing(reviewer, shop, spaced):
    double, edge = spaced
    page = await reviewer.get(f"/knowledge/{double}")

    for path in (f"/knowledge/{double}/split", f"/knowledge/{double}/merge", "/groupings/1/take-back"):
        assert (await reviewer.get(path, headers={"accept": "text/html"})).status_code == 403
        fields = {"with": edge, "by": "locale"}
        assert (await reviewer.send_form(path, **fields)).status_code == 403
    assert "/split" not in page.text
    assert await groupings.standing(shop.merchant) == []


async def test_another_merchants_patterns_are_not_there(admin, neighbour, products, context):
    [issue, *_] = await neighbour.keep(*products([{"title": "Enamel  kettle"}]))
    found = await Issue.select(Issue.pattern).where(Issue.id == issue).first()

    theirs = f"/knowledge/{found['pattern']}"

    for path in (f"{theirs}/split", f"{theirs}/merge", "/groupings/7/take-back"):
        assert (await admin.get(path, headers={"accept": "text/html"})).status_code == 404
