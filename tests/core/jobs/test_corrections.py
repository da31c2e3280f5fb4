"""From an issue to a pushed, verified, learned and undone correction."""

from __future__ import annotations

from typing import Any

import pytest

from core.context import Context
from core.errors import Conflict, Refused, Rejected, RetryLater
from core.model.corrections import ApplicationState, Mode
from core.model.issues import IssueState, Resolution
from core.review import approve, modify, reject
from core.store import applications, issues, suggestions
from core.store.tables import Application, Issue


async def pulled(house: Context, queue: Any, connection: int) -> None:
    """Pull a connection and carry out all that follows."""
    await house.queue.enqueue("sync_connection", connection)
    await queue.run(house)


async def open_issues(rule: str) -> list[int]:
    """Return ids of a rule's open issues."""
    rows = await Issue.select(Issue.id).where((Issue.rule == rule) & (Issue.state == "open")).order_by(Issue.id)
    return [row["id"] for row in rows]


RULE = "title.spaces"


def spaced(shop: Any, count: int) -> None:
    """Fill a shop with titles that have two spaces."""
    for number in range(count):
        shop.put(f"P{number}", title=f"Enamel  kettle {number} l")


async def test_an_approved_correction_is_pushed_verified_and_closes_its_issue(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    [issue_id] = await open_issues(RULE)

    decided = await approve(house, reviewer, issue_id)
    await queue.run(house)

    assert shop.pushes == [{"title": "Enamel kettle 0 l"}]
    assert (await applications.get(decided.application_id)).state is ApplicationState.VERIFIED
    row = await Issue.select().where(Issue.id == issue_id).first()
    assert (row["state"], row["resolution"]) == (IssueState.RESOLVED, Resolution.APPROVED)


async def test_the_fourth_issue_of_a_pattern_is_corrected_without_a_human(house, queue, shop, connect, reviewer):
    spaced(shop, 3)
    connection = await connect()
    await pulled(house, queue, connection)
    for issue_id in await open_issues(RULE):
        await approve(house, reviewer, issue_id)
        await queue.run(house)

    shop.put("P9", title="Enamel  kettle 9 l")
    await pulled(house, queue, connection)

    assert shop.products["P9"][1]["title"] == "Enamel kettle 9 l"
    row = await Application.select().where(Application.is_automatic.eq(True)).first()
    assert row["state"] == ApplicationState.VERIFIED
    assert row["decision"] is None


async def test_two_approvals_are_not_enough(house, queue, shop, connect, reviewer):
    spaced(shop, 2)
    connection = await connect()
    await pulled(house, queue, connection)
    for issue_id in await open_issues(RULE):
        await approve(house, reviewer, issue_id)
        await queue.run(house)

    shop.put("P9", title="Enamel  kettle 9 l")
    await pulled(house, queue, connection)

    assert shop.products["P9"][1]["title"] == "Enamel  kettle 9 l"


async def test_a_connection_that_only_suggests_never_corrects_by_itself(house, queue, shop, connect, reviewer):
    spaced(shop, 4)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    for issue_id in (await open_issues(RULE))[:3]:
        await approve(house, reviewer, issue_id)
        await queue.run(house)

    assert len(await open_issues(RULE)) == 1


async def test_a_refused_push_opens_the_issue_again_and_says_why(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    [issue_id] = await open_issues(RULE)
    shop.failures = [Rejected("Title is on hold.", code="hold")]

    decided = await approve(house, reviewer, issue_id)
    await queue.run(house)

    assert (await applications.get(decided.application_id)).state is ApplicationState.FAILED
    assert (await issues.get(issue_id)).state is IssueState.OPEN


async def test_a_push_that_meets_an_edit_is_superseded_and_no_failure(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    [issue_id] = await open_issues(RULE)

    async def meet_an_edit(connection, push):
        shop.put("P0", title="Red  enamel kettle")
        raise Conflict("The title was edited in the store.")

    house.registry.by_name["acme"] = _with_push(house.registry.by_name["acme"], meet_an_edit)
    decided = await approve(house, reviewer, issue_id)
    await queue.run(house)

    assert (await applications.get(decided.application_id)).state is ApplicationState.SUPERSEDED
    assert await open_issues(RULE) == [issue_id]
    assert (await issues.get(issue_id)).actual == "Red  enamel kettle"


async def test_a_conflict_without_an_edit_to_the_field_is_tried_again_later(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    [issue_id] = await open_issues(RULE)
    shop.failures = [Conflict("Something else was edited in the store.")]

    decided = await approve(house, reviewer, issue_id)
    await queue.run(house)

    assert (await applications.get(decided.application_id)).state is ApplicationState.PENDING
    assert await applications.due(house.clock()) == []


async def test_a_channel_that_is_away_leaves_the_correction_for_later(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    [issue_id] = await open_issues(RULE)
    shop.failures = [RetryLater("away", after=60)]

    decided = await approve(house, reviewer, issue_id)
    await queue.run(house)

    assert (await applications.get(decided.application_id)).state is ApplicationState.PENDING
    assert await applications.due(house.clock()) == []


async def test_a_channel_that_stores_something_else_fails_the_verification(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect(Mode.SUGGEST))
    [issue_id] = await open_issues(RULE)
    decided = await approve(house, reviewer, issue_id)
    name, ids = queue.asked.pop(0)
    assert name == "apply_correction"
    queue.asked.insert(0, (name, ids))
    queue.asked, later = queue.asked[:1], queue.asked[1:]
    pushed = shop.push

    async def push_and_lose(connection, push):
        result = await pushed(connection, push)
        shop.put("P0", title="Enamel  kettle lost")
        return result

    house.registry.by_name["acme"] = _with_push(house.registry.by_name["acme"], push_and_lose)
    queue.asked += later
    await queue.run(house)

    assert (await applications.get(decided.application_id)).state is ApplicationState.FAILED


def _with_push(channel, push):
    import dataclasses

    return dataclasses.replace(channel, push_product=push)


async def test_a_rejection_keeps_the_issue_open_and_lowers_confidence(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect())
    [issue_id] = await open_issues(RULE)

    decided = await reject(house, reviewer, issue_id, reason="It is a brand's own spelling")
    await queue.run(house)

    assert decided.confidence == 0.0
    assert (await issues.get(issue_id)).state is IssueState.OPEN


async def test_a_rejected_suggestion_is_not_made_to_the_same_issue_again(house, queue, shop, connect, reviewer):
    spaced(shop, 2)
    await pulled(house, queue, await connect())
    first, second = await open_issues(RULE)

    await reject(house, reviewer, first)
    await queue.run(house)

    assert await suggestions.of_issue(first) == []
    assert len(await suggestions.of_issue(second)) == 1


async def test_only_one_of_two_approvals_of_one_issue_wins(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect())
    [issue_id] = await open_issues(RULE)
    await approve(house, reviewer, issue_id)

    with pytest.raises(Refused, match="already"):
        await approve(house, reviewer, issue_id)

    assert await Application.count() == 1


async def test_a_value_that_breaks_another_rule_is_refused(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect())
    [issue_id] = await open_issues(RULE)

    with pytest.raises(Refused, match="break another rule"):
        await modify(house, reviewer, issue_id, value="")


async def test_a_modified_value_is_pushed_and_teaches_a_program(house, queue, shop, connect, reviewer):
    shop.put("P0", title="Enamel  kettle 0 l")
    await pulled(house, queue, await connect())
    [issue_id] = await open_issues(RULE)

    await modify(house, reviewer, issue_id, value="Enamel Kettle 0 L")
    await queue.run(house)

    assert shop.pushes == [{"title": "Enamel Kettle 0 L"}]


async def test_suggestions_say_their_source_and_evidence(house, queue, shop, connect, reviewer):
    spaced(shop, 1)
    await pulled(house, queue, await connect())
    [issue_id] = await open_issues(RULE)

    [suggestion] = await suggestions.of_issue(issue_id)

    assert suggestion.source == "builtin"
    assert suggestion.evidence
