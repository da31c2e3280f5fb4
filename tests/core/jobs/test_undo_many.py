"""Many corrections are taken back as exactly the list that was shown, each with its outcome, whatever dies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, NotFound, Refused, Rejected
from core.jobs.carry import HOLD
from core.model.corrections import ApplicationState, Mode, UndoScope, UndoState
from core.model.people import Actor
from core.review import approve_frozen, batch_of, freeze, freeze_undo, keep_theirs, start_undo, undo, undo_batch
from core.store import applications, auto_rules, undos
from core.store.audit import broken_link
from core.store.tables import Alert, Application, AuditEntry, CorrectionDecision, IssuePattern, Undo, UndoItem


async def pattern_of(desk: Any) -> str:
    """Return the pattern of the desk's rule."""
    row = await IssuePattern.select().where(IssuePattern.issue_type == desk.rule).first()
    return str(row["pattern_id"])


async def approved_together(desk: Any, count: int) -> str:
    """Approve a frozen list, carry it out, and return its handle."""
    desk.spaced(count)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    pattern = await pattern_of(desk)
    frozen = await freeze(desk.house, desk.reviewer, pattern)
    await approve_frozen(desk.house, desk.reviewer, pattern, frozen.issue_ids, frozen.digest)
    await desk.run()
    return batch_of(pattern, frozen.digest)


async def tally(undo_id: int) -> dict[UndoState, int]:
    """Return what became of an undo, without what did not occur."""
    return {state: count for state, count in (await undos.tally(undo_id)).items() if count}


def titles(desk: Any) -> list[str]:
    """Return the titles in the shop."""
    return [record["title"] for _, record in desk.shop.products.values()]


async def test_what_was_approved_together_is_undone_together(desk, house, reviewer):
    before = [f"Enamel  kettle {number} l" for number in range(12)]
    batch = await approved_together(desk, 12)
    assert titles(desk) != before

    undo_id = await undo_batch(house, reviewer, batch)
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 12}
    assert titles(desk) == before
    assert (await undos.get(undo_id)).finished_at is not None
    assert not await CorrectionDecision.exists().where(CorrectionDecision.revoked_at.is_null())
    assert await AuditEntry.exists().where(AuditEntry.action == "undo.start")
    assert await broken_link() is None


async def test_a_frozen_list_shows_its_number_and_the_way_back(desk, house, reviewer):
    batch = await approved_together(desk, 12)

    frozen = await freeze_undo(house, reviewer, UndoScope(batch=batch))

    assert (frozen.count, frozen.edited, len(frozen.sample)) == (12, 0, 5)
    assert frozen.sample[0]["changes"][0]["after"] == "Enamel  kettle 0 l"
    assert await Undo.count() == 0


async def test_a_list_that_changed_is_not_undone(desk, house, reviewer):
    batch = await approved_together(desk, 3)
    frozen = await freeze_undo(house, reviewer, UndoScope(batch=batch))
    await undo(house, reviewer, frozen.last)

    with pytest.raises(Conflict, match="not the one"):
        await start_undo(house, reviewer, frozen.scope, last=frozen.last, digest=frozen.digest)


async def test_asked_twice_it_is_one_undo(desk, house, reviewer):
    batch = await approved_together(desk, 3)
    frozen = await freeze_undo(house, reviewer, UndoScope(batch=batch))

    ids = await asyncio.gather(
        *(
            asyncio.create_task(start_undo(house, reviewer, frozen.scope, last=frozen.last, digest=frozen.digest))
            for _ in range(3)
        )
    )
    await desk.run()

    assert len(set(ids)) == 1
    assert await UndoItem.count() == 3
    assert await tally(ids[0]) == {UndoState.UNDONE: 3}
    assert len(desk.shop.pushes) == 6


