"""How long a reviewer's decision takes until the pattern's confidence shows: `python -m benchmarks.decide`.

One pattern with 10,000 open issues and 1,000 decisions before. Each decision goes through the HTTP API and is stored,
then the pattern is asked for its confidence; both together are one measurement. No worker runs beside it.
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

import aiohttp

from config.asgi import create_app
from config.serve import address_of, answering, listen
from config.settings import Database, Settings
from config.wiring import migrated, opened
from core import connections as acts
from core import people
from core.context import Context
from core.jobs import keep
from core.jobs.suggest import suggest
from core.model.corrections import Mode, Verdict
from core.model.people import Actor, Role
from core.model.records import RecordKind, SourceRecord
from core.review.learn import learn
from core.store import connections, decisions, issues, merchants, patterns, suggestions
from core.store.engine import transaction

ADMIN = Actor(user=1, name="benchmark", role=Role.ADMIN)
SHOP = {"store_url": "http://127.0.0.1:9", "consumer_key": "ck_" + "0" * 40, "consumer_secret": "cs_" + "0" * 40}
AT_ONCE = 500


class Silent:
    """A queue that drops what is asked for: carrying out is not what is measured."""

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Drop it."""

    async def answers(self) -> bool:
        """Be there."""
        return True

    async def close(self) -> None:
        """Do nothing."""


async def main(wanted: argparse.Namespace) -> None:
    """Fill a scratch database, decide, and print what that took."""
    with tempfile.TemporaryDirectory() as folder:
        url = wanted.database or f"sqlite:///{Path(folder) / 'decide.sqlite'}"
        settings = Settings(data_dir=folder, database=Database(url=url))
        await migrated(settings)
        async with opened(settings) as real:
            context = dataclasses.replace(real, queue=Silent())
            pattern, open_issues = await filled(context, wanted.issues, wanted.decisions)
            user = await people.create_user("benchmark", "correct horse battery", Role.ADMIN, None)
            token = await people.create_api_token(user, "benchmark")
            listener = listen("127.0.0.1", 0)
            address = address_of(listener)
            async with answering(create_app(context, settings), listener):
                took = await decided(f"{address}/api/v1", token, pattern, open_issues[: wanted.rounds])
    print(f"{url.partition(':')[0]}: {len(open_issues):,} open issues, {wanted.decisions:,} decisions before")
    for name, values in took.items():
        ordered = sorted(values)
        p99 = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
        print(f"  {name}: p50 {statistics.median(values):.0f} ms, p99 {p99:.0f} ms, most {ordered[-1]:.0f} ms")


async def filled(context: Context, count: int, before: int) -> tuple[str, list[int]]:
    """Make the records, their suggestions and the decisions; return the pattern and its open issues."""
    merchant = await merchants.create("Benchmark", context.clock())
    made = await acts.create(
        context, ADMIN, merchant=merchant, channel="woocommerce", name="Shop", values=SHOP, mode=Mode.SUGGEST
    )
    row = await connections.get(made)
    assert row is not None
    opened_issues: list[int] = []
    for start in range(0, count, AT_ONCE):
        sources = [source(number) for number in range(start, min(start + AT_ONCE, count))]
        checked = await keep.check(context, row, sources)
        async with transaction():
            kept = await keep.write(row, checked, context.clock())
        opened_issues += kept.opened
        await suggest({"context": context}, *kept.opened)
    (one, *_) = await issues.many(opened_issues[:1])
    (offered, *_) = await suggestions.of_issue(one.id)
    async with transaction():
        for number in range(before):
            verdict = Verdict.REJECTED if number % 50 == 0 else Verdict.APPROVED
            await decisions.insert(
                one.pattern, one.id, verdict, issue_data={}, suggestion=None, solution=None,
                suggested_hash=offered.program_hash, final_hash=offered.program_hash, decided_by=f"person {number % 3}",
                reason=None, now=context.clock(),
            )  # fmt: skip
        pattern = await patterns.get(one.pattern)
        assert pattern is not None
        await learn(context, pattern, offered.program, offered.program_hash, offered.safety)
    return one.pattern, await issues.open_of_pattern(one.pattern, limit=count)


def source(number: int) -> SourceRecord:
    """Return a product whose title has two spaces in a row, and nothing else wrong."""
    record = {
        "external_id": str(number), "sku": f"S{number}", "title": f"Enamel  kettle no. {number}", "brand": "Alder",
        "description": "Holds 1.5 litres.", "category": "Kettles", "price": "39.00", "currency": "EUR", "quantity": 4,
        "images": [{"url": "https://img.example.com/k.jpg", "alt": "Kettle"}], "status": "publish",
        "weight": {"value": "0.9", "unit": "kg"}, "gtin": "4006381333931", "product_type": "simple",
        "dimensions": {"length": "20", "width": "20", "height": "20", "unit": "cm"},
    }  # fmt: skip
    return SourceRecord(
        kind=RecordKind.PRODUCT, external_id=str(number), version=1, record=record, raw={"id": number}, deleted=False
    )


async def decided(api: str, token: str, pattern: str, ids: list[int]) -> dict[str, list[float]]:
    """Approve these issues one after the other; return milliseconds of the decision, and until its confidence shows."""
    took: dict[str, list[float]] = {"stored": [], "stored, and its confidence seen": []}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for issue in ids:
            started = time.perf_counter()
            answer = await _json(session.post(f"{api}/issues/{issue}/approve", json={}))
            stored = time.perf_counter()
            shown = await _json(session.get(f"{api}/patterns/{pattern}"))
            seen = time.perf_counter()
            assert abs(shown["rules"][0]["confidence"] - answer["confidence"]) < 1e-9
            took["stored"].append((stored - started) * 1000)
            took["stored, and its confidence seen"].append((seen - started) * 1000)
    return took


async def _json(request: Any) -> Any:
    async with request as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", help="a scratch PostgreSQL database; without it, an SQLite file of its own")
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--decisions", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=100)
    asyncio.run(main(parser.parse_args()))
