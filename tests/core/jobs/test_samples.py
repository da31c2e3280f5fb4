"""A sample of what applied itself is put before people; what they say counts, and a bad sample stops the rule."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import msgspec
import pytest

from core.errors import NotFound, Refused
from core.model.corrections import ApplicationState, AuditVerdict, Mode
from core.model.people import Actor
from core.review import check, start_anew
from core.store import applications, auto_rules
from core.store.listings import samples
from core.store.tables import Alert, Application, AuditEntry, Canary


def share(desk: Any, **values: Any) -> None:
    """Give the installation other numbers of learning."""
    tuning = desk.house.tuning
    learning = msgspec.structs.replace(tuning.knowledge_management, **values)
    changed = msgspec.structs.replace(tuning, knowledge_management=learning)
    desk.house = dataclasses.replace(desk.house, tuning=changed)


async def corrected(desk: Any, count: int, **values: Any) -> list[int]:
    """Let a learned rule correct so many issues, all of them drawn, and return what applied itself."""
    share(desk, sample_share=1.0, **values)
    desk.spaced(3)
    connection = await desk.connect(Mode.APPLY_AND_PUSH)
    await desk.pull(connection)
    await desk.approve_all()
    desk.spaced(count, start=10)
    await desk.pull(connection)
    rows = await Application.select(Application.id).where(Application.is_automatic.eq(True)).order_by(Application.id)
    return [row["id"] for row in rows]


async def rule_of(application_id: int) -> auto_rules.AutoRuleRow:
    """Return the rule of an application."""
    found = await applications.get(application_id)
    assert found is not None
    rule = await auto_rules.get(str(found.auto_rule))
    assert rule is not None
    return rule


async def test_reviewers_are_asked_about_what_was_drawn(desk, reviewer):
    ids = await corrected(desk, 4)

    page = await samples.to_check(reviewer.merchant)

    assert [one.id for one in page.items] == ids
    assert await samples.count(reviewer.merchant) == 4
    assert await samples.count(reviewer.merchant + 1) == 0


async def test_a_confirmation_counts_for_the_rule_and_takes_it_off_the_list(desk, reviewer):
    ids = await corrected(desk, 3)
    rule = await rule_of(ids[0])
    await auto_rules.note_outcome(rule.auto_rule_id, success_rate=0.9, added=0)

    checked = await check(desk.house, reviewer, ids[0], AuditVerdict.CONFIRMED)

    assert (checked.undoing, (await rule_of(ids[0])).success_rate) == (False, 0.91)
    assert [one.id for one in (await samples.to_check(reviewer.merchant)).items] == ids[1:]
    entry = await AuditEntry.select().where(AuditEntry.action == "application.check").first()
    assert (entry["actor"], "confirmed" in str(entry["detail"])) == ("reviewer", True)


async def test_a_wrong_one_counts_once_against_the_rule_and_is_undone(desk, reviewer):
    ids = await corrected(desk, 8)

    checked = await check(desk.house, reviewer, ids[7], AuditVerdict.WRONG)
    await desk.run()

    assert checked.undoing
    assert (await applications.get(ids[7])).state is ApplicationState.UNDONE
    assert desk.shop.products["P17"][1]["title"] == "Enamel  kettle 17 l"
    rule = await rule_of(ids[7])
    assert (rule.success_rate, rule.is_active) == (0.9, True)


async def test_a_wrong_one_that_was_edited_since_is_noted_and_the_versions_are_told(desk, reviewer):
    ids = await corrected(desk, 8)
    connection = (await applications.get(ids[7])).connection
    desk.shop.put("P17", title="Red kettle")
    await desk.pull(connection)

    checked = await check(desk.house, reviewer, ids[7], AuditVerdict.WRONG)

    assert (checked.undoing, checked.versions["now"]) == (False, {"title": "Red kettle"})
    assert (await rule_of(ids[7])).success_rate == 0.9


async def test_each_is_checked_once_by_one_person_of_its_merchant(desk, reviewer, admin):
    ids = await corrected(desk, 2)
    stranger = Actor(user=9, name="stranger", role=admin.role, merchant=admin.merchant + 1)

    results = await asyncio.gather(
        *(asyncio.create_task(check(desk.house, reviewer, ids[0], AuditVerdict.CONFIRMED)) for _ in range(4)),
        return_exceptions=True,
    )

    assert [type(one) for one in results if isinstance(one, BaseException)] == [Refused] * 3
    with pytest.raises(NotFound):
        await check(desk.house, stranger, ids[1], AuditVerdict.CONFIRMED)


async def test_what_was_not_drawn_is_not_checked(desk, reviewer):
    application_id = await desk.learned()
    await Application.update({Application.is_sampled: False}, force=True)

    with pytest.raises(Refused, match="drawn"):
        await check(desk.house, reviewer, application_id, AuditVerdict.CONFIRMED)


async def test_a_rule_that_turns_all_wrong_after_twelve_right_ones_is_stopped_by_its_sample_within_four(desk, reviewer):
    """The success rate alone never stops it here: its floor is at nothing, and the drift is only in the sample."""
    ids = await corrected(desk, 24, success_floor=0.0)
    for application_id in ids[:12]:
        await check(desk.house, reviewer, application_id, AuditVerdict.CONFIRMED)

    wrong = 0
    while (await rule_of(ids[0])).is_active and wrong < 12:
        await check(desk.house, reviewer, ids[12 + wrong], AuditVerdict.WRONG)
        wrong += 1

    rule = await rule_of(ids[0])
    assert wrong == 4
    assert f"Of {12 + wrong} corrections that people checked {wrong} were wrong" in str(rule.off_reason)
    assert await Alert.exists().where((Alert.subject == f"auto_rule:{rule.auto_rule_id}") & Alert.closed_at.is_null())


async def test_a_rule_started_anew_has_its_sample_begin_again(desk, reviewer, admin):
    ids = await corrected(desk, 12, success_floor=0.0)
    for application_id in ids[:3]:
        await check(desk.house, reviewer, application_id, AuditVerdict.WRONG)
    stopped = await rule_of(ids[0])
    await desk.run()

    await start_anew(desk.house, admin, stopped.auto_rule_id)
    await desk.run()
    await check(desk.house, reviewer, ids[5], AuditVerdict.WRONG)

    assert not stopped.is_active
    assert (await rule_of(ids[0])).is_active


async def test_the_sample_is_drawn_with_a_salt_that_only_the_installation_knows(desk):
    await corrected(desk, 3)

    [spread] = await Canary.select()

    assert len(spread["salt"]) == 32
    listed = await samples.to_check(None)
    assert spread["salt"] not in msgspec.json.encode(listed).decode()
