"""A dismissed issue leaves the queue, teaches nothing, and comes back with another value."""

from __future__ import annotations

import pytest

from core.errors import NotFound, Refused
from core.model.issues import IssueState
from core.model.people import Actor, Role
from core.review import approve, dismiss, reopen
from core.store import issues
from core.store.tables import CorrectionDecision, Issue


@pytest.fixture
async def found(house, queue, shop, connect):
    """Return a pulled connection and its one issue about spaces."""
    shop.put("P0", title="Enamel  kettle")
    connection = await connect()
    await house.queue.enqueue("sync_connection", connection)
    await queue.run(house)
    row = await Issue.select(Issue.id).where(Issue.rule == "title.spaces").first()
    return connection, row["id"]


async def pull(house, queue, connection):
    """Pull again."""
    await house.queue.enqueue("sync_connection", connection)
    await queue.run(house)


async def test_a_dismissed_issue_stays_away_while_its_value_stays(house, queue, shop, reviewer, found):
    connection, issue = found
    await dismiss(house, reviewer, issue)
    shop.put("P0", title="Enamel  kettle", price="12.00")

    await pull(house, queue, connection)

    assert (await issues.get(issue)).state is IssueState.DISMISSED
    assert await Issue.count().where(Issue.rule == "title.spaces") == 1
    assert await CorrectionDecision.count() == 0


async def test_another_bad_value_opens_it_again(house, queue, shop, reviewer, found):
    connection, issue = found
    await dismiss(house, reviewer, issue)
    shop.put("P0", title="Enamel  kettle,  red")

    await pull(house, queue, connection)

    assert (await issues.get(issue)).state is IssueState.OPEN


async def test_a_dismissed_issue_ends_when_the_value_is_mended(house, queue, shop, reviewer, found):
    connection, issue = found
    await dismiss(house, reviewer, issue)
    shop.put("P0", title="Enamel kettle")

    await pull(house, queue, connection)

    assert (await issues.get(issue)).state is IssueState.RESOLVED


async def test_what_was_dismissed_cannot_be_decided_until_it_is_reopened(house, reviewer, found):
    _, issue = found
    await dismiss(house, reviewer, issue)
    with pytest.raises(Refused):
        await approve(house, reviewer, issue)

    await reopen(house, reviewer, issue)
    decided = await approve(house, reviewer, issue)

    assert decided.application_id is not None


async def test_another_merchants_issue_can_be_neither_dismissed_nor_reopened(house, found):
    _, issue = found
    stranger = Actor(user=9, name="stranger", role=Role.ADMIN, merchant=999)

    for act in (dismiss, reopen):
        with pytest.raises(NotFound):
            await act(house, stranger, issue)

    assert (await issues.get(issue)).state is IssueState.OPEN
