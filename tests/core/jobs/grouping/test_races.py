"""Grouping beside pulls, decisions and corrections that apply themselves: everything ends where the groupings say."""

from __future__ import annotations

import asyncio
from typing import Any

from core.errors import Conflict, Refused, RetryLater
from core.knowledge.grouping import By, Condition
from core.model.corrections import Mode
from core.model.issues import IssueState
from core.review import approve, merge_patterns, reject, split_pattern, ungroup
from core.store import applications, auto_rules, issues
from core.store.tables import Application, CorrectionDecision, Issue, PatternGrouping

DOUBLE, EDGE = "double_spaces", "edge_spaces"


async def at_once(*calls: Any) -> list[Any]:
    """Begin them together; return what each came to."""
    return list(await asyncio.gather(*calls, return_exceptions=True))


def errors(results: list[Any]) -> set[type[BaseException]]:
    """Return what kinds of things went wrong."""
    return {type(one) for one in results if isinstance(one, BaseException)}


async def titles(*patterns: str) -> dict[str, int]:
    """Return how many title issues belong to each of these patterns."""
    rows = await Issue.select(Issue.pattern).where(Issue.rule == "title.spaces")
    found = [str(row["pattern"]) for row in rows]
    return {key: found.count(key) for key in patterns}


async def test_issues_that_come_while_patterns_are_merged_belong_to_the_target(desk, day, house, admin):
    connection = await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    for number in range(10, 30):
        desk.shop.put(f"E{number}", title=f" Copper kettle {number}")

    results = await at_once(desk.job("sync_connection", connection), merge_patterns(house, admin, double, [edge]))
    await desk.run()

    assert errors(results) <= {RetryLater}
    if errors(results):
        await merge_patterns(house, admin, double, [edge])
        await desk.pull(connection)
    assert await titles(double, edge) == {double: 27, edge: 0}


async def test_decisions_beside_a_merge_count_once_and_for_the_target(desk, day, house, admin, reviewer):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    ids = await desk.open()

    results = await at_once(
        *(approve(house, reviewer, issue_id) for issue_id in ids[:4]),
        merge_patterns(house, admin, double, [edge]),
        *(approve(house, reviewer, issue_id) for issue_id in ids[4:]),
    )

    assert errors(results) <= {Conflict, RetryLater}
    if not await PatternGrouping.count():
        await merge_patterns(house, admin, double, [edge])
    decided = await CorrectionDecision.count()
    counted = await CorrectionDecision.select(CorrectionDecision.pattern_id)
    assert {str(row["pattern_id"]) for row in counted} <= {double}
    assert [one.approvals for one in await auto_rules.of_pattern(double)] == [decided]
    assert decided == sum(1 for one in results if not isinstance(one, BaseException)) - (not errors(results[4:5]))


async def test_a_person_who_decides_on_what_was_just_grouped_is_told_so(desk, day, house, admin, reviewer, monkeypatch):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    [issue_id] = [one for one in await desk.open() if (await issues.get(one)).pattern == edge][:1]
    from core.review import decide

    real = decide.load

    async def loaded(*args: Any) -> Any:
        case = await real(*args)
        await merge_patterns(house, admin, double, [edge])
        return case

    monkeypatch.setattr(decide, "load", loaded)

    [result] = await at_once(reject(house, reviewer, issue_id))

    assert isinstance(result, Conflict)
    assert result.code == "regrouped"
    assert await CorrectionDecision.count() == 0
    assert (await issues.get(issue_id)).state is IssueState.OPEN


async def test_what_was_split_off_is_not_corrected_by_what_the_whole_had_learned(desk, day, house, admin):
    connection = await day.stand(Mode.APPLY_AND_PUSH)
    await day.decide(approve, "D0", "D1", "D2")
    whole = await day.by_shape(DOUBLE)
    for number in range(10, 22):
        desk.shop.put(f"D{number}", title=f"Enamel  kettle {number}", locale="fr")
    await desk.job("sync_connection", connection)
    ids = await desk.open()

    results = await at_once(
        desk.job("suggest", *ids), split_pattern(house, admin, whole, Condition(by=By.LOCALE, value="fr"))
    )
    await desk.run()

    assert errors(results) <= {RetryLater}
    automatic = Application.auto_rule.is_not_null()
    rows = await Application.select(Application.pattern, Application.auto_rule).where(automatic)
    for row in rows:
        rule = await auto_rules.get(str(row["auto_rule"]))
        assert rule.pattern_id == str(row["pattern"])
    assert await applications.due(house.clock()) == []


async def test_of_two_who_take_a_grouping_back_one_does(desk, day, house, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    made = await merge_patterns(house, admin, double, [edge])

    results = await at_once(*(ungroup(house, admin, made.grouping_ids[0]) for _ in range(3)))

    assert errors(results) == {Refused}
    assert sum(1 for one in results if not isinstance(one, BaseException)) == 1
    assert await titles(double, edge) == {double: 4, edge: 3}


async def test_two_who_merge_each_into_the_other_make_no_circle(desk, day, house, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)

    results = await at_once(merge_patterns(house, admin, double, [edge]), merge_patterns(house, admin, edge, [double]))

    assert len(errors(results)) == 1
    assert errors(results) <= {Refused, RetryLater}
    assert await PatternGrouping.count() == 1
