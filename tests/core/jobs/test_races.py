"""Two at once: exactly one wins, the other is told, and no driver's error comes through."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from core.errors import Refused, RetryLater
from core.model.corrections import ApplicationState, Mode
from core.model.events import Action, WebhookEvent
from core.model.records import RecordKind
from core.review import approve, approve_frozen, freeze, reject, undo
from core.store import applications, patterns, sync_runs
from core.store.audit import broken_link
from core.store.engine import is_sqlite, transaction
from core.store.rows import to_json
from core.store.tables import Application, CorrectionDecision, Delivery, Issue, IssuePattern, Record


async def at_once(*calls: Any) -> list[Any]:
    """Run calls in tasks of their own and return results and errors alike."""
    return await asyncio.gather(*(asyncio.create_task(call) for call in calls), return_exceptions=True)


def errors(results: list[Any]) -> list[Any]:
    """Return what went wrong."""
    return [one for one in results if isinstance(one, BaseException)]


async def test_of_many_approvals_of_one_issue_exactly_one_wins(desk):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    [issue_id] = await desk.open()

    results = await at_once(*(approve(desk.house, desk.reviewer, issue_id) for _ in range(8)))

    assert [type(one) for one in errors(results)] == [Refused] * 7
    assert await Application.count() == await CorrectionDecision.count() == 1


async def test_an_approval_and_a_rejection_at_once_leave_one_application_at_most(desk):
    desk.spaced(6)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    ids = await desk.open()

    results = await at_once(
        *(approve(desk.house, desk.reviewer, issue_id) for issue_id in ids),
        *(reject(desk.house, desk.reviewer, issue_id) for issue_id in ids),
    )

    assert {type(one) for one in errors(results)} <= {Refused}
    assert await Application.count() == 6
    assert await broken_link() is None


async def test_an_approval_while_a_pull_closes_the_issue_ends_one_way_or_the_other(desk):
    desk.spaced(8)
    connection = await desk.connect(Mode.SUGGEST)
    await desk.pull(connection)
    ids = await desk.open()
    for number in range(8):
        desk.shop.put(f"P{number}", title=f"Copper kettle {number}")

    results = await at_once(
        desk.job("sync_connection", connection), *(approve(desk.house, desk.reviewer, issue_id) for issue_id in ids)
    )
    await desk.run()

    assert {type(one) for one in errors(results)} <= {Refused}
    assert desk.shop.pushes == []
    assert not await Issue.exists().where((Issue.rule == desk.rule) & Issue.closed_at.is_null())
    assert await applications.due(desk.house.clock()) == []


async def test_a_machine_and_a_person_never_correct_one_issue_twice(desk):
    desk.spaced(3)
    connection = await desk.connect()
    await desk.pull(connection)
    await desk.approve_all()
    desk.spaced(6, start=10)
    await desk.job("sync_connection", connection)
    ids = await desk.open()
    desk.queue.asked.clear()

    results = await at_once(
        desk.job("suggest", *ids), *(approve(desk.house, desk.reviewer, issue_id) for issue_id in ids)
    )
    for name in ("sweep_corrections", "sweep_suggestions"):
        await desk.job(name)
    await desk.run()

    assert {type(one) for one in errors(results)} <= {Refused}
    assert len(desk.shop.pushes) == 9
    assert await Application.count() == 9


async def test_workers_with_overlapping_deliveries_keep_each_once(desk):
    connection = await desk.connect(Mode.SUGGEST)
    ids = [await keep_delivery(desk, connection, number) for number in range(12)]

    results = await at_once(
        *(desk.job("process_deliveries", *part) for part in (ids, ids[::-1], ids[3:9], ids[6:], ids[:6]))
    )

    assert errors(results) == []
    assert await Record.count() == 12
    spaces = await IssuePattern.select(IssuePattern.occurrence_count).where(IssuePattern.issue_type == desk.rule)
    assert [row["occurrence_count"] for row in spaces] == [12]


async def test_two_connections_of_one_merchant_share_patterns_without_deadlock(desk):
    first, second = await desk.connect(Mode.SUGGEST), await desk.connect(Mode.SUGGEST)
    for number in range(20):
        desk.shop.put(
            f"P{number}", title=f"Kettle  {number}", price="10", weight=None, gtin="12-3" if number % 2 else None
        )

    results = await at_once(desk.job("sync_connection", first), desk.job("sync_connection", second))

    assert errors(results) == []
    assert await Record.count() == 40


async def test_corrections_carried_out_while_pulls_write_the_same_patterns_end(desk):
    desk.spaced(12)
    first, second = await desk.connect(Mode.SUGGEST), await desk.connect(Mode.SUGGEST)
    await desk.pull(first)
    await desk.pull(second)
    for issue_id in (await desk.open())[:12]:
        await approve(desk.house, desk.reviewer, issue_id)
    desk.spaced(12, start=20)
    due = await applications.due(desk.house.clock())

    results = await at_once(
        *(carried_out(desk, application_id) for application_id, _ in due),
        desk.job("sync_connection", second),
        desk.job("sync_connection", first),
    )

    assert errors(results) == []
    states = {row["state"] for row in await Application.select(Application.state)}
    assert states == {ApplicationState.VERIFIED}


async def test_two_pulls_begun_at_once_are_one(desk):
    connection = await desk.connect()

    results = await at_once(*(sync_runs.begin(connection, RecordKind.PRODUCT, desk.house.clock()) for _ in range(5)))

    assert errors(results) == []
    assert len([one for one in results if one is not None]) == 1


async def test_of_two_undos_one_wins_and_a_pull_beside_them_does_no_harm(desk):
    application_id = await desk.learned()
    connection = (await applications.get(application_id)).connection
    desk.shop.put("P3", title="Enamel kettle 3 l", price="41.00")

    results = await at_once(
        undo(desk.house, desk.reviewer, application_id),
        undo(desk.house, desk.reviewer, application_id),
        desk.job("sync_connection", connection),
    )
    await desk.run()

    assert [type(one) for one in errors(results)] == [Refused]
    assert (await applications.get(application_id)).state is ApplicationState.UNDONE
    assert desk.shop.products["P3"][1]["title"] == "Enamel  kettle 3 l"


async def test_two_reviewers_approving_the_same_list_decide_each_issue_once(desk):
    desk.spaced(10)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    pattern = (await IssuePattern.select().where(IssuePattern.issue_type == desk.rule).first())["pattern_id"]
    frozen = await freeze(desk.house, desk.reviewer, str(pattern))

    results = await at_once(
        *(approve_frozen(desk.house, desk.reviewer, str(pattern), frozen.issue_ids, frozen.digest) for _ in range(3))
    )

    assert errors(results) == []
    assert sorted(one.issue_id for decided in results for one in decided) == sorted(frozen.issue_ids)


async def test_a_deadlock_is_told_as_something_to_try_again(desk):
    desk.spaced(1)
    desk.shop.put("P9", title="Kettle", gtin="12-3")
    await desk.pull(await desk.connect(Mode.SUGGEST))
    one, other = [str(row["pattern_id"]) for row in await IssuePattern.select().order_by(IssuePattern.issue_type)][:2]
    meeting = asyncio.Barrier(2)

    async def hold(first: str, second: str) -> None:
        async with transaction():
            await patterns.lock(first)
            if not is_sqlite():
                await meeting.wait()
            await patterns.lock(second)

    results = await at_once(hold(one, other), hold(other, one))

    assert [type(found) for found in errors(results)] == ([] if is_sqlite() else [RetryLater])


async def keep_delivery(desk: Any, connection: int, number: int) -> int:
    """Keep a webhook about a product with two spaces in its title."""
    event = WebhookEvent(
        topic="product.updated", action=Action.UPSERT, dedupe_key=str(number), kind=RecordKind.PRODUCT,
        external_id=f"P{number}", version=number + 1,
    )  # fmt: skip
    body = msgspec.json.encode({"title": f"Enamel  kettle {number}", "sku": f"P{number}"})
    now = desk.house.clock()
    rows = await Delivery.insert(
        Delivery(connection=connection, dedupe_key=str(number), topic=event.topic, event=to_json(event), body=body,
                 received_at=now)
    )  # fmt: skip
    return int(rows[0]["id"])


async def carried_out(desk: Any, application_id: int) -> None:
    """Push and verify one correction."""
    await desk.job("apply_correction", application_id)
    await desk.job("verify_correction", application_id)
