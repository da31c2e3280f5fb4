"""An opened installation for tests of what people and machines do with it, and a shop of rows to look at."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.context import Context
from core.http import Outbound
from core.jobs import JOBS
from core.model.people import Actor, Role
from core.model.tuning import Tuning
from core.registry import Registry
from core.rules.packs import Library
from core.store import merchants
from core.store.rows import to_json
from core.store.tables import (
    Alert,
    Application,
    AutoCorrectionRule,
    Connection,
    CorrectionDecision,
    Issue,
    IssuePattern,
    Merchant,
    PatternGrouping,
    Record,
    Suggestion,
    SyncRun,
)
from core.vault import Vault

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROGRAM = [{"decimal_places": {"places": 2}}]
SIGNATURE = {"channel": "shopify", "rule": "price.decimals", "field": "price", "shape": "integer", "context": {}}


class Clock:
    """A clock that moves one second each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class ListQueue:
    """A queue that keeps what was asked for until `run` carries it out, in order, in this process."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int | str, ...]]] = []

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Remember what was asked for."""
        self.asked.append((job, ids))

    async def run(self, context: Context) -> list[str]:
        """Carry out what was asked for, and what that asks for, and return the names of the jobs."""
        jobs = {function.__name__: function for function in JOBS}
        done = []
        while self.asked:
            name, ids = self.asked.pop(0)
            await jobs[name]({"context": context}, *ids)
            done.append(name)
        return done


@pytest.fixture(scope="session")
def library() -> Library:
    """Return the rulepacks that the project brings."""
    return Library.open([ROOT / "rulepacks"])


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return the channels that the project brings."""
    return Registry.discover()


@pytest.fixture
def queue() -> ListQueue:
    """Return a queue that runs when told to."""
    return ListQueue()


@pytest.fixture
async def context(
    store: str, library: Library, registry: Registry, queue: ListQueue, tmp_path: Path
) -> AsyncIterator[Context]:
    """Return an opened installation on the test's database."""
    async with Outbound(private_networks=True, plain_http=True, timeout=10, jitter=lambda: 0.01) as outbound:
        yield Context(
            registry=registry,
            library=library,
            vault=Vault.open_folder(tmp_path / "keys"),
            outbound=outbound,
            queue=queue,
            tuning=Tuning(),
            clock=Clock(),
            public_url="http://127.0.0.1:1",
        )


@pytest.fixture
async def merchant(context: Context) -> int:
    """Return a merchant."""
    return await merchants.create("Alder & Finch", context.clock())


@pytest.fixture
def admin(merchant: int) -> Actor:
    """Return an admin of that merchant."""
    return Actor(user=1, name="admin", role=Role.ADMIN, merchant=merchant)


@pytest.fixture
def reviewer(merchant: int) -> Actor:
    """Return a reviewer of that merchant."""
    return Actor(user=2, name="reviewer", role=Role.REVIEWER, merchant=merchant)


