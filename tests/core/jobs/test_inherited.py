"""What people said of results speaks for a program that is found later, as far as it proves something."""

from __future__ import annotations

from typing import Any

from core.knowledge.confidence import confidence
from core.model.corrections import Mode, Safety, Verdict
from core.review import modify, preview_modify, reject, undo_decision
from core.review.learn import standing_of
from core.store import auto_rules, decisions, issues, suggestions


async def titles(desk: Any, count: int) -> list[int]:
    """Return open issues of titles with two spaces, with nothing suggested."""
    desk.spaced(count)
    await desk.pull(await desk.connect(Mode.SUGGEST))
    found = await desk.open()
    await suggestions.replace({one: [] for one in found}, desk.house.clock())
    return list(found)


async def rules_of(issue_id: int) -> list[Any]:
    issue = await issues.get(issue_id)
    assert issue is not None
    return await auto_rules.of_pattern(issue.pattern)


async def taught(desk: Any, values: list[str]) -> list[int]:
    """Give the first issues these values, with nothing suggested in between."""
    found = await titles(desk, len(values) + 1)
    for issue_id, value in zip(found, values, strict=False):
        await modify(desk.house, desk.reviewer, issue_id, value=value)
    return found


async def test_a_program_found_later_has_the_results_it_gives_as_approvals(desk):
    found = await taught(desk, ["Kettle no. 0", "Kettle no. 1", "Kettle no. 2"])

    rules = await rules_of(found[0])
    best = max(rules, key=lambda rule: rule.approvals)

    standing = await standing_of(best)
    said = [Verdict.MODIFIED] * standing.failures + [Verdict.APPROVED] * best.approvals
    assert best.approvals == 3
    assert standing.confidence == confidence(said)
    assert 1 <= standing.successes < standing.approvals


async def test_what_was_inherited_certifies_nothing(desk):
    found = await taught(desk, [f"Kettle no. {number}" for number in range(3)])

    best = max(await rules_of(found[0]), key=lambda rule: rule.approvals)

    standing = await standing_of(best)
    assert standing.safety is Safety.REVIEW
    own = [one for one in await decisions.judged(best.pattern_id) if best.program_hash in (one.suggested, one.chosen)]
    assert standing.successes == len(own) < standing.approvals


async def test_taking_a_decision_back_takes_back_what_it_said_of_later_programs(desk, house, reviewer):
    found = await titles(desk, 3)
    first = await modify(house, reviewer, found[0], value="A red pot")
    await modify(house, reviewer, found[1], value="enamel kettle 1 l")
    [before] = [rule for rule in await rules_of(found[0]) if any("change_case" in step for step in rule.program)]

    await undo_decision(house, reviewer, first.decision_id)

    [after] = [rule for rule in await rules_of(found[0]) if rule.program_hash == before.program_hash]
    assert before.confidence == confidence([Verdict.MODIFIED, Verdict.APPROVED])
    assert after.confidence == confidence([Verdict.APPROVED])


async def test_taking_back_what_brought_a_program_takes_back_all_it_inherited(desk, house, reviewer):
    found = await titles(desk, 3)
    await modify(house, reviewer, found[0], value="Kettle no. 0")
    await modify(house, reviewer, found[1], value="Kettle no. 1")
    third = await modify(house, reviewer, found[2], value="Kettle no. 2")
    brought = (await decisions.get(third.decision_id)).final_hash

    await undo_decision(house, reviewer, third.decision_id)

    [rule] = [one for one in await rules_of(found[0]) if one.program_hash == brought]
    judged = await decisions.judged(rule.pattern_id)
    said = [one for one in judged if brought in one.also or brought in (one.suggested, one.chosen)]
    assert rule.approvals == len([one for one in said if one.verdict is not Verdict.REJECTED])
    assert all(one.replaced_by != brought for one in await rules_of(found[0]))


async def test_a_program_that_gives_all_of_anothers_results_takes_its_place_until_it_is_rejected(desk, house, reviewer):
    found = await titles(desk, 5)
    for place, name in enumerate(("Kettle no. 0", "Kettle no. 1", "Kettle no. 2")):
        await modify(house, reviewer, found[place], value=name)
    replaced = [rule for rule in await rules_of(found[0]) if rule.replaced_by]
    await desk.job("suggest", found[3])
    hashes = {one.program_hash for one in await suggestions.of_issue(found[3])}

    assert replaced
    assert not hashes & {rule.program_hash for rule in replaced}

    taker = next(one for one in await suggestions.of_issue(found[3]) if one.program_hash == replaced[0].replaced_by)
    await reject(house, reviewer, found[3], suggestion_id=taker.id)

    assert all(rule.replaced_by != taker.program_hash for rule in await rules_of(found[0]))


async def test_the_reviewer_sees_on_how_many_earlier_corrections_a_program_holds(desk, house, reviewer):
    found = await titles(desk, 4)
    for place, name in enumerate(("Kettle no. 0", "Kettle no. 1", "something else")):
        await modify(house, reviewer, found[place], value=name)

    preview = await preview_modify(house, reviewer, found[3], value="Kettle no. 3")

    assert (preview.explains, preview.earlier) == (2, 3)
    assert [change.after for change in preview.contradicts] in ([], ["something else"])
    assert "‹" in preview.sentence
