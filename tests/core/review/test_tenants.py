"""What belongs to one merchant is not there for another, whatever they ask for and in whatever role."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core import connections, review
from core.context import Context
from core.errors import NotFound
from core.knowledge.grouping import By, Condition
from core.model.corrections import Mode
from core.model.people import Actor, Role
from core.store.tables import Application, AuditEntry, CorrectionDecision


class Estate:
    """One merchant's things, by id."""

    connection: int
    issue: int
    pattern: str
    application: int
    decision: str
    rule: str


@pytest.fixture
async def estate(shop: Any) -> Estate:
    """Return what the first merchant owns."""
    found = Estate()
    merchant = await shop.merchant("Kettle & Co")
    found.connection = await shop.connection(merchant)
    record = await shop.record(merchant, found.connection)
    pattern = await shop.pattern(merchant)
    found.pattern, found.rule = str(pattern), str(await shop.rule(pattern))
    found.issue = await shop.issue(merchant, found.connection, record, pattern)
    found.application = await shop.application(merchant, found.connection, record, found.issue, pattern)
    found.decision = str(await shop.decision(found.issue, pattern))
    return found


Call = Callable[[Context, Actor, Estate], Awaitable[Any]]

CALLS: dict[str, Call] = {
    "approve": lambda context, actor, own: review.approve(context, actor, own.issue),
    "reject": lambda context, actor, own: review.reject(context, actor, own.issue),
    "modify": lambda context, actor, own: review.modify(context, actor, own.issue, value="10.00"),
    "preview": lambda context, actor, own: review.preview_modify(context, actor, own.issue, value="10.00"),
    "undo": lambda context, actor, own: review.undo(context, actor, own.application, force=True),
    "undo_decision": lambda context, actor, own: review.undo_decision(context, actor, own.decision),
    "freeze": lambda context, actor, own: review.freeze(context, actor, own.pattern),
    "approve_frozen": lambda context, actor, own: review.approve_frozen(context, actor, own.pattern, [own.issue], "0"),
    "split": lambda context, actor, own: review.split_pattern(context, actor, own.pattern, Condition(by=By.LOCALE)),
    "merge": lambda context, actor, own: review.merge_patterns(context, actor, own.pattern, [own.pattern]),
    "set_threshold": lambda context, actor, own: review.set_threshold(context, actor, own.pattern, 0.0),
    "set_auto_rule": lambda context, actor, own: review.set_auto_rule(context, actor, own.rule, is_active=True),
    "update": lambda context, actor, own: connections.update(context, actor, own.connection, mode=Mode.OBSERVE),
    "test": lambda context, actor, own: connections.test(context, actor, own.connection),
    "sync_now": lambda context, actor, own: connections.sync_now(context, actor, own.connection),
    "register": lambda context, actor, own: connections.register_webhooks(context, actor, own.connection),
    "list": lambda context, actor, own: connections.list_webhooks(context, actor, own.connection),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", CALLS)
async def test_another_merchants_things_are_not_there(
    context: Context, merchant: int, estate: Estate, queue: Any, name: str, role: Role
) -> None:
    stranger = Actor(user=9, name="stranger", role=role, merchant=merchant)

    with pytest.raises(NotFound):
        await CALLS[name](context, stranger, estate)

    assert queue.asked == []
    assert await AuditEntry.count() == 0
    assert (await Application.count(), await CorrectionDecision.count()) == (1, 1)


@pytest.mark.parametrize("name", ["set_threshold", "set_auto_rule", "freeze", "undo_decision"])
@pytest.mark.parametrize("wrong", ["nonsense", str(uuid.UUID(int=7))])
async def test_an_id_that_is_none_is_not_there_either(
    context: Context, admin: Actor, estate: Estate, name: str, wrong: str
) -> None:
    estate.pattern = estate.rule = estate.decision = wrong

    with pytest.raises(NotFound):
        await CALLS[name](context, admin, estate)


async def test_nobody_connects_an_account_for_a_merchant_that_is_not_there(context: Context) -> None:
    everyone = Actor(user=1, name="root", role=Role.ADMIN)

    with pytest.raises(NotFound):
        await connections.create(
            context, everyone, merchant=404, channel="shopify", name="Main", values={"shop": "x.myshopify.com"}
        )
