"""What a platform publishes is pulled, kept and made into rules; when it changes, records are judged again."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from arq import Retry

from core.channel import Connection
from core.context import Context
from core.errors import NeedsAttention
from core.jobs.requirements import pull_requirements, schedule_requirements
from core.jobs.sync import sync_connection
from core.model.requirements import Requirement, RequirementSet, Skipped, Wanted
from core.rulebook import rules_of, rules_stamped
from core.rules.editions import Editions
from core.store import connections, requirements
from core.store.tables import Alert, Issue, Record
from marketwright.testing import Answer, Request, Twin, route

MATERIAL = {"name": "material", "needed": True}
SHORT = {"name": "title", "longest": 10}


class Bureau:
    """A platform that publishes, for each type of product, what it asks: in its own words, with ETags."""

    def __init__(self) -> None:
        self.types: dict[str, list[dict[str, Any]]] = {"kettle": [MATERIAL], "lamp": [SHORT]}

    async def answer(self, request: Request) -> Answer:
        """Answer with the attributes of a type, or 304 where the caller has them."""
        attributes = self.types[request.params["type"]]
        etag = str(hash(str(attributes)))
        if request.headers.get("if-none-match") == etag:
            return Answer(304)
        return Answer(json={"attributes": attributes}, headers={"ETag": etag})


def translate(kind: str, attributes: list[dict[str, Any]]) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what the bureau says in its own."""
    found, skipped = [], []
    for one in attributes:
        name = one["name"]
        said = {"label": name.title(), "product_type": kind, "source": "Bureau, /types"}
        said["field"] = name if name in ("title", "brand") else f"attributes.{name}"
        if one.get("needed"):
            found.append(Requirement(check="required", **said))
        if "longest" in one:
            found.append(Requirement(check="max_length", arguments={"limit": one["longest"]}, **said))
        if "form" in one:
            found.append(Requirement(check="pattern", arguments={"regex": one["form"]}, **said))
        if "riddle" in one:
            skipped.append(Skipped(name, "Riddles cannot be checked."))
    return found, skipped


async def pull(connection: Connection, wanted: Wanted) -> AsyncIterator[RequirementSet]:
    """Read the types that the merchant sells."""
    host = connection.http.hosts[0]
    for kind in wanted.product_types:
        answer = await connection.http.request(
            "GET", f"http://{host}/types/{kind}", headers={"If-None-Match": wanted.held.get(kind, "")}
        )
        if answer.status == 304:
            yield RequirementSet(name=kind, requirements=None, version=wanted.held[kind])
            continue
        found, skipped = translate(kind, answer.json()["attributes"])
        yield RequirementSet(
            name=kind, requirements=tuple(found), version=answer.headers["etag"], skipped=tuple(skipped)
        )


@pytest.fixture
def bureau() -> Bureau:
    """Return what the platform publishes."""
    return Bureau()


@pytest.fixture
async def office(bureau: Bureau) -> AsyncIterator[Twin]:
    """Run the platform."""
    twin = Twin("bureau", [route("GET", "/types/{type}", bureau.answer)], settings=lambda base_url: None)
    async with twin.running():
        yield twin


@pytest.fixture
def published(house: Context, office: Twin) -> Context:
    """Return the installation; its shop's platform publishes requirements."""
    host = office.base_url.removeprefix("http://")
    by_name: Any = house.registry.by_name
    by_name["acme"] = dataclasses.replace(
        by_name["acme"], hosts=lambda settings: (host,), pull_requirements=pull, title="Acme"
    )
    return house


async def sold(house, queue, shop, connect) -> int:
    """Connect a shop that sells a kettle and a lamp, and let everything that follows happen."""
    shop.put("K1", product_type="kettle")
    shop.put("L1", product_type="lamp", title="Brass lamp with a shade")
    connection = await connect()
    await queue.enqueue("sync_connection", connection)
    await queue.run(house)
    return connection


