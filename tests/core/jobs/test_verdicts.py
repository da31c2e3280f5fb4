"""What a platform objects to becomes issues, grouped like any other, and goes when the platform no longer says it."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest

from core.errors import Rejected, RetryLater
from core.jobs.sync import sync_connection
from core.jobs.validate import validate_connection
from core.jobs.verdicts import pull_verdicts
from core.model.issues import Resolution
from core.model.verdicts import PlatformVerdict, Pronounced, VerdictPage
from core.store import records
from core.store.tables import Issue, IssuePattern, Record

LOUD = PlatformVerdict(code="TITLE_TOO_LOUD", message="The title shouts.", field="title")


@pytest.fixture
def says(house, shop):
    """Return a function that lets the shop's report say something; with `told`, products carry their verdicts."""
    said: dict[str, tuple[PlatformVerdict, ...]] = {}
    told: dict[str, tuple[PlatformVerdict, ...]] = {}
    whole = house.registry.by_name["acme"]
    plain_pull = shop.pull

    async def report(connection: Any, cursor: Mapping[str, Any]) -> AsyncIterator[VerdictPage]:
        products = tuple(Pronounced(external_id=key, verdicts=it) for key, it in said.items())
        yield VerdictPage(products=products, cursor={}, complete=True)

    async def pull(connection: Any, cursor: Mapping[str, Any]) -> Any:
        async for page in plain_pull(connection, cursor):
            them = [msgspec.structs.replace(it, verdicts=told.get(it.external_id)) for it in page.records]
            yield msgspec.structs.replace(page, records=tuple(them))

    house.registry.by_name["acme"] = dataclasses.replace(whole, pull_verdicts=report, pull_products=pull)

    def say(external_id: str, *verdicts: PlatformVerdict, with_product: bool = False) -> None:
        (told if with_product else said)[external_id] = verdicts

    def hush() -> None:
        said.clear()

    say.hush = hush  # type: ignore[attr-defined]
    return say


async def platform_issues() -> list[dict[str, Any]]:
    rows = await Issue.select().where(Issue.rule.like("platform.%")).order_by(Issue.id)
    return [row for row in rows if row["closed_at"] is None]


async def synced(house, connection: int) -> None:
    await sync_connection({"context": house}, connection)
    await pull_verdicts({"context": house}, connection)


async def test_a_report_opens_issues_that_share_their_pattern(house, shop, connect, says):
    for key in ("P1", "P2"):
        shop.put(key)
        says(key, LOUD)

    await synced(house, await connect())

    found = await platform_issues()
    assert [(it["rule"], it["field"], it["message"]) for it in found] == [
        ("platform.TITLE_TOO_LOUD", "title", "The title shouts.")
    ] * 2
    assert len({it["pattern"] for it in found}) == 1
    assert found[0]["category"] == "marketplace_rule"
    pattern = await IssuePattern.select().where(IssuePattern.pattern_id == found[0]["pattern"]).first()
    assert pattern["occurrence_count"] == 2


async def test_a_report_that_is_read_again_changes_nothing(house, shop, connect, says):
    shop.put("P1")
    says("P1", LOUD)
    connection = await connect()
    await synced(house, connection)
    before = await Issue.select()

    await pull_verdicts({"context": house}, connection)

    assert await Issue.select() == before


async def test_what_a_complete_report_no_longer_says_is_closed(house, shop, connect, says):
    shop.put("P1")
    says("P1", LOUD)
    connection = await connect()
    await synced(house, connection)
    says.hush()

    await pull_verdicts({"context": house}, connection)

    assert await platform_issues() == []
    assert (await Issue.select().where(Issue.rule.like("platform.%")))[0]["resolution"] == Resolution.CHANGED_AT_SOURCE
    assert (await Record.select(Record.verdicts))[0]["verdicts"] is None


async def test_a_report_stands_while_its_value_does_and_rules_are_checked_anew(house, shop, connect, says):
    shop.put("P1", title="KETTLE  XL")
    says("P1", LOUD)
    connection = await connect()
    await synced(house, connection)

    shop.put("P1", title="KETTLE  XL", price="41.00")
    await sync_connection({"context": house}, connection)
    await Record.update({Record.checked_with: "acme@other"}, force=True)
    await validate_connection({"context": house}, connection)
    other_price = await platform_issues()
    shop.put("P1", title="Kettle XL", price="41.00")
    await sync_connection({"context": house}, connection)

    assert [it["field"] for it in other_price] == ["title"]
    assert await platform_issues() == []


async def test_suggestions_leave_what_the_platform_says_open(house, queue, shop, connect, says):
    shop.put("P1")
    says("P1", LOUD)
    await synced(house, await connect())

    await queue.run(house)

    assert len(await platform_issues()) == 1


async def test_verdicts_that_come_with_a_product_replace_those_that_came_before(house, shop, connect, says):
    wide = PlatformVerdict(code="IMAGE_TOO_WIDE", message="The image is too wide.", field="images.0.url")
    shop.put("P1")
    says("P1", LOUD, wide, with_product=True)
    connection = await connect()
    await sync_connection({"context": house}, connection)
    first = [it["rule"] for it in await platform_issues()]
    shop.put("P1")
    says("P1", wide, with_product=True)
    await sync_connection({"context": house}, connection)
    second = [it["rule"] for it in await platform_issues()]
    shop.put("P1")
    says("P1", with_product=True)
    await sync_connection({"context": house}, connection)

    assert first == ["platform.TITLE_TOO_LOUD", "platform.IMAGE_TOO_WIDE"]
    assert second == ["platform.IMAGE_TOO_WIDE"]
    assert await platform_issues() == []


async def test_two_objections_of_one_code_to_one_field_are_one_issue(house, shop, connect, says):
    more = msgspec.structs.replace(LOUD, message="It really does.")
    shop.put("P1")
    says("P1", LOUD, more)

    await synced(house, await connect())

    assert [it["message"] for it in await platform_issues()] == ["The title shouts. It really does."]


async def test_a_deleted_product_has_no_issues_of_the_platform_left(house, shop, connect, says, write):
    shop.put("P1")
    says("P1", LOUD)
    connection = await connect()
    await synced(house, connection)
    gone = msgspec.structs.replace(shop.source("P1"), deleted=True, record={}, raw={})

    await write(connection, gone)

    assert await platform_issues() == []


async def test_a_refused_push_becomes_an_issue_of_its_own_and_goes_with_the_value(desk):
    application_id = await desk.approved()
    desk.shop.failures.append(Rejected("Titles end with a full stop here.", code="no_full_stop", field="title"))

    await desk.job("apply_correction", application_id)

    found = await platform_issues()
    assert [(it["rule"], it["field"], it["message"]) for it in found] == [
        ("platform.no_full_stop", "title", "Titles end with a full stop here.")
    ]
    desk.shop.put("P0", title="A wholly other title.")
    await desk.pull(found[0]["connection"])
    assert await platform_issues() == []


async def test_a_report_that_cannot_be_read_withdraws_nothing(house, shop, connect, says):
    shop.put("P1")
    says("P1", LOUD)
    connection = await connect()
    await synced(house, connection)

    async def away(opened: Any, cursor: Any) -> AsyncIterator[VerdictPage]:
        raise RetryLater("away")
        yield

    house.registry.by_name["acme"] = dataclasses.replace(house.registry.by_name["acme"], pull_verdicts=away)
    with pytest.raises(Exception, match=r".*"):
        await pull_verdicts({"context": house}, connection)

    assert len(await platform_issues()) == 1
    assert (await records.many([(await platform_issues())[0]["record"]]))[0].verdicts[0].verdict == LOUD