class Shop:
    """Writes believable rows; each method returns the new row's id."""

    def __init__(self) -> None:
        self.number = 0

    def tick(self) -> datetime:
        """Return a time later than any before."""
        self.number += 1
        return START + timedelta(minutes=self.number)

    async def merchant(self, name: str = "Kettle & Co") -> int:
        return await self._insert(Merchant(name=name, created_at=self.tick()))

    async def connection(self, merchant: int, *, channel: str = "shopify", name: str = "main") -> int:
        now = self.tick()
        row = Connection(
            public_id=uuid.uuid4().hex, merchant=merchant, channel=channel, name=name, sealed="sealed:text",
            mode="apply_and_push", created_at=now, updated_at=now,
        )  # fmt: skip
        return await self._insert(row)

    async def record(self, merchant: int, connection: int, *, sku: str = "KTL-1", **fields: Any) -> int:
        now = self.tick()
        record = {"sku": sku, "title": "Enamel kettle", "price": "10"} | fields
        row = Record(
            merchant=merchant, connection=connection, kind="product", external_id=f"ext-{self.number}", sku=sku,
            title=record["title"], record=to_json(record), payload=to_json({"id": self.number}), content_hash="0" * 64,
            source_version=self.number, checked_with="shopify@2026.11", created_at=now, updated_at=now,
        )  # fmt: skip
        return await self._insert(row)

    async def pattern(self, merchant: int, *, title: str = "Price without decimals", **values: Any) -> uuid.UUID:
        now = self.tick()
        fields = {
            "marketplace_name": "shopify", "issue_type": "price.decimals", "issue_description": title,
            "pattern_signature": to_json(SIGNATURE), "leaf": "price", "family": "decimals", "last_seen_at": now,
            "merchant": merchant, "signature_hash": uuid.uuid4().hex, "confidence": 0.6, "created_at": now,
        }  # fmt: skip
        row = IssuePattern(**fields | values)
        await IssuePattern.insert(row)
        return uuid.UUID(str(row.pattern_id))

    async def issue(
        self, merchant: int, connection: int, record: int, pattern: uuid.UUID, *, suggested: bool = True, **values: Any
    ) -> int:
        fields = {
            "merchant": merchant, "connection": connection, "record": record, "pattern": pattern,
            "channel": "shopify", "pack": "shopify@2026.11", "rule": "price.decimals",
            "category": "format_validation", "severity": "error", "field": "price",
            "message": "The price has no decimals.", "actual": to_json("10"), "benefit": 1.0, "opened_at": self.tick(),
        }  # fmt: skip
        issue = await self._insert(Issue(**fields | values))
        if suggested:
            await self.suggestion(issue, rank=1)
            await self.suggestion(issue, rank=2, confidence=0.4)
        return issue

    async def suggestion(self, issue: int, *, rank: int, confidence: float = 0.6) -> int:
        row = Suggestion(
            issue=issue, rank=rank, source="learned", program=to_json(PROGRAM), program_hash="p" * 64,
            changes=to_json([{"field": "price", "before": "10", "after": "10.00"}]), confidence=confidence,
            evidence=to_json(["2 of 3 approved"]), safety="safe", created_at=self.tick(),
        )  # fmt: skip
        return await self._insert(row)

    async def rule(self, pattern: uuid.UUID, **values: Any) -> uuid.UUID:
        fields = {
            "pattern_id": pattern, "correction_logic": to_json(PROGRAM), "confidence_threshold": 0.8,
            "created_at": self.tick(), "program_hash": uuid.uuid4().hex, "safety": "safe", "approvals": 2,
            "confidence": 0.6,
        }  # fmt: skip
        row = AutoCorrectionRule(**fields | values)
        await AutoCorrectionRule.insert(row)
        return uuid.UUID(str(row.auto_rule_id))

    async def decision(self, issue: int, pattern: uuid.UUID, *, by: str = "ann", **values: Any) -> uuid.UUID:
        now = self.tick()
        fields = {
            "pattern_id": pattern, "issue_data": to_json({"field": "price"}), "human_decision": "approved",
            "decided_by": by, "decided_at": now, "confidence_score": 0.6, "sequence": self.number, "issue": issue,
        }  # fmt: skip
        row = CorrectionDecision(**fields | values)
        await CorrectionDecision.insert(row)
        return uuid.UUID(str(row.decision_id))

    async def application(
        self, merchant: int, connection: int, record: int, issue: int, pattern: uuid.UUID, **values: Any
    ) -> int:
        fields = {
            "merchant": merchant, "connection": connection, "record": record, "issue": issue, "pattern": pattern,
            "is_automatic": True, "program": to_json(PROGRAM), "program_hash": "p" * 64, "confidence": 0.9,
            "changes": to_json([{"field": "price", "before": "10", "after": "10.00"}]), "state": "verified",
            "created_at": self.tick(),
        }  # fmt: skip
        return await self._insert(Application(**fields | values))

    async def alert(self, merchant: int, **values: Any) -> int:
        fields = {
            "merchant": merchant, "subject": f"connection:{self.number}", "severity": "warning",
            "message": "The key was refused.", "created_at": self.tick(),
        }  # fmt: skip
        return await self._insert(Alert(**fields | values))

    async def sync_run(self, connection: int, **values: Any) -> int:
        now = self.tick()
        fields = {
            "connection": connection, "kind": "product", "state": "done", "seen": 3, "started_at": now,
            "beat_at": now, "finished_at": now,
        }  # fmt: skip
        return await self._insert(SyncRun(**fields | values))

    async def open_issue(self, merchant: int) -> int:
        """Write an issue with a connection, a record and a pattern of its own."""
        connection = await self.connection(merchant)
        record = await self.record(merchant, connection)
        return await self.issue(merchant, connection, record, await self.pattern(merchant))

    async def grouping(self, merchant: int, source: uuid.UUID, target: uuid.UUID) -> int:
        row = PatternGrouping(
            merchant=merchant, kind="merge", source=source, source_hash="0" * 64, target=target,
            target_signature=to_json(SIGNATURE), target_title="Price without decimals", made_by="ann",
            made_at=self.tick(),
        )  # fmt: skip
        return await self._insert(row)

    async def _insert(self, row: Any) -> int:
        rows = await type(row).insert(row)
        return int(rows[0]["id"])


@pytest.fixture
def shop(store: str) -> Shop:
    """Return a writer of rows for the open, empty database."""
    return Shop()