async def opened(connection: int, state: str = "open") -> list[tuple[str, str, str]]:
    rows = await Issue.select(Issue.rule, Issue.field, Issue.message).where(
        (Issue.connection == connection) & (Issue.state == state) & Issue.rule.like("requirements.%")
    )
    return sorted((row["rule"], row["field"], row["message"]) for row in rows)


async def test_the_first_sync_reads_what_is_published_and_judges_by_it(published, queue, shop, connect) -> None:
    connection = await sold(published, queue, shop, connect)

    assert await opened(connection) == [
        ("requirements.kettle.material.required", "attributes.material", "Material is missing."),
        ("requirements.lamp.title.max_length", "title", "Title has 23 characters; at most 10 are taken."),
    ]


async def test_issues_and_records_keep_the_edition_that_judged_them(published, queue, shop, connect) -> None:
    connection = await sold(published, queue, shop, connect)
    row = await connections.get(connection)

    pack = await rules_of(published, row)
    assert pack.edition == f"{pack.name}+r{row.requirements[:7]}"
    assert {one["pack"] for one in await Issue.select(Issue.pack)} == {pack.edition}
    assert {one["checked_with"] for one in await Record.select(Record.checked_with)} == {pack.stamp}
    fresh = dataclasses.replace(published, editions=Editions())
    assert (await rules_stamped(fresh, row, pack.stamp)).stamp == pack.stamp
    assert await rules_stamped(published, row, pack.stamp.replace(pack.mark, "r0000000")) is None


async def test_what_is_unchanged_is_neither_loaded_nor_judged_again(
    published, queue, shop, connect, office, bureau
) -> None:
    connection = await sold(published, queue, shop, connect)
    before = await requirements.listed(connection)

    await pull_requirements({"context": published}, connection)

    after = await requirements.listed(connection)
    assert [one.headers.get("if-none-match") != "" for one in office.requests] == [False, False, True, True]
    assert [one.checksum for one in before] == [one.checksum for one in after]
    assert all(late.fetched_at > early.fetched_at for early, late in zip(before, after, strict=True))
    assert queue.asked == []


async def test_a_changed_requirement_has_the_records_judged_again(published, queue, shop, connect, bureau) -> None:
    connection = await sold(published, queue, shop, connect)
    bureau.types["lamp"] = [{**SHORT, "longest": 22}]
    bureau.types["kettle"] = []

    await pull_requirements({"context": published}, connection)

    assert queue.asked == [("validate_connection", (connection,))]
    await queue.run(published)
    assert await opened(connection) == [
        ("requirements.lamp.title.max_length", "title", "Title has 23 characters; at most 22 are taken.")
    ]
    gone = await Issue.select(Issue.resolution).where(Issue.rule == "requirements.kettle.material.required")
    assert [one["resolution"] for one in gone] == ["rule_changed"]


async def test_a_type_that_is_no_longer_sold_no_longer_counts(published, queue, shop, connect) -> None:
    connection = await sold(published, queue, shop, connect)
    shop.put("L1", product_type="kettle", attributes={"material": "brass"})
    await sync_connection({"context": published}, connection)

    await pull_requirements({"context": published}, connection)

    assert [one.name for one in await requirements.listed(connection)] == ["kettle"]


async def test_what_cannot_be_a_rule_is_left_out_with_its_reason(published, queue, shop, connect, bureau) -> None:
    bureau.types["kettle"] = [
        MATERIAL,
        {"name": "code", "form": "^(?=.*[a-z])x"},
        {"name": "code", "form": "("},
        {"name": "a.b.c.d.e.f.g.h", "needed": True},
        {"name": "title", "longest": 0},
        {"name": "mood", "riddle": "?"},
    ]
    connection = await sold(published, queue, shop, connect)

    held = {one.name: one.skipped for one in await requirements.listed(connection)}

    assert [one.what for one in held["kettle"]] == [
        "mood", "kettle, attributes.code: pattern", "kettle, attributes.code: pattern",
        "kettle, attributes.a.b.c.d.e.f.g.h: required", "kettle, title: max_length",
    ]  # fmt: skip
    assert "linear time" in held["kettle"][1].reason
    assert [rule for rule, _, _ in await opened(connection)] == [
        "requirements.kettle.material.required",
        "requirements.lamp.title.max_length",
    ]


