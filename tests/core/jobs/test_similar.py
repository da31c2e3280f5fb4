"""Knowledge of a similar cause is carried over as a suggestion, and decided on anew."""

from __future__ import annotations

from typing import Any

import pytest

from core.corrections import apply
from core.model.corrections import Mode, Phase, Safety, Source
from core.review import approve, modify, reject
from core.store import auto_rules, issues, merchants, patterns, similar, suggestions
from core.store.tables import IssuePattern

RULE = "sku.spaces"


async def taught(desk: Any, mode: Mode = Mode.APPLY_AND_PUSH) -> tuple[int, int]:
    """Approve three corrections of kettles, then let a garden pot come in; return connection and the pot's issue."""
    for number in range(3):
        desk.shop.put(f"K{number}", sku=f" K{number} ")
    connection = await desk.connect(mode)
    await desk.pull(connection)
    for issue_id in await desk.open(RULE):
        await approve(desk.house, desk.reviewer, issue_id)
        await desk.run()
    desk.shop.put("G1", sku=" G1 ", category="Garden > Pots")
    await desk.pull(connection)
    [issue_id] = await desk.open(RULE)
    return connection, issue_id


async def test_what_kettles_taught_is_said_of_garden_pots(desk):
    _, issue_id = await taught(desk)

    [best, *_] = await suggestions.of_issue(issue_id)

    assert best.changes[0].after == "G1"
    assert best.evidence[-1] == "3 of 3 decisions on a similar cause (Acme, sku.spaces) approved it."


async def test_it_opens_no_gate_and_counts_as_no_approval(desk):
    _, issue_id = await taught(desk)
    issue = await issues.get(issue_id)

    await desk.job("auto_correct_pattern", issue.pattern)
    await desk.run()

    assert await desk.open(RULE) == [issue_id]
    assert await auto_rules.of_pattern(issue.pattern) == []
    assert (await patterns.get(issue.pattern)).phase is Phase.DETECTED


@pytest.mark.parametrize(("decide", "counted"), [(approve, (1, 0)), (reject, (0, 1))])
async def test_a_decision_on_it_counts_for_the_pattern_at_hand(desk, decide, counted):
    _, issue_id = await taught(desk, Mode.SUGGEST)
    issue = await issues.get(issue_id)

    await decide(desk.house, desk.reviewer, issue_id)

    [rule] = await auto_rules.of_pattern(issue.pattern)
    assert (rule.approvals, rule.rejections) == counted


async def test_a_correction_that_only_a_similar_cause_knows_is_proposed(desk):
    connection, _ = await taught(desk, Mode.SUGGEST)
    desk.shop.put("K9", title="Enamel kettle", brand="")
    await desk.pull(connection)
    [kettle] = await desk.open("brand.required")
    rule = await learned(desk, (await issues.get(kettle)).pattern)

    desk.shop.put("G9", title="Garden pot of clay", brand="", category="Garden > Pots")
    await desk.pull(connection)

    [pot] = [one for one in await desk.open("brand.required") if one != kettle]
    [found] = [one for one in await suggestions.of_issue(pot) if one.program_hash == rule]
    assert (found.source, found.changes[0].after) == (Source.LEARNED, "Alder")
    assert found.confidence == pytest.approx(0.8 * 0.9)
    assert found.evidence == ("4 of 5 decisions on a similar cause (Acme, brand.required) approved it.",)


async def learned(desk: Any, pattern_id: str) -> str:
    """Let a pattern have learned to write a brand, and return the correction's hash."""
    program = apply.normalise([{"set_value": {"to": "Alder"}}])
    made = await auto_rules.ensure(
        pattern_id, program, apply.program_hash(program), Safety.REVIEW, 0.8, desk.house.clock()
    )
    await auto_rules.note(made.auto_rule_id, approvals=4, rejections=1, confidence=0.9, bound=0.0)
    await patterns.note(pattern_id, confidence=0.9, phase=Phase.RECOGNISED)
    return made.program_hash


async def test_what_another_merchant_learned_is_not_told(desk, house, admin):
    _, issue_id = await taught(desk)
    issue = await issues.get(issue_id)
    other = await merchants.create("Birch & Wren", house.clock())
    await IssuePattern.update({IssuePattern.merchant: other}).where(IssuePattern.phase != "detected")

    cause = (await patterns.get(issue.pattern)).cause

    assert await similar.taught(issue.merchant, [cause]) == []
    assert len(await similar.taught(other, [cause])) == 1


async def test_issues_of_similar_causes_that_had_no_suggestion_get_one(desk, house, reviewer):
    for name, category in (("K1", "Kitchen > Kettles"), ("K2", "Kitchen > Kettles"), ("G1", "Garden > Pots")):
        desk.shop.put(name, description="<script>x()</script>", title="Pot", category=category, brand="")
    await desk.pull(await desk.connect(Mode.SUGGEST))
    kettle, other, pot = await desk.open("brand.required")
    await suggestions.replace({kettle: [], other: [], pot: []}, house.clock())

    for issue_id in (kettle, other):
        await modify(house, reviewer, issue_id, value="Alder")
        await desk.run()

    assert [one.changes[0].after for one in await suggestions.of_issue(pot)][-1] == "Alder"
