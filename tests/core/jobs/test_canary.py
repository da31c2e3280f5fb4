"""A correction that opened its gate spreads on a connection as it proves itself there, whatever dies on the way."""

from __future__ import annotations

import asyncio
from typing import Any

from core.connections import update
from core.errors import Rejected
from core.model.corrections import ApplicationState, Mode, Stage
from core.review import undo
from core.store import auto_rules, canaries
from core.store.tables import Alert, Application, AutoCorrectionRule, Canary


async def automatic(connection: int | None = None) -> list[dict[str, Any]]:
    """Return what applied itself, oldest first."""
    rows = await Application.select().where(Application.is_automatic.eq(True)).order_by(Application.id)
    return [row for row in rows if connection in (None, row["connection"])]


async def states(connection: int | None = None) -> list[str]:
    """Return the states of what applied itself."""
    return [row["state"] for row in await automatic(connection)]


async def the_rule() -> auto_rules.AutoRuleRow:
    """Return the auto rule of the reviewer's approvals."""
    row = await AutoCorrectionRule.select().where(AutoCorrectionRule.approvals > 0).first()
    found = await auto_rules.get(str(row["auto_rule_id"]))
    assert found is not None
    return found


async def stage_on(connection: int, *, push: bool = True) -> Stage:
    """Return how far the rule is on a connection."""
    found = await canaries.get((await the_rule()).auto_rule_id, connection, push)
    assert found is not None
    return found.stage


async def step(desk: Any, *names: str) -> None:
    """Carry out the jobs that were asked for, of these names, and nothing they ask for."""
    asked, desk.queue.asked = desk.queue.asked, []
    for name, ids in asked:
        if name in names:
            await desk.job(name, *ids)


async def test_first_one_is_corrected_then_a_few_then_all(desk):
    connection = await desk.taught(12)
    assert await states() == [ApplicationState.PENDING]

    await step(desk, "apply_correction")
    await desk.job("suggest", *await desk.open())
    assert await states() == [ApplicationState.PUSHED]

    await step(desk, "verify_correction")
    assert await stage_on(connection) is Stage.FEW
    await step(desk, "auto_correct_pattern")
    assert len(await states()) == 6

    await desk.run()
    assert await stage_on(connection) is Stage.ALL
    assert await states() == [ApplicationState.VERIFIED] * 12
    assert await desk.open() == []


async def test_a_refusal_of_the_first_stops_the_rule_and_says_why(desk):
    await desk.taught(8)
    desk.shop.failures = [Rejected("Titles are on hold.", code="hold")]

    await desk.run()
    await desk.job("sweep_suggestions")
    await desk.run()

    rule = await the_rule()
    assert await states() == [ApplicationState.FAILED]
    assert not rule.is_active
    assert "first corrections on Main shop failed: Titles are on hold." in str(rule.off_reason)
    alert = await Alert.select().where(Alert.subject == f"auto_rule:{rule.auto_rule_id}").first()
    assert "Titles are on hold." in alert["message"]
    assert len(await desk.open()) == 8


async def test_a_refusal_among_the_few_leaves_the_others_alone(desk):
    connection = await desk.taught(20)
    await step(desk, "apply_correction")
    await step(desk, "verify_correction")
    await step(desk, "auto_correct_pattern")
    pending = [ids for name, ids in desk.queue.asked if name == "apply_correction"]
    desk.queue.asked.clear()
    desk.shop.failures = [Rejected("Titles are on hold.", code="hold")]

    for ids in pending:
        await desk.job("apply_correction", *ids)
    await desk.run()

    found = await states()
    assert found.count(ApplicationState.FAILED) == 1
    assert found.count(ApplicationState.SUPERSEDED) == 4
    assert await stage_on(connection) is Stage.STOPPED
    assert len(desk.shop.pushes) == 3 + 1


async def test_an_undo_of_one_of_the_first_stops_the_wave(desk, house, reviewer):
    connection = await desk.taught(20)
    await step(desk, "apply_correction")
    await step(desk, "verify_correction")
    desk.queue.asked.clear()
    [first] = await automatic()

    await undo(house, reviewer, first["id"])
    await desk.run()

    rule = await the_rule()
    assert await stage_on(connection) is Stage.STOPPED
    assert (rule.is_active, "was undone by reviewer" in str(rule.off_reason)) == (False, True)
    assert await states() == [ApplicationState.UNDONE]


async def test_taking_back_one_that_has_not_gone_out_stops_the_wave_as_well(desk, house, reviewer):
    connection = await desk.taught(4)
    [first] = await automatic()

    await undo(house, reviewer, first["id"])
    await desk.run()

    assert await stage_on(connection) is Stage.STOPPED
    assert await states() == [ApplicationState.UNDONE]


