"""Patterns merged by hand: all goes together, issues to come follow, and taking it back restores it."""

from __future__ import annotations

import pytest

from core.errors import Refused
from core.knowledge.grouping import By, Condition
from core.model.corrections import Mode, Phase, Safety
from core.review import (
    approve,
    merge_patterns,
    modify,
    reject,
    set_auto_rule,
    undo,
    undo_decision,
    ungroup,
)
from core.store import applications, auto_rules, decisions, groupings, issues, patterns
from core.store.tables import Application, CorrectionDecision

DOUBLE, EDGE = "double_spaces", "edge_spaces"
KITCHEN = Condition(by=By.CATEGORY, value="Kitchen")


async def test_what_is_merged_counts_together_in_time_order(desk, day, house, admin):
    await day.stand()
    await day.decide(approve, "D0", "E0", "D1")
    await day.decide(reject, "E1")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)

    found = await merge_patterns(house, admin, double, [edge])

    [rule] = [one for one in await auto_rules.of_pattern(double) if one.approvals]
    assert (rule.approvals, rule.rejections) == (3, 1)
    assert rule.confidence == pytest.approx(3 / 4 * 0.8 + 0.2 - 0.1)
    assert (found.issues, found.decisions, found.applications) == (3, 2, 1)
    assert (await patterns.get(edge)).merged_into == double
    assert (await patterns.get(edge)).phase is Phase.DETECTED
    assert {await day.pattern_of(name) for name in ("D0", "D3", "E0", "E2")} == {double}


async def test_issues_to_come_follow_a_merge_and_the_gate_counts_for_them(desk, day, house, admin):
    connection = await day.stand(Mode.APPLY_AND_PUSH)
    await day.decide(approve, "D0", "E0", "D1")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)

    found = await merge_patterns(house, admin, double, [edge])
    await desk.run()
    desk.shop.put("E9", title=" Copper kettle 9")
    await desk.pull(connection)

    assert [side.pattern_id for side in found.begins] == [double]
    assert await desk.open() == []
    assert desk.shop.products["E9"][1]["title"] == "Copper kettle 9"
    assert await day.pattern_of("E9") == double
    assert (await patterns.get(double)).title == (await patterns.get(edge)).title


async def test_a_preview_says_what_would_be_and_changes_nothing(desk, day, house, admin):
    await day.stand()
    await day.decide(approve, "D0", "E0", "D1")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    before = await day.everything()

    shown = await merge_patterns(house, admin, double, [edge], preview=True)
    untouched = await day.everything() == before
    done = await merge_patterns(house, admin, double, [edge])

    assert untouched
    assert shown.is_preview
    assert not done.is_preview
    assert shown.sides == done.sides
    assert (shown.issues, shown.decisions) == (done.issues, done.decisions)


async def test_a_merge_is_taken_back_with_what_was_decided_since(desk, day, house, admin):
    connection = await day.stand()
    await day.decide(approve, "D0", "E0")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    before = await day.everything()
    made = await merge_patterns(house, admin, double, [edge])
    desk.shop.put("E8", title=" Copper kettle 8")
    await desk.pull(connection)
    await day.decide(approve, "E8", "D1")

    await ungroup(house, admin, made.grouping_ids[0])

    assert await day.pattern_of("E8") == edge
    rules = {key: [one.approvals for one in await auto_rules.of_pattern(key)] for key in (double, edge)}
    assert rules == {double: [2], edge: [2]}
    after = await day.everything()
    assert after["issues"][: len(before["issues"])] == before["issues"]
    assert after["decisions"][:2] == before["decisions"]
    assert after["patterns"][0]["merged_into"] is None
    assert await groupings.standing(admin.merchant) == []
    with pytest.raises(Refused, match="already"):
        await ungroup(house, admin, made.grouping_ids[0])


async def test_a_correction_is_never_less_careful_after_a_merge(desk, day, house, admin):
    await day.stand()
    await day.decide(approve, "D0", "E0")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    [there] = await auto_rules.of_pattern(edge)
    await set_auto_rule(house, admin, there.auto_rule_id, is_active=False)
    await auto_rules.note_outcome(there.auto_rule_id, success_rate=0.85, added=0)
    await auto_rules.set_threshold(edge, 0.95)
    await auto_rules.ensure(edge, there.program, there.program_hash, Safety.REVIEW, 0.8, house.clock())

    await merge_patterns(house, admin, double, [edge])

    [rule] = await auto_rules.of_pattern(double)
    assert (rule.is_active, rule.success_rate, rule.threshold, rule.safety) == (False, 0.85, 0.95, Safety.REVIEW)
    assert rule.off_reason


async def test_an_undo_after_a_merge_counts_for_the_pattern_that_took_over(desk, day, house, admin, reviewer):
    await day.stand()
    await day.decide(approve, "D0", "E0")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    await merge_patterns(house, admin, double, [edge])
    rows = await Application.select(Application.id).order_by(Application.id)

    await undo(house, reviewer, rows[-1]["id"])
    await desk.run()

    [rule] = await auto_rules.of_pattern(double)
    assert rule.approvals == 1
    assert (await applications.get(rows[-1]["id"])).pattern == double


async def test_a_decision_is_revoked_where_it_counts_now(desk, day, house, admin, reviewer):
    await day.stand()
    await day.decide(approve, "D0", "D1", "E0")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    row = await CorrectionDecision.select(CorrectionDecision.decision_id).order_by(CorrectionDecision.sequence).first()
    await merge_patterns(house, admin, edge, [double])

    await undo_decision(house, reviewer, str(row["decision_id"]))

    assert (await decisions.get(str(row["decision_id"]))).pattern_id == edge
    assert [it.approvals for it in await auto_rules.of_pattern(edge)] == [2]


async def test_what_people_taught_by_changing_goes_along(desk, day, house, admin, reviewer):
    await day.stand()
    [issue_id, *_] = await desk.open()
    await modify(house, reviewer, issue_id, value="Kettle, enamelled")
    await desk.run()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)

    await merge_patterns(house, admin, edge, [double])

    assert len(await decisions.solutions(edge)) == 1
    assert await decisions.solutions(double) == []


async def test_open_issues_are_looked_at_anew(desk, day, house, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)

    await merge_patterns(house, admin, double, [edge])

    assert len(await issues.without_suggestions()) == 3
    assert ("suggest_again", (double,)) in desk.queue.asked