async def test_what_was_edited_since_is_left_and_told_once(desk, house, reviewer):
    batch = await approved_together(desk, 4)
    connection = (await Application.select(Application.connection).first())["connection"]
    desk.shop.put("P1", title="Red kettle")
    await desk.pull(connection)
    desk.shop.put("P2", title="Blue kettle")

    undo_id = await undo_batch(house, reviewer, batch)
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 2, UndoState.EDITED: 2}
    assert titles(desk)[1:3] == ["Red kettle", "Blue kettle"]
    [alert] = await Alert.select().where(Alert.closed_at.is_null() & Alert.subject.like("undo%"))
    assert "2 undone, 2 edited since" in alert["message"]


async def test_an_edited_one_is_forced_or_kept_afterwards(desk, house, reviewer):
    batch = await approved_together(desk, 2)
    connection = (await Application.select(Application.connection).first())["connection"]
    desk.shop.put("P0", title="Red kettle")
    desk.shop.put("P1", title="Blue kettle")
    await desk.pull(connection)
    undo_id = await undo_batch(house, reviewer, batch)
    await desk.run()
    first, second = [row["id"] for row in await Application.select(Application.id).order_by(Application.id)]

    await undo(house, reviewer, first, force=True)
    await keep_theirs(house, reviewer, second)
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 1, UndoState.KEPT: 1}
    assert titles(desk) == ["Enamel  kettle 0 l", "Blue kettle"]


async def test_a_refusal_is_an_outcome_of_its_own(desk, house, reviewer):
    batch = await approved_together(desk, 3)
    undo_id = await undo_batch(house, reviewer, batch)
    await desk.job("carry_undo", undo_id)
    desk.queue.asked.clear()
    desk.shop.failures = []
    waiting = [row["id"] for row in await Application.select(Application.id).order_by(Application.id)]
    desk.replace(push_product=_refuses)
    await desk.job("undo_correction", waiting[0])
    desk.replace(push_product=desk.shop.push)

    await desk.job("sweep_corrections")
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 2, UndoState.FAILED: 1}
    row = await UndoItem.select().where(UndoItem.state == UndoState.FAILED).first()
    assert row["message"] == "Titles are on hold."


async def _refuses(*_: Any) -> None:
    raise Rejected("Titles are on hold.", code="hold")


async def test_an_undo_that_nobody_rang_for_goes_on_and_ends(desk, house, reviewer):
    batch = await approved_together(desk, 5)
    undo_id = await undo_batch(house, reviewer, batch)
    desk.queue.asked.clear()

    for name in ("sweep_undos", "sweep_corrections"):
        await desk.job(name)
        await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 5}
    assert (await undos.get(undo_id)).finished_at is not None


async def test_a_worker_that_dies_between_two_items_leaves_the_rest_to_others(desk, house, reviewer, monkeypatch):
    batch = await approved_together(desk, 5)
    undo_id = await undo_batch(house, reviewer, batch)
    desk.queue.asked.clear()
    begun, real = [], undos.begun

    async def dies(item_id: int) -> None:
        begun.append(item_id)
        if len(begun) == 3:
            raise KeyboardInterrupt
        await real(item_id)

    monkeypatch.setattr(undos, "begun", dies)
    with pytest.raises(KeyboardInterrupt):
        await desk.job("carry_undo", undo_id)
    monkeypatch.undo()
    desk.queue.asked.clear()
    desk.house.clock.now += HOLD

    for name in ("sweep_undos", "sweep_corrections"):
        await desk.job(name)
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 5}
    assert (await undos.get(undo_id)).finished_at is not None
    assert len(desk.shop.pushes) == 10


async def test_many_workers_carry_one_undo_once(desk, house, reviewer):
    batch = await approved_together(desk, 8)
    undo_id = await undo_batch(house, reviewer, batch)
    desk.queue.asked.clear()

    results = await asyncio.gather(
        *(asyncio.create_task(desk.job("carry_undo", undo_id)) for _ in range(4)), return_exceptions=True
    )
    await desk.run()

    assert [one for one in results if one is not None] == []
    assert await tally(undo_id) == {UndoState.UNDONE: 8}
    assert len(desk.shop.pushes) == 16


