"""A rule that stopped itself gets another try from an admin, and begins with one correction."""

from __future__ import annotations

import pytest

from core.errors import NotFound, Refused, Rejected
from core.model.corrections import ApplicationState, Stage
from core.model.people import Actor
from core.review import set_auto_rule, start_anew
from core.store import auto_rules, canaries
from core.store.tables import Application, AuditEntry, AutoCorrectionRule


async def states() -> list[str]:
    """Return the states of what applied itself, oldest first."""
    rows = await Application.select().where(Application.is_automatic.eq(True)).order_by(Application.id)
    return [row["state"] for row in rows]


async def the_rule() -> auto_rules.AutoRuleRow:
    """Return the auto rule of the reviewer's approvals."""
    row = await AutoCorrectionRule.select().where(AutoCorrectionRule.approvals > 0).first()
    found = await auto_rules.get(str(row["auto_rule_id"]))
    assert found is not None
    return found


async def stage_on(connection: int) -> Stage:
    """Return how far the rule is on a connection."""
    found = await canaries.get((await the_rule()).auto_rule_id, connection, True)
    assert found is not None
    return found.stage


async def test_a_rule_that_failed_too_often_stays_shut_until_it_is_started_anew(desk, house, admin):
    connection = await desk.taught(8)
    await desk.run()
    rule = await the_rule()
    await auto_rules.note_outcome(rule.auto_rule_id, success_rate=0.5, added=0)
    await auto_rules.switch(rule.auto_rule_id, is_active=False, reason="Its success rate fell to 50%, below 80%.")
    desk.spaced(9, start=100)
    await desk.pull(connection)
    await set_auto_rule(house, admin, rule.auto_rule_id, is_active=True)
    await desk.run()
    assert len(await states()) == 8

    await start_anew(house, admin, rule.auto_rule_id)

    again = await the_rule()
    assert (again.is_active, again.success_rate, again.off_reason) == (True, 1.0, None)
    assert await stage_on(connection) is Stage.FIRST
    entry = await AuditEntry.select().where(AuditEntry.action == "auto_rule.start_anew").first()
    assert (entry["actor"], '"success_rate":0.5' in str(entry["detail"]).replace(" ", "")) == ("admin", True)
    await desk.job("auto_correct_pattern", rule.pattern_id)
    assert len(await states()) == 9
    await desk.run()
    assert await desk.open() == []


async def test_a_rule_whose_canary_stopped_begins_with_one_when_it_is_switched_on(desk, house, admin):
    connection = await desk.taught(8)
    desk.shop.failures = [Rejected("Titles are on hold.", code="hold")]
    await desk.run()
    rule = await the_rule()

    await set_auto_rule(house, admin, rule.auto_rule_id, is_active=True)

    assert await stage_on(connection) is Stage.FIRST
    await desk.job("auto_correct_pattern", rule.pattern_id)
    desk.queue.asked.clear()
    assert await states() == [ApplicationState.FAILED, ApplicationState.PENDING]


async def test_only_an_admin_of_the_merchant_starts_a_rule_anew(desk, house, reviewer, admin):
    await desk.taught(1)
    rule = await the_rule()
    stranger = Actor(user=9, name="stranger", role=admin.role, merchant=admin.merchant + 1)

    with pytest.raises(Refused, match="admin"):
        await start_anew(house, reviewer, rule.auto_rule_id)
    with pytest.raises(NotFound):
        await start_anew(house, stranger, rule.auto_rule_id)