async def test_while_nothing_changes_the_rules_are_made_once(published, queue, shop, connect) -> None:
    connection = await sold(published, queue, shop, connect)
    row = await connections.get(connection)
    first = await rules_of(published, row)
    await requirements.close_round(connection, set(), published.clock())

    assert await rules_of(published, row) is first


async def test_a_platform_that_is_away_is_asked_again_later(published, queue, shop, connect, office) -> None:
    connection = await sold(published, queue, shop, connect)
    before = await connections.get(connection)
    office.faults.fail(503, 20)

    with pytest.raises(Retry):
        await pull_requirements({"context": published}, connection)

    assert (await connections.get(connection)).requirements == before.requirements


async def test_what_cannot_be_read_is_said_and_the_rest_goes_on(published, queue, shop, connect) -> None:
    connection = await sold(published, queue, shop, connect)

    async def refused(opened: Connection, wanted: Wanted) -> AsyncIterator[RequirementSet]:
        raise NeedsAttention("The key may not read types.", code="missing_right")
        yield

    by_name: Any = published.registry.by_name
    by_name["acme"] = dataclasses.replace(by_name["acme"], pull_requirements=refused)
    await pull_requirements({"context": published}, connection)

    messages = [row["message"] for row in await Alert.select(Alert.message).where(Alert.closed_at.is_null())]
    assert messages == ["The requirements of Main shop could not be read: The key may not read types."]
    assert len(await opened(connection)) == 2


async def test_a_product_with_nul_in_it_does_not_hide_the_others(published, queue, shop, connect) -> None:
    shop.put("N1", product_type="odd", title="A\x00B")

    connection = await sold(published, queue, shop, connect)

    assert (await requirements.wanted(connection)).product_types == ("kettle", "lamp")


async def test_they_are_asked_for_daily(published, queue, shop, connect) -> None:
    connection = await sold(published, queue, shop, connect)

    await schedule_requirements({"context": published})
    assert queue.asked == []
    published.clock.now += timedelta(days=1)
    await schedule_requirements({"context": published})
    assert queue.asked == [("pull_requirements", (connection,))]


async def test_a_channel_that_publishes_nothing_is_not_asked(house, queue, shop, connect) -> None:
    shop.put("K1", product_type="kettle")
    connection = await connect()

    await queue.enqueue("sync_connection", connection)
    done = await queue.run(house)
    await schedule_requirements({"context": house})

    assert "pull_requirements" not in done
    assert queue.asked == []


async def test_a_set_of_nonsense_from_a_plugin_is_stored_as_its_reasons(published, queue, shop, connect) -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    label = "{actual.__class__}"
    odd = [
        Requirement(label="A", field="title", check="equals", arguments={"to": deep}, source="x"),
        Requirement(label="B", field="title", check="equals", arguments={"to": object()}, source="x"),
        Requirement(label="\ud800", field="title", check="required", source="x"),
        Requirement(label=5, field="title", check="required", source="x"),  # type: ignore[arg-type]
        Requirement(label=label, field="brand", check="required", source="x"),
        Requirement(label="C", field="title", check="one_of", arguments={"values": ["x" * 300_000]}, source="x"),
    ]

    async def strange(opened: Connection, wanted: Wanted) -> AsyncIterator[RequirementSet]:
        yield RequirementSet(name="odd", requirements=tuple(odd), version="1")

    by_name: Any = published.registry.by_name
    by_name["acme"] = dataclasses.replace(by_name["acme"], pull_requirements=strange)
    connection = await sold(published, queue, shop, connect)

    held = (await requirements.listed(connection))[0]
    assert [one.what for one in held.skipped] == [
        "title: equals", "title: equals", "title: required", "title: required", "title: one_of",
    ]  # fmt: skip
    pack = await rules_of(published, await connections.get(connection))
    assert pack.rule("requirements.all.brand.required").title == "(actual.__class__) missing"
