"""Patterns split by hand: each decision goes with its issue, issues to come follow, and it can be taken back."""

from __future__ import annotations

from core.knowledge.grouping import By, Condition, How
from core.knowledge.signature import PART
from core.model.corrections import Mode
from core.review import (
    approve,
    merge_patterns,
    reject,
    split_pattern,
    ungroup,
)
from core.store import auto_rules, patterns

DOUBLE, EDGE = "double_spaces", "edge_spaces"
KITCHEN = Condition(by=By.CATEGORY, value="Kitchen")


async def test_a_split_gives_each_decision_to_the_part_its_issue_was_in(desk, day, house, admin):
    connection = await day.stand()
    for number, category in enumerate(("Garden > Pots", "Garden > Pots", "Kitchen > Pans")):
        desk.shop.put(f"G{number}", title=f"Clay  pot {number}", category=category)
    await desk.pull(connection)
    await day.decide(approve, "D0", "G0", "D1", "G2")
    await day.decide(reject, "G1")
    whole = await day.by_shape(DOUBLE)

    found = await split_pattern(house, admin, whole, Condition(by=By.CATEGORY, value="Garden"), reason="clay")

    part = await day.pattern_of("G1")
    assert part == await day.pattern_of("G0") != whole
    assert (await patterns.get(part)).cause.context == {PART: "category is Garden"}
    counted = {key: [(it.approvals, it.rejections) for it in await auto_rules.of_pattern(key)] for key in (whole, part)}
    assert counted == {whole: [(3, 0)], part: [(1, 1)]}
    assert (found.issues, found.decisions, found.applications) == (2, 2, 1)
    assert [side.before is None for side in found.sides] == [False, True]


async def test_issues_to_come_follow_a_split_and_what_the_whole_learned_does_not_apply_itself(desk, day, house, admin):
    connection = await day.stand(Mode.APPLY_AND_PUSH)
    await day.decide(approve, "D0", "D1", "D2")
    whole = await day.by_shape(DOUBLE)
    await split_pattern(house, admin, whole, Condition(by=By.VALUE, how=How.CONTAINS, value="vintage"))

    desk.shop.put("V1", title="Vintage  kettle")
    desk.shop.put("D9", title="Enamel  kettle 9")
    await desk.pull(connection)

    assert desk.shop.products["D9"][1]["title"] == "Enamel kettle 9"
    assert desk.shop.products["V1"][1]["title"] == "Vintage  kettle"
    assert await day.pattern_of("V1") not in (whole, await day.pattern_of("D9"))
    assert await auto_rules.of_pattern(await day.pattern_of("V1")) == []


async def test_each_value_by_itself_makes_a_part_of_each(desk, day, house, admin):
    connection = await day.stand()
    for number, locale in enumerate(("fr", "fr", "de", None)):
        desk.shop.put(f"L{number}", title=f"Pot  {number}", locale=locale)
    await desk.pull(connection)
    whole = await day.by_shape(DOUBLE)

    found = await split_pattern(house, admin, whole, Condition(by=By.LOCALE))
    desk.shop.put("L9", title="Pan  9", locale="it")
    await desk.pull(connection)

    named = [side.part for side in found.sides]
    assert named == [None, "locale is fr", "locale is de"]
    assert (await patterns.get(await day.pattern_of("L9"))).cause.context == {PART: "locale is it"}
    assert await day.pattern_of("L3") == whole


async def test_a_split_is_taken_back(desk, day, house, admin):
    connection = await day.stand()
    await day.decide(approve, "D0", "D1")
    whole = await day.by_shape(DOUBLE)
    before = await day.everything()
    made = await split_pattern(house, admin, whole, KITCHEN)
    desk.shop.put("D8", title="Enamel  kettle 8")
    await desk.pull(connection)
    await day.decide(approve, "D8")
    assert await day.pattern_of("D8") != whole

    await ungroup(house, admin, made.grouping_ids[0])

    assert await day.pattern_of("D8") == whole
    assert [it.approvals for it in await auto_rules.of_pattern(whole)] == [3]
    after = await day.everything()
    assert after["issues"][: len(before["issues"])] == before["issues"]


async def test_a_part_that_was_merged_elsewhere_is_taken_back_through_it(desk, day, house, admin):
    await day.stand()
    await day.decide(approve, "D0", "E0")
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    cut = await split_pattern(house, admin, double, KITCHEN)
    part = await day.pattern_of("D0")
    await merge_patterns(house, admin, edge, [part])
    assert await day.pattern_of("D0") == edge

    await ungroup(house, admin, cut.grouping_ids[0])

    assert await day.pattern_of("D0") == double
    assert await day.pattern_of("E0") == edge
    assert [it.approvals for it in await auto_rules.of_pattern(double)] == [1]
