"""What the tests of every channel may ask for."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.context import Context
from core.http import Outbound
from core.model.people import Actor, Role
from core.model.records import RecordKind
from core.model.requirements import RequirementSet
from core.model.tuning import Tuning
from core.registry import Registry
from core.rules import Library
from core.rules.evaluate import with_rules
from core.rules.published import read, sound
from core.store import merchants
from core.store.engine import opened_store
from core.store.sync_runs import DEAD_AFTER
from core.store.tables import Record, SyncRun
from core.vault import Vault
from marketwright import Channel, Connection, Page, Requirement
from marketwright.testing import Twin, open_connection

ROOT = Path(__file__).resolve().parents[2]
CHECKSUM = "a" * 64
INSIDE_EVERY = 8
"""Of so many pages one is killed inside its transaction too; all are killed at their end."""

Violated = Callable[..., list[str]]


@pytest.fixture(scope="session")
def violated() -> Callable[[Iterable[Requirement]], Violated]:
    """Return a function that turns requirements into rules; what comes back says which a product violates.

    None of them may be left out: that is for a translator to say.
    """
    common = Library.open([ROOT / "rulepacks"]).pack("common")

    def judge(requirements: Iterable[Requirement]) -> Violated:
        kept = sound(RequirementSet(name="all", requirements=tuple(requirements)))
        assert kept.skipped == ()
        pack = with_rules(common, read([kept], CHECKSUM).rules, "r")

        def found(**record: Any) -> list[str]:
            issues = [one for one in pack.evaluate(RecordKind.PRODUCT, record) if one.rule.startswith("requirements.")]
            return sorted(f"{one.field} {pack.rule(one.rule).check}" for one in issues)

        return found

    return judge


class Killed(BaseException):
    """What a killed worker looks like from inside."""


class Unwritable:
    """A value in a cursor that no database takes: the page's transaction breaks off after its records."""


@dataclasses.dataclass(frozen=True)
class Survived:
    """What a sync came to that was killed at every page: ids in the store, and the records that its runs kept."""

    ids: list[str]
    kept: int
    pages: int
    runs: int


class Clock:
    """A clock that a test may move on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Mortal:
    """Pulls a channel's products, and dies behind each page; now and then also while the page is being written."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.pages = 0
        self.spared = -1

    async def pull(self, connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        """Yield one page, be it whole or one that cannot be written, and die; the one that is the last is survived."""
        page = await one_page(self.channel, connection, cursor)
        if self.pages % INSIDE_EVERY == 0 and self.spared != self.pages:
            self.spared = self.pages
            yield msgspec.structs.replace(page, cursor={**page.cursor, "kill": Unwritable()})
            return
        self.pages += 1
        yield page
        if not page.complete:
            raise Killed


async def one_page(channel: Channel, connection: Connection, cursor: Mapping[str, Any]) -> Page:
    """Pull one page and leave the rest."""
    pulling = channel.pull_products(connection, cursor)
    try:
        return await anext(pulling)
    finally:
        if isinstance(pulling, AsyncGenerator):
            await pulling.aclose()


@dataclasses.dataclass(frozen=True)
class Pieces:
    """What a pull brought of which each page had a life of its own: ids in the order in which they came."""

    ids: list[str]
    pages: int


Pull = Callable[[Channel, Twin], Awaitable[Pieces]]


@pytest.fixture
def pulled_in_pieces() -> Pull:
    """Return a function that pulls a twin's products with a worker for each page, which knows the cursor and no more.

    Each eighth page has a worker before it that is killed while the platform's answer is under way.
    """

    async def pull(channel: Channel, twin: Twin) -> Pieces:
        ids: list[str] = []
        pages, cursor = 0, {}
        async with twin.running():
            while True:
                async with open_connection(channel, twin.settings()) as connection:
                    if pages % INSIDE_EVERY == 0:
                        await _die_asking(channel, connection, cursor, twin)
                    page = await one_page(channel, connection, cursor)
                ids += [source.external_id for source in page.records]
                pages += 1
                cursor = msgspec.json.decode(msgspec.json.encode(page.cursor))
                twin.requests.clear()
                if page.complete:
                    return Pieces(ids, pages)

    return pull


async def _die_asking(channel: Channel, connection: Connection, cursor: Mapping[str, Any], twin: Twin) -> None:
    """Ask for a page, and die when the platform has heard of it."""
    asked = len(twin.requests)
    asking = asyncio.ensure_future(one_page(channel, connection, cursor))
    while len(twin.requests) == asked and not asking.done():
        await asyncio.sleep(0)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


Survive = Callable[[Channel, Twin], Awaitable[Survived]]


@pytest.fixture
def killed_at_every_page(tmp_path: Path, sqlite_template: Path) -> Survive:
    """Return a function that syncs a twin's products with a worker that dies at each page, until all are there."""

    async def survive(channel: Channel, twin: Twin) -> Survived:
        database = tmp_path / "marketwright.sqlite"
        await asyncio.to_thread(shutil.copy, sqlite_template, database)
        mortal = Mortal(channel)
        outbound = Outbound(private_networks=True, plain_http=True, timeout=30, jitter=lambda: 0.01)
        async with opened_store(f"sqlite:///{database}"), twin.running(), outbound:
            doomed = dataclasses.replace(channel, pull_products=mortal.pull, pull_orders=None, pull_stock=None)
            context = _installation(doomed, outbound, tmp_path)
            runs = await _sync_until_done(context, await _connect(context, channel, twin))
            rows = await Record.select(Record.external_id).where(Record.deleted_at.is_null())
            kept = sum(row["seen"] for row in await SyncRun.select(SyncRun.seen))
        return Survived(sorted(row["external_id"] for row in rows), kept, mortal.pages, runs)

    return survive


def _installation(channel: Channel, outbound: Outbound, folder: Path) -> Context:
    class Silence:
        """A queue for a test that looks at nothing but the pull."""

        async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
            return

    return Context(
        registry=Registry(by_name={channel.name: channel}),
        library=Library.open([ROOT / "rulepacks"]),
        vault=Vault.open_folder(folder / "keys"),
        outbound=outbound,
        queue=Silence(),
        tuning=Tuning(),
        clock=Clock(),
    )


async def _connect(context: Context, channel: Channel, twin: Twin) -> int:
    from core.connections import create

    merchant = await merchants.create("Alder & Finch", context.clock())
    admin = Actor(user=1, name="admin", role=Role.ADMIN, merchant=merchant)
    values = msgspec.to_builtins(twin.settings())
    return await create(context, admin, merchant=merchant, channel=channel.name, name="Main shop", values=values)


async def _sync_until_done(context: Context, connection: int) -> int:
    """Sync again and again, each time after the dead worker's run may be taken over; return the number of runs."""
    from core.jobs.sync import sync_connection  # its neighbours take seconds to import, and few tests need them

    runs = 0
    while True:
        runs += 1
        clock: Any = context.clock
        clock.now += DEAD_AFTER
        try:
            await sync_connection({"context": context}, connection)
        except (Killed, TypeError):
            continue
        return runs
