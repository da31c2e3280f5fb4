"""A channel that lives in memory, so that jobs are tested without a network."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from core.channel import Account, Channel, Connection, Page, Push, Pushed
from core.connections import create
from core.context import Context
from core.corrections import apply
from core.errors import MarketwrightError, NotFound
from core.http import Pace
from core.jobs import CRON, JOBS, keep
from core.jobs.keep import Kept
from core.model.corrections import Mode
from core.model.events import Action, WebhookEvent, WebhookRequest
from core.model.people import Actor
from core.model.records import RecordKind, SourceRecord
from core.registry import Registry
from core.review import approve
from core.store import connections
from core.store.engine import transaction
from core.store.tables import Application, Issue, Record

GOOD = {
    "title": "Enamel kettle 1.5 l",
    "sku": "KTL-1",
    "description": "<p>Holds 1.5 litres and whistles.</p>",
    "brand": "Alder",
    "category": "Kitchen > Kettles",
    "price": "39.00",
    "currency": "EUR",
    "quantity": 4,
    "images": [{"url": "https://img.example.com/kettle.jpg"}],
    "weight": {"value": "0.9", "unit": "kg"},
    "status": "active",
}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The shop's settings."""

    key: str = ""


class Shop:
    """A shop's products by id, with versions; `failures` are raised by the next calls, `pushes` is what was written."""

    def __init__(self) -> None:
        self.products: dict[str, tuple[int, dict[str, Any]]] = {}
        self.failures: list[MarketwrightError] = []
        self.pushes: list[dict[str, Any]] = []
        self.page_size = 100
        self.clock = 1000

    def put(self, external_id: str, **fields: Any) -> int:
        """Store a product as the merchant would, and return its version."""
        self.clock += 1
        self.products[external_id] = (self.clock, {**GOOD, "sku": external_id, **fields, "external_id": external_id})
        return self.clock

    def source(self, external_id: str) -> SourceRecord:
        """Return a product as the channel gives it."""
        if external_id not in self.products:
            raise NotFound("There is no such product.")
        version, record = self.products[external_id]
        return SourceRecord(
            kind=RecordKind.PRODUCT,
            external_id=external_id,
            version=version,
            record=copy.deepcopy(record),
            raw=copy.deepcopy(record),
        )

    def fail(self) -> None:
        """Raise the next failure that a test asked for."""
        if self.failures:
            raise self.failures.pop(0)

    async def pull(self, connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        """Yield what changed since the cursor, oldest first."""
        since = cursor.get("since", 0)
        due = sorted((version, key) for key, (version, _) in self.products.items() if version > since)
        for start in range(0, len(due), self.page_size):
            self.fail()
            part = due[start : start + self.page_size]
            records = tuple(self.source(key) for _, key in part)
            yield Page(records=records, cursor={"since": part[-1][0]}, total=len(due))

    async def pull_one(self, connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
        """Return one product."""
        self.fail()
        return self.source(external_id)

    async def push(self, connection: Connection, push: Push) -> Pushed:
        """Write changed fields."""
        self.fail()
        self.pushes.append({change.field: change.after for change in push.changes})
        _, record = self.products[push.external_id]
        self.clock += 1
        self.products[push.external_id] = (self.clock, apply.patch(record, push.changes))
        return Pushed(record=self.source(push.external_id))

    async def read_event(self, connection: Connection, event: WebhookEvent, payload: Any) -> Sequence[SourceRecord]:
        """Return what a webhook says."""
        self.fail()
        if event.action is Action.DELETE:
            return [
                SourceRecord(
                    kind=RecordKind.PRODUCT,
                    external_id=str(event.external_id),
                    version=event.version or 0,
                    deleted=True,
                )
            ]
        return [
            SourceRecord(
                kind=RecordKind.PRODUCT,
                external_id=str(event.external_id),
                version=event.version or 0,
                record=payload,
                raw=payload,
            )
        ]

    def channel(self) -> Channel:
        """Return the shop as a channel."""

        async def test(connection: Connection) -> Account:
            self.fail()
            return Account(name="Shop in memory")

        def read_webhook(request: WebhookRequest, connection: Connection) -> WebhookEvent:
            return WebhookEvent(topic="product", action=Action.UPSERT, dedupe_key="1")

        return Channel(
            name="acme",
            title="Acme",
            settings=Settings,
            hosts=lambda settings: ("acme.example",),
            pace=lambda settings: Pace(),
            test_credentials=test,
            pull_products=self.pull,
            pull_one=self.pull_one,
            push_product=self.push,
            read_webhook=read_webhook,
            read_event=self.read_event,
        )


@pytest.fixture
def shop() -> Shop:
    """Return an empty shop."""
    return Shop()


@pytest.fixture
def house(context: Context, shop: Shop) -> Context:
    """Return the installation with the shop's channel in it."""
    return dataclasses.replace(context, registry=Registry(by_name={"acme": shop.channel()}))


Connect = Callable[..., Awaitable[int]]


@pytest.fixture
def connect(house: Context, admin: Actor, merchant: int) -> Connect:
    """Return a function that connects the shop in a mode."""

    async def connected(mode: Mode = Mode.APPLY_AND_PUSH) -> int:
        return await create(
            house, admin, merchant=merchant, channel="acme", name="Main shop", values={"key": "k"}, mode=mode
        )

    return connected


class Desk:
    """A reviewer's day: the shop's issues come in, are decided on, and what follows is carried out."""

    rule = "title.spaces"

    def __init__(self, house: Context, queue: Any, shop: Shop, connect: Connect, reviewer: Actor) -> None:
        self.house, self.queue, self.shop, self.connect, self.reviewer = house, queue, shop, connect, reviewer

    def spaced(self, count: int, start: int = 0) -> None:
        """Put titles with two spaces into the shop."""
        for number in range(start, start + count):
            self.shop.put(f"P{number}", title=f"Enamel  kettle {number} l")

    async def pull(self, connection: int) -> None:
        """Pull a connection and carry out all that follows."""
        await self.queue.enqueue("sync_connection", connection)
        await self.run()

    async def run(self) -> list[str]:
        """Carry out what was asked for."""
        done: list[str] = await self.queue.run(self.house)
        return done

    async def job(self, name: str, *ids: int | str) -> None:
        """Carry out one job now, without what it asks for."""
        function = next(one for one in (*JOBS, *(cron for cron, _ in CRON)) if one.__name__ == name)
        await function({"context": self.house}, *ids)

    async def open(self, rule: str | None = None) -> list[int]:
        """Return ids of a rule's open issues."""
        rows = await Issue.select(Issue.id).where((Issue.rule == (rule or self.rule)) & (Issue.state == "open"))
        return sorted(row["id"] for row in rows)

    async def approve_all(self, count: int = 3) -> None:
        """Approve the first open issues and carry out what follows each."""
        for issue_id in (await self.open())[:count]:
            await approve(self.house, self.reviewer, issue_id)
            await self.run()

    async def approved(self, mode: Mode = Mode.SUGGEST) -> int:
        """Approve the shop's only issue and return its pending application."""
        self.spaced(1)
        await self.pull(await self.connect(mode))
        decided = await approve(self.house, self.reviewer, (await self.open())[0])
        assert decided.application_id is not None
        return decided.application_id

    async def learned(self, mode: Mode = Mode.APPLY_AND_PUSH) -> int:
        """Teach a pattern with three approvals, let the fourth issue be corrected, and return its application."""
        self.spaced(4)
        await self.pull(await self.connect(mode))
        await self.approve_all()
        row = await Application.select(Application.id).where(Application.is_automatic.eq(True)).first()
        assert row is not None
        return int(row["id"])

    async def taught(self, waiting: int, mode: Mode = Mode.APPLY_AND_PUSH) -> int:
        """Teach a pattern beside `waiting` open issues, of which the first is begun, and return the connection."""
        self.spaced(3)
        connection = await self.connect(mode)
        await self.pull(connection)
        await self.approve_all()
        self.spaced(waiting, start=10)
        await self.job("sync_connection", connection)
        self.queue.asked.clear()
        await self.job("suggest", *await self.open())
        return connection

    def replace(self, **functions: Any) -> None:
        """Give the shop's channel other functions."""
        by_name: Any = self.house.registry.by_name
        by_name["acme"] = dataclasses.replace(by_name["acme"], **functions)


@pytest.fixture
def desk(house: Context, queue: Any, shop: Shop, connect: Connect, reviewer: Actor) -> Desk:
    """Return a reviewer's desk."""
    return Desk(house, queue, shop, connect, reviewer)


@pytest.fixture
def said(store: str) -> Callable[[str], Awaitable[dict[str, tuple[str, str]]]]:
    """Return a function that tells what stands of a rule, by external id: the field and the message."""

    async def standing(rule: str) -> dict[str, tuple[str, str]]:
        names = {row["id"]: row["external_id"] for row in await Record.select(Record.id, Record.external_id)}
        rows = await Issue.select().where((Issue.rule == rule) & Issue.closed_at.is_null())
        return {names[row["record"]]: (row["field"], row["message"]) for row in rows}

    return standing


@pytest.fixture
def write(house: Context) -> Callable[..., Awaitable[Kept]]:
    """Return a function that keeps what a channel says of its records."""

    async def written(connection: int, *sources: SourceRecord) -> Kept:
        row = await connections.get(connection)
        assert row is not None
        async with transaction():
            return await keep.write(row, await keep.check(house, row, sources), house.clock())

    return written
