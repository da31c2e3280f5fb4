"""What people and packs do to issues across records."""

from __future__ import annotations

from core.model.corrections import ApplicationState, Mode
from core.review import modify
from core.store import applications, issues, suggestions
from core.store.tables import Issue, Record, RecordKey


async def test_a_person_may_correct_a_duplicate_by_hand_and_both_issues_end(desk, shop):
    connection = await desk.connect(Mode.SUGGEST)
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="KTL-1")
    await desk.pull(connection)
    first, second = await desk.open("sku.duplicate")

    decided = await modify(desk.house, desk.reviewer, second, value="KTL-2")
    await desk.run()

    assert shop.pushes == [{"sku": "KTL-2"}]
    assert (await applications.get(decided.application_id)).state is ApplicationState.VERIFIED
    rows = {row["id"]: row["resolution"] for row in await Issue.select(Issue.id, Issue.resolution)}
    assert (rows[first], rows[second]) == ("changed_at_source", "modified")


async def test_another_value_that_is_taken_too_opens_the_issue_again(desk, shop, said):
    connection = await desk.connect(Mode.SUGGEST)
    for name, sku in (("P1", "KTL-1"), ("P2", "KTL-1"), ("P3", "KTL-3")):
        shop.put(name, sku=sku)
    await desk.pull(connection)
    _, second = await desk.open("sku.duplicate")

    await modify(desk.house, desk.reviewer, second, value="KTL-3")
    await desk.run()

    assert set(await said("sku.duplicate")) == {"P2", "P3"}
    assert second in await desk.open("sku.duplicate")


async def test_no_correction_is_proposed_for_what_depends_on_others(desk, shop):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="KTL-1")
    await desk.pull(connection)

    await desk.run()

    for issue in await desk.open("sku.duplicate"):
        assert await suggestions.of_issue(issue) == []
        assert (await issues.get(issue)).fix == ()


async def test_records_without_keys_get_them_when_they_are_checked_again(desk, shop, said):
    connection = await desk.connect()
    shop.put("P1", sku="KTL-1")
    shop.put("P2", sku="KTL-1")
    await desk.pull(connection)
    await Issue.delete(force=True)
    await RecordKey.delete(force=True)
    await Record.update({Record.keyed_with: None}, force=True)

    await desk.job("validate_connection", connection)

    assert set(await said("sku.duplicate")) == {"P1", "P2"}


async def test_a_rule_that_left_the_pack_closes_what_it_found(desk, shop, said):
    connection = await desk.connect()
    for price in ("39.00", "3.90"):
        shop.put("P1", sku="KTL-1", price=price)
        shop.put("P2", sku="KTL-1")
        await desk.pull(connection)
    await Issue.update({Issue.rule: "sku.gone", Issue.pack: "common@2020.01"}).where(Issue.rule == "sku.duplicate")
    await Record.update({Record.checked_with: "common@2020.01", Record.keyed_with: "other"}, force=True)

    await desk.job("validate_connection", connection)

    rows = await Issue.select(Issue.resolution).where(Issue.rule == "sku.gone")
    assert {row["resolution"] for row in rows} == {"rule_changed"}
    assert set(await said("sku.duplicate")) == {"P1", "P2"}
    assert set(await said("price.drop")) == {"P1"}