async def test_what_webhooks_bring_later_respects_the_stage(desk):
    connection = await desk.taught(1)
    desk.spaced(3, start=50)

    await desk.job("sync_connection", connection)
    await desk.job("suggest", *await desk.open())

    assert len(await automatic()) == 1
    await desk.run()
    assert await states() == [ApplicationState.VERIFIED] * 4


async def test_a_program_proves_itself_on_each_connection(desk):
    first = await desk.taught(8)
    await desk.run()
    second = await desk.connect()
    desk.spaced(9, start=100)
    await desk.job("sync_connection", second)
    desk.queue.asked.clear()

    await desk.job("suggest", *await desk.open())

    assert await stage_on(first) is Stage.ALL
    assert (await stage_on(second), len(await automatic(second))) == (Stage.FIRST, 1)


async def test_a_refusal_on_another_account_stops_it_there_and_not_where_it_is_proven(desk):
    first = await desk.taught(8)
    await desk.run()
    second = await desk.connect()
    desk.spaced(2, start=100)
    await desk.job("sync_connection", second)
    desk.queue.asked.clear()
    await desk.job("suggest", *await desk.open())
    desk.shop.failures = [Rejected("This account may not.", code="no_right")]

    await desk.run()

    assert (await stage_on(first), await stage_on(second)) == (Stage.ALL, Stage.STOPPED)
    assert (await the_rule()).is_active
    assert await Alert.exists().where(Alert.subject.like("canary:%") & (Alert.connection == second))


async def test_a_wave_goes_on_although_nobody_rang(desk):
    await desk.taught(8)
    await step(desk, "apply_correction")
    await step(desk, "verify_correction")
    desk.queue.asked.clear()

    for _ in range(4):
        await desk.job("sweep_suggestions")
        await desk.run()

    assert await states() == [ApplicationState.VERIFIED] * 8


async def test_one_that_counted_for_nothing_gives_its_place_to_another(desk):
    connection = await desk.taught(3)
    [first] = await automatic()
    record = (await Application.select(Application.record).where(Application.id == first["id"]).first())["record"]
    desk.shop.put("P10", title="Copper kettle")
    await desk.job("sync_connection", connection)

    await desk.run()

    assert record
    assert await states() == [ApplicationState.SUPERSEDED, ApplicationState.VERIFIED, ApplicationState.VERIFIED]


async def test_many_workers_begin_one_canary(desk):
    desk.spaced(3)
    connection = await desk.connect()
    await desk.pull(connection)
    await desk.approve_all()
    desk.spaced(8, start=10)
    await desk.job("sync_connection", connection)
    ids = await desk.open()
    desk.queue.asked.clear()

    await asyncio.gather(*(asyncio.create_task(desk.job("suggest", issue_id)) for issue_id in ids))

    assert len(await automatic()) == 1
    assert await Canary.count() == 1


async def test_corrections_kept_here_only_have_a_canary_too(desk):
    connection = await desk.taught(8, Mode.APPLY_LOCALLY)
    assert len(await automatic()) == 1

    await desk.run()

    assert await stage_on(connection, push=False) is Stage.ALL
    assert await states() == [ApplicationState.VERIFIED] * 8
    assert len(desk.shop.pushes) == 3


async def test_what_proved_itself_here_only_has_to_prove_that_the_channel_takes_it(desk, house, admin):
    connection = await desk.taught(8, Mode.APPLY_LOCALLY)
    await desk.run()
    await update(house, admin, connection, mode=Mode.APPLY_AND_PUSH)
    desk.spaced(9, start=100)
    await desk.job("sync_connection", connection)
    desk.queue.asked.clear()

    await desk.job("suggest", *await desk.open())

    assert (await stage_on(connection, push=False), await stage_on(connection)) == (Stage.ALL, Stage.FIRST)
    assert len(await automatic()) == 9


async def test_a_rule_that_worked_before_there_were_canaries_keeps_what_it_earned(desk):
    connection = await desk.taught(8)
    await desk.run()
    await Canary.delete(force=True)
    desk.spaced(9, start=100)
    await desk.job("sync_connection", connection)
    desk.queue.asked.clear()

    await desk.job("suggest", *await desk.open())

    assert await stage_on(connection) is Stage.ALL
    assert len(await automatic()) == 17


async def test_what_one_day_corrects_on_one_connection_in_one_stage_shares_a_handle(desk):
    await desk.taught(12)

    await desk.run()

    batches = [row["batch"] for row in await automatic()]
    assert [batches.count(batch) for batch in dict.fromkeys(batches)] == [1, 5, 6]
