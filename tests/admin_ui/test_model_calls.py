"""What a model saw: for admins, of their own merchant, and inert whatever stands in it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from core.store import model_calls
from core.store.model_calls import CallState, Used
from core.store.tables import Issue, Suggestion

HOSTILE = "</pre><script>alert(1)</script>\u202e"


@pytest.fixture
async def asked(shop, products, context):
    """Return a question about an issue of the shop, answered, and the issue."""
    [issue, *_] = await shop.keep(*products([{"price": "10"}]))
    [row] = await Issue.select().where(Issue.id == issue)
    call = await ask(shop, issue, str(row["pattern"]), context.clock())
    await Suggestion.update({Suggestion.model_call: call, Suggestion.source: "llm"}).where(Suggestion.issue == issue)
    return call, issue


async def ask(shop, issue: int, pattern: str, now: datetime) -> int:
    call = await model_calls.claim(
        merchant=shop.merchant, pattern=pattern, issue=issue, model="gpt-4", now=now, patience=now - now,
        request={"model": "gpt-4", "system": "Mend one field.", "user": msgspec.json.encode({"t": HOSTILE}).decode()},
        request_hash=uuid.uuid4().hex,
    )  # fmt: skip
    assert call is not None
    used = Used(input_tokens=700, output_tokens=40, cost=Decimal("0.0042"), currency="EUR")
    await model_calls.end(call, CallState.ANSWERED, now, answer=f'{{"kind":"none"}} {HOSTILE}', used=used)
    await model_calls.note_spent(now.date().isoformat(), shop.merchant, used)
    return call


async def test_a_call_is_listed_with_its_tokens_its_cost_and_its_suggestions(admin, asked):
    page = await admin.get("/audit/model-calls")

    assert f'data-call-id="{asked[0]}"' in page.text
    assert ">740<" in page.text
    assert "0.0042 EUR" in page.text
    assert "Answered" in page.text


async def test_what_was_sent_and_what_came_back_is_shown_as_text(admin, asked):
    page = await admin.get(f"/audit/model-calls/{asked[0]}")

    assert "<script>alert" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert "\u202e" not in page.text
    assert "Mend one field." in page.text


async def test_calls_are_narrowed_to_a_pattern_an_issue_or_a_state(admin, asked):
    call, issue = asked
    [row] = await Issue.select().where(Issue.id == issue)

    for query, found in (
        (f"pattern={row['pattern']}", True), (f"issue={issue}", True), ("state=answered", True),
        (f"pattern={uuid.uuid4()}", False), (f"issue={issue + 99}", False), ("state=failed", False),
        ("issue=99999999999999999999", True), ("state=odd", True),
    ):  # fmt: skip
        page = await admin.get(f"/audit/model-calls?{query}")

        assert (f'data-call-id="{call}"' in page.text) is found, query


async def test_a_suggestion_of_a_model_says_what_it_cost_and_leads_admins_to_what_was_seen(enter, asked):
    call, issue = asked
    for role, leads in (("admin", True), ("reviewer", False)):
        browser = await enter(role)

        page = await browser.get(f"/issues/{issue}")

        assert "Asking cost 0.0042 EUR, 740 tokens" in page.text
        assert (f"/audit/model-calls/{call}" in page.text) is leads


async def test_reviewers_and_neighbours_do_not_see_calls(enter, asked, neighbour):
    call, _ = asked
    reviewer = await enter("reviewer")
    assert (await reviewer.get("/audit/model-calls")).status_code == 403
    assert (await reviewer.get(f"/audit/model-calls/{call}")).status_code == 403

    other = await enter("admin", neighbour.merchant)

    assert (await other.get(f"/audit/model-calls/{call}")).status_code == 404
    assert f'data-call-id="{call}"' not in (await other.get("/audit/model-calls")).text


async def test_what_a_day_cost_stands_beside_its_budget(enter, asked, neighbour):
    page = await (await enter("admin")).get("/analytics")
    day = datetime.now(UTC).date().isoformat()

    row = re.search(rf'data-spent-on="{day}".*?</tr>', page.text, re.DOTALL)
    assert row is not None
    assert "0.0042 EUR" in row[0]
    assert "0.1 % of 1,000,000 tokens" in row[0]
    assert "data-spent-on" not in (await (await enter("reviewer")).get("/analytics")).text
    assert "data-spent-on" not in (await (await enter("admin", neighbour.merchant)).get("/analytics")).text


async def test_before_a_model_is_asked_the_page_says_what_it_is_for(admin):
    assert "No questions" in (await admin.get("/audit/model-calls")).text
