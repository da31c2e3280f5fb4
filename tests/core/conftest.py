"""A small shop in the database: what listings, the API and people's tests begin with."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
    Record,
    Suggestion,
    SyncRun,
)

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PROGRAM = [{"decimal_places": {"places": 2}}]


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
            "pattern_signature": to_json({"channel": "shopify", "field": "price"}), "last_seen_at": now,
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

    async def _insert(self, row: Any) -> int:
        rows = await type(row).insert(row)
        return int(rows[0]["id"])


@pytest.fixture
def shop(store: str) -> Shop:
    """Return a writer of rows for the open, empty database."""
    return Shop()
