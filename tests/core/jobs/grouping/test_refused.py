"""What may not be grouped, by whom, and what is told of it."""

from __future__ import annotations

import pytest

from core.errors import NotFound, Refused
from core.knowledge.grouping import By, Condition, How
from core.model.people import Actor, Role
from core.review import (
    merge_patterns,
    split_pattern,
    ungroup,
)
from core.store import merchants
from core.store.tables import AuditEntry, Issue, IssuePattern, PatternGrouping

DOUBLE, EDGE = "double_spaces", "edge_spaces"
KITCHEN = Condition(by=By.CATEGORY, value="Kitchen")


async def test_circles_are_refused(desk, day, house, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    await split_pattern(house, admin, double, KITCHEN)
    part = await day.pattern_of("D0")

    with pytest.raises(Refused, match="circle"):
        await merge_patterns(house, admin, double, [part])
    await merge_patterns(house, admin, edge, [double])
    with pytest.raises(Refused, match="merged into another"):
        await merge_patterns(house, admin, double, [edge])
    with pytest.raises(Refused, match="merged into another"):
        await split_pattern(house, admin, double, Condition(by=By.LOCALE))
    assert await PatternGrouping.count() == 2


async def test_what_cannot_be_one_cause_is_refused(desk, day, house, admin):
    connection = await day.stand()
    desk.shop.put("W1", price="12,5", images=[], weight={"value": "1,2", "unit": "kg"})
    await desk.pull(connection)
    rows = await Issue.select(Issue.rule, Issue.pattern).where(Issue.rule != "title.spaces")
    others = {row["rule"]: str(row["pattern"]) for row in rows}
    double = await day.by_shape(DOUBLE)

    for rule in ("price.number", "images.required"):
        if rule in others:
            with pytest.raises(Refused, match="hold different things"):
                await merge_patterns(house, admin, double, [others[rule]])
    assert others
    with pytest.raises(Refused, match="another one"):
        await merge_patterns(house, admin, double, [double])
    with pytest.raises(Refused, match="1 to 20"):
        await merge_patterns(house, admin, double, [])


async def test_patterns_of_two_channels_are_not_merged(desk, day, house, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    await IssuePattern.update({IssuePattern.marketplace_name: "ebay"}).where(IssuePattern.pattern_id == edge)

    with pytest.raises(Refused, match="two channels"):
        await merge_patterns(house, admin, double, [edge])


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Condition(by=By.CATEGORY, value=" "), "Say which value"),
        (Condition(by=By.VALUE), "Say which value"),
        (Condition(by=By.BRAND, how=How.CONTAINS), "Say which value"),
        (Condition(by=By.VALUE, value="x" * 201), "at most 200"),
        (Condition(by=By.CONNECTION, value="nonsense"), "no such connection"),
        (Condition(by=By.CONNECTION, value="99999"), "no such connection"),
        (Condition(by=By.SHAPE, how=How.STARTS, value="double"), "as a whole"),
    ],
)
async def test_a_condition_that_says_nothing_is_refused(desk, day, house, admin, condition, reason):
    await day.stand()

    with pytest.raises(Refused, match=reason):
        await split_pattern(house, admin, await day.by_shape(DOUBLE), condition)


async def test_the_same_split_is_not_made_twice(desk, day, house, admin):
    await day.stand()
    await split_pattern(house, admin, await day.by_shape(DOUBLE), KITCHEN)

    with pytest.raises(Refused, match="split already"):
        await split_pattern(house, admin, await day.by_shape(DOUBLE), KITCHEN)


async def test_only_admins_of_the_merchant_group(desk, day, house, reviewer, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)
    made = await merge_patterns(house, admin, double, [edge])
    other = await merchants.create("Birch & Wren", house.clock())
    stranger = Actor(user=9, name="stranger", role=Role.ADMIN, merchant=other)

    for actor, error in ((reviewer, Refused), (stranger, NotFound)):
        with pytest.raises(error):
            await split_pattern(house, actor, double, KITCHEN)
        with pytest.raises(error):
            await merge_patterns(house, actor, double, [edge])
        with pytest.raises(error):
            await ungroup(house, actor, made.grouping_ids[0])


async def test_grouping_is_told_in_the_audit_log(desk, day, house, admin):
    await day.stand()
    double, edge = await day.by_shape(DOUBLE), await day.by_shape(EDGE)

    cut = await split_pattern(house, admin, double, Condition(by=By.VALUE, how=How.CONTAINS, value="secret words"))
    await merge_patterns(house, admin, edge, [double])
    await ungroup(house, admin, cut.grouping_ids[0])

    entries = await AuditEntry.select().where(AuditEntry.action.like("pattern.%")).order_by(AuditEntry.id)
    assert [entry["action"] for entry in entries] == ["pattern.split", "pattern.merge", "pattern.ungroup"]
    assert {entry["actor"] for entry in entries} == {admin.name}
    assert "secret words" not in str(entries)
