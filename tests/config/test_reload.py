"""Rulepacks that are edited while the server runs."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from config.reload import read_again, reloading
from config.settings import Database, Redis, Rulepacks, Settings
from config.wiring import opened
from core.context import Context
from core.store import merchants
from core.store.tables import Alert, Connection

RULE = """rulepack: acme
version: 2026.11
rules:
  - id: title.length
    title: Title too long
    kind: product
    category: format_validation
    severity: error
    field: title
    check: {{max_length: {limit}}}
    message: "Too long."
    source: test
    cases: [{{fail: {{title: "{text}"}}}}]
"""


class ListQueue:
    """A queue that remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int | str, ...]]] = []

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Remember what was asked for."""
        self.asked.append((job, ids))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of a pack in a folder of the installation's own."""
    path = tmp_path / "packs/acme/2026.11.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE.format(limit=5, text="x" * 6))
    return path


@pytest.fixture
def settings(database_url: str, tmp_path: Path, file: Path) -> Settings:
    """Return settings that watch that folder."""
    return Settings(
        data_dir=str(tmp_path / "data"),
        database=Database(url=database_url),
        redis=Redis(url=f"unix://{tmp_path}/none.sock"),
        rulepacks=Rulepacks(folders=(str(file.parents[1]),), reload=True),
    )


@pytest.fixture
async def context(settings: Settings) -> AsyncIterator[Context]:
    """Return an opened installation with a merchant and a connection, and a queue that remembers."""
    async with opened(settings) as found:
        now = found.clock()
        merchant = await merchants.create("Alder & Finch", now)
        row = Connection(
            public_id="p", merchant=merchant, channel="acme", name="main", sealed="", created_at=now, updated_at=now
        )
        await Connection.insert(row)
        yield dataclasses.replace(found, queue=ListQueue())


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, at most ten seconds."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


def limit(context: Context) -> object:
    """Return the limit in force."""
    return context.library.pack("acme").rules[0].arguments["limit"]


async def test_a_changed_pack_counts_at_once_and_what_it_concerns_is_checked_again(
    context: Context, settings: Settings, file: Path
) -> None:
    async with reloading(context, settings, checks=True):
        await asyncio.sleep(0.3)
        file.write_text(RULE.format(limit=9, text="x" * 10))
        await until(lambda: limit(context) == 9 and len(context.queue.asked) == 2)  # type: ignore[attr-defined]

    assert [job for job, _ in context.queue.asked] == ["mirror_rules", "validate_connection"]  # type: ignore[attr-defined]


async def test_a_broken_file_keeps_the_rules_and_is_told_until_it_is_mended(
    context: Context, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = file.read_text()
    file.write_text(good.replace("max_length", "longest"))

    await read_again(context, checks=True)
    open_alerts = await Alert.select(Alert.message).where(Alert.closed_at.is_null())
    file.write_text(good)
    await read_again(context, checks=True)

    said = f"{file}:10: rule title.length: unknown check 'longest'"
    assert limit(context) == 5
    assert [row["message"] for row in open_alerts] == [
        f"A changed rulepack is not used, and the rules stay as they were: {said}"
    ]
    assert (logging.ERROR, f"a changed rulepack is not used: {said}") in [
        (record.levelno, record.getMessage()) for record in caplog.records
    ]
    assert await Alert.count().where(Alert.closed_at.is_null()) == 0
    assert context.queue.asked == []  # type: ignore[attr-defined]


async def test_nothing_is_watched_unless_the_settings_ask_for_it(context: Context, file: Path) -> None:
    async with reloading(context, Settings(), checks=True):
        await asyncio.sleep(0.3)
        file.write_text(RULE.format(limit=9, text="x" * 10))
        await asyncio.sleep(0.5)

    assert limit(context) == 5


async def test_a_web_process_reads_and_leaves_the_checking_to_workers(context: Context, file: Path) -> None:
    file.write_text(RULE.format(limit=9, text="x" * 10))

    await read_again(context, checks=False)

    assert limit(context) == 9
    assert context.queue.asked == []  # type: ignore[attr-defined]