async def test_everything_that_a_program_did_since_a_time_is_undone_and_the_rule_is_off(desk, house, admin):
    await desk.learned()
    desk.spaced(3, start=20)
    since = house.clock() + timedelta(seconds=1)
    house.clock.now = since
    connection = (await Application.select(Application.connection).first())["connection"]
    await desk.pull(connection)
    row = await Application.select().where(Application.is_automatic.eq(True)).first()
    rule = str(row["auto_rule"])

    frozen = await freeze_undo(house, admin, UndoScope(auto_rule=rule, since=since))
    undo_id = await start_undo(house, admin, frozen.scope, last=frozen.last, digest=frozen.digest)
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 3}
    assert [desk.shop.products[f"P{number}"][1]["title"] for number in (3, 20, 21, 22)] == [
        "Enamel kettle 3 l", "Enamel  kettle 20 l", "Enamel  kettle 21 l", "Enamel  kettle 22 l",
    ]  # fmt: skip
    found = await auto_rules.get(rule)
    assert (found.is_active, "being undone by admin" in str(found.off_reason)) == (False, True)
    assert len(await desk.open()) == 3


async def test_what_people_approved_is_taken_back_with_a_program_unless_it_is_left_out(desk, house, admin):
    await desk.learned()
    row = await Application.select().where(Application.is_automatic.eq(True)).first()
    rule = str(row["auto_rule"])

    everything = await freeze_undo(house, admin, UndoScope(auto_rule=rule))
    by_itself = await freeze_undo(house, admin, UndoScope(auto_rule=rule, by_itself=True))

    assert (everything.count, by_itself.count) == (4, 1)


async def test_a_wave_has_a_handle(desk, house, reviewer):
    await desk.learned()
    row = await Application.select().where(Application.is_automatic.eq(True)).first()

    undo_id = await undo_batch(house, reviewer, row["batch"])
    await desk.run()

    assert await tally(undo_id) == {UndoState.UNDONE: 1}
    assert desk.shop.products["P3"][1]["title"] == "Enamel  kettle 3 l"


async def test_what_is_another_merchants_is_not_undone(desk, house, reviewer, admin):
    batch = await approved_together(desk, 2)
    stranger = Actor(user=9, name="stranger", role=admin.role, merchant=admin.merchant + 1)
    rule = str((await Application.raw("SELECT auto_rule_id FROM auto_correction_rules"))[0]["auto_rule_id"])

    with pytest.raises(NotFound):
        await freeze_undo(house, stranger, UndoScope(batch=batch))
    with pytest.raises(NotFound):
        await freeze_undo(house, stranger, UndoScope(auto_rule=rule))
    with pytest.raises(Refused, match="admin"):
        await freeze_undo(house, reviewer, UndoScope(auto_rule=rule))


async def test_what_is_being_pushed_while_it_is_undone_is_undone_after_all(desk, house, reviewer):
    desk.spaced(1)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    pattern = await pattern_of(desk)
    frozen = await freeze(house, reviewer, pattern)
    await approve_frozen(house, reviewer, pattern, frozen.issue_ids, frozen.digest)
    desk.queue.asked.clear()
    [row] = await Application.select()
    undone: list[int] = []

    async def meanwhile(connection: Any, push: Any) -> Any:
        undone.append(await undo_batch(house, reviewer, row["batch"]))
        await desk.job("carry_undo", undone[0])
        return await desk.shop.push(connection, push)

    desk.replace(push_product=meanwhile)
    await desk.job("apply_correction", row["id"])
    desk.replace(push_product=desk.shop.push)
    await desk.run()

    assert (await applications.get(row["id"])).state is ApplicationState.UNDONE
    assert await tally(undone[0]) == {UndoState.UNDONE: 1}
    assert desk.shop.products["P0"][1]["title"] == "Enamel  kettle 0 l"
