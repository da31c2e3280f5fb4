"""A worker may die between any two steps: what it began is finished once, and nothing hangs for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errors import NeedsAttention, Refused, RetryLater
from core.jobs.carry import HOLD
from core.model.corrections import ApplicationState, Mode
from core.model.issues import IssueState
from core.review import approve, undo
from core.store import applications, auto_rules, issues
from core.store.tables import Alert, Application, Issue


class Killed(BaseException):
    """What a killed worker looks like from inside."""


def dies_after(function: Any) -> Any:
    """Return a function which does its work at the channel and never answers."""

    async def run(*given: Any) -> None:
        await function(*given)
        raise Killed

    return run


async def killed_in(desk: Any, name: str, application_id: int, **functions: Any) -> None:
    """Run a job whose worker dies, and let time pass until others may go on."""
    desk.queue.asked.clear()
    desk.replace(**functions)
    with pytest.raises(Killed):
        await desk.job(name, application_id)
    desk.replace(push_product=desk.shop.push, pull_one=desk.shop.pull_one)
    desk.house.clock.now += HOLD


async def test_a_push_whose_worker_died_is_done_again_and_verified(desk):
    application_id = await desk.approved()
    await killed_in(desk, "apply_correction", application_id, push_product=dies_after(desk.shop.push))

    await desk.job("sweep_corrections")
    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED


async def test_a_push_whose_worker_died_is_only_verified_when_a_pull_has_seen_it(desk):
    application_id = await desk.approved()
    await killed_in(desk, "apply_correction", application_id, push_product=dies_after(desk.shop.push))
    await desk.pull((await applications.get(application_id)).connection)

    await desk.job("sweep_corrections")
    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED
    assert len(desk.shop.pushes) == 1
    assert not await Issue.exists().where((Issue.rule == desk.rule) & Issue.closed_at.is_null())


async def test_an_undo_whose_worker_died_ends_undone(desk):
    application_id = await desk.learned()
    await undo(desk.house, desk.reviewer, application_id)
    await killed_in(desk, "undo_correction", application_id, push_product=dies_after(desk.shop.push))

    await desk.job("sweep_corrections")
    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.UNDONE
    assert desk.shop.products["P3"][1]["title"] == "Enamel  kettle 3 l"


async def test_a_local_correction_cut_off_before_its_verification_is_verified_here(desk):
    desk.spaced(4)
    await desk.pull(await desk.connect(Mode.APPLY_LOCALLY))
    for issue_id in (await desk.open())[:3]:
        await approve(desk.house, desk.reviewer, issue_id)
    for name, ids in [one for one in desk.queue.asked if one[0] == "apply_correction"]:
        await desk.job(name, *ids)
    await desk.run()
    row = await Application.select().where(Application.is_automatic.eq(True)).first()

    assert (row["state"], row["push"]) == (ApplicationState.VERIFIED, False)
    assert desk.shop.products["P3"][1]["title"] == "Enamel  kettle 3 l"


async def test_while_a_worker_is_at_the_channel_no_other_pushes_and_nobody_cancels(desk):
    application_id = await desk.approved()
    desk.queue.asked.clear()
    refused = []

    async def meanwhile(connection: Any, push: Any) -> Any:
        await desk.job("sweep_corrections")
        await desk.job("apply_correction", application_id)
        with pytest.raises(Refused) as raised:
            await undo(desk.house, desk.reviewer, application_id)
        refused.append(raised.value.code)
        return await desk.shop.push(connection, push)

    desk.replace(push_product=meanwhile)
    await desk.job("apply_correction", application_id)
    await desk.run()

    assert refused == ["in_flight"]
    assert len(desk.shop.pushes) == 1
    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED


async def test_the_gate_that_opened_is_used_although_nobody_rang(desk):
    desk.spaced(5)
    await desk.pull(await desk.connect())
    for issue_id in (await desk.open())[:3]:
        await approve(desk.house, desk.reviewer, issue_id)
    desk.queue.asked.clear()

    for name in ("sweep_corrections", "sweep_suggestions"):
        await desk.job(name)
    await desk.run()

    assert await desk.open() == []
    assert {record["title"] for _, record in desk.shop.products.values()} == {f"Enamel kettle {n} l" for n in range(5)}


async def test_a_channel_that_is_away_for_long_costs_a_rule_nothing(desk):
    desk.spaced(3)
    connection = await desk.connect()
    await desk.pull(connection)
    await desk.approve_all()
    desk.spaced(1, start=9)
    desk.replace(push_product=_raises(RetryLater("away")))
    await desk.pull(connection)
    row = await Application.select().where(Application.is_automatic.eq(True)).first()

    for _ in range(12):
        desk.house.clock.now += timedelta(hours=1)
        await desk.job("apply_correction", row["id"])

    rule = await auto_rules.get(str(row["auto_rule"]))
    assert (await applications.get(row["id"])).state is ApplicationState.PENDING
    assert (rule.success_rate, rule.is_active) == (1.0, True)
    assert await Alert.exists().where(Alert.subject == f"application:{row['id']}")


async def test_what_waited_for_a_person_goes_out_when_they_have_acted(desk):
    application_id = await desk.approved()
    desk.replace(push_product=_raises(NeedsAttention("The key may not write.", code="missing_right")))
    for _ in range(12):
        desk.house.clock.now += timedelta(hours=1)
        await desk.job("apply_correction", application_id)

    desk.replace(push_product=desk.shop.push)
    desk.house.clock.now += timedelta(hours=2)
    await desk.job("sweep_corrections")
    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED
    assert not await Alert.exists().where(
        (Alert.subject == f"application:{application_id}") & Alert.closed_at.is_null()
    )


async def test_a_correction_met_by_an_edit_that_mends_the_issue_leaves_none_open(desk):
    application_id = await desk.approved()
    desk.shop.put("P0", title="Red kettle")
    await desk.house.queue.enqueue("sync_connection", (await applications.get(application_id)).connection)
    desk.queue.asked.reverse()

    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.SUPERSEDED
    assert not await Issue.exists().where((Issue.rule == desk.rule) & Issue.closed_at.is_null())


async def test_an_undo_before_the_verification_opens_the_issue_again(desk):
    application_id = await desk.approved()
    await desk.job("apply_correction", application_id)
    desk.queue.asked.clear()

    await undo(desk.house, desk.reviewer, application_id)
    await desk.run()

    issue = await issues.get((await applications.get(application_id)).issue)
    assert (await applications.get(application_id)).state is ApplicationState.UNDONE
    assert issue.state is IssueState.OPEN


async def test_an_undo_before_the_verification_that_cannot_be_done_is_verified_after_all(desk):
    application_id = await desk.approved()
    await desk.job("apply_correction", application_id)
    desk.queue.asked.clear()
    desk.replace(push_product=_raises(Refused("The shop is closed.")))

    await undo(desk.house, desk.reviewer, application_id)
    await desk.run()

    assert (await applications.get(application_id)).state is ApplicationState.VERIFIED
    assert await desk.open() == []


def _raises(error: Exception) -> Any:
    async def run(*_: Any) -> None:
        raise error

    return run
