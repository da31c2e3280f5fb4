"""What judging only what a rulepack's version changes saves, against judging every record in full; and a preview.

    python benchmarks/revalidation.py [--records N] [--rounds N] [--database sqlite:////path|postgresql://…]

The database is a scratch one: it is migrated and filled. Rounds take turns between the two ways on the same records.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from config.packaged import RULEPACKS
from config.settings import Database, Redis, Settings
from config.wiring import migrated, opened
from core import connections as acts
from core import versions
from core.context import Context
from core.jobs import keep
from core.jobs.validate import validate_connection
from core.model.people import Actor, Role
from core.model.records import SourceRecord
from core.rules.packs import Library
from core.store import connections, merchants
from core.store.engine import transaction
from core.store.tables import Issue, Record
from marketwright.testing.connections import open_connection
from plugins.woocommerce import channel

OWNER = Actor(user=0, name="benchmark", role=Role.ADMIN)
NEXT = """rulepack: woocommerce
version: 2099.12
extends: woocommerce@{newest}
rules:
  - id: title.short
    title: Title shorter than a line
    kind: product
    category: marketplace_rule
    severity: error
    field: title
    check: {{min_length: 14}}
    message: "The title has {{actual}} characters."
    source: benchmark
    cases: [{{fail: {{title: Kettle}}}}]
"""
SETTINGS = {
    "store_url": "http://127.0.0.1:9", "consumer_key": "ck_" + "0" * 40, "consumer_secret": "cs_" + "0" * 40,
}  # fmt: skip


class Silent:
    """A queue that drops what is asked for: suggestions are not what is measured."""

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Drop it."""


async def catalogue(count: int) -> list[SourceRecord]:
    """Return products of the twin, repeated under other ids until there are enough."""
    twin = channel.sandbox(seed=1, size=500)
    made: list[SourceRecord] = []
    async with twin.running(), open_connection(channel, twin.settings()) as connection:
        async for page in channel.pull_products(connection, {}):
            made += page.records
    return [
        msgspec.structs.replace(made[number % len(made)], external_id=str(number), version=1) for number in range(count)
    ]


async def take_in(context: Context, connection: int, sources: list[SourceRecord]) -> None:
    """Keep records with their issues."""
    row = await connections.get(connection)
    assert row is not None
    for start in range(0, len(sources), 200):
        checked = await keep.check(context, row, sources[start : start + 200])
        async with transaction():
            await keep.write(row, checked, context.clock())


async def timed(act: Any) -> float:
    """Return the seconds that something takes."""
    started = time.perf_counter()
    await act
    return time.perf_counter() - started


async def measure(context: Context, connection: int, rounds: int) -> None:
    """Move between the two versions, by what differs and in full by turns, and print what it takes."""
    older = context.library.versions("woocommerce")[1]
    run = {"context": context}
    aimed, full = [], []
    for _ in range(rounds):
        for version, took in ((None, aimed), (older, aimed), (None, full), (older, full)):
            await acts.update(context, OWNER, connection, rulepack=version or "")
            if took is full:
                await Record.update({Record.checked_with: None}, force=True)
            took.append(await timed(validate_connection(run, connection)))
    ratios = [slow / quick for quick, slow in zip(aimed, full, strict=True)]
    looked = [await timed(versions.preview(context, OWNER, connection, None)) for _ in range(rounds)]
    count = await Record.count()
    print(f"{count} records, {await Issue.count().where(Issue.closed_at.is_null())} open issues")
    print(f"what differs: {statistics.median(aimed):.2f} s ({count / statistics.median(aimed):,.0f} records/s)")
    print(f"in full:      {statistics.median(full):.2f} s ({count / statistics.median(full):,.0f} records/s)")
    print(f"ratio of paired runs: {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")
    print(f"preview:      {statistics.median(looked):.2f} s ({count / statistics.median(looked):,.0f} records/s)")


async def main(count: int, rounds: int, database: str | None) -> None:
    """Fill a scratch installation and measure."""
    with tempfile.TemporaryDirectory() as folder:
        newest = Library.open([RULEPACKS]).versions("woocommerce")[0]
        file = Path(folder) / "packs/woocommerce/2099.12.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(NEXT.format(newest=newest), encoding="utf-8")
        settings = Settings(
            data_dir=folder, database=Database(url=database), redis=Redis(url=f"unix://{folder}/none.sock")
        )
        await migrated(settings)
        async with opened(settings) as found:
            library = Library.open([RULEPACKS, Path(folder) / "packs"])
            context = dataclasses.replace(found, library=library, queue=Silent())
            merchant = await merchants.create(f"Benchmark {time.time()}", context.clock())
            connection = await acts.create(
                context, OWNER, merchant=merchant, channel="woocommerce", name="main", values=SETTINGS
            )
            await acts.update(context, OWNER, connection, rulepack=newest)
            await take_in(context, connection, await catalogue(count))
            await measure(context, connection, rounds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", help="sqlite:////path or postgresql://…; a scratch SQLite file by default")
    given = parser.parse_args()
    asyncio.run(main(given.records, given.rounds, given.database))
