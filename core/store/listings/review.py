"""The review queue: open issues one by one or grouped by their cause."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from core.model.corrections import Safety, Source
from core.model.issues import Category, Severity


class Sort(StrEnum):
    """The order of the queue: what pays most first, or by age."""

    BENEFIT = "benefit"
    NEWEST = "newest"
    OLDEST = "oldest"


class QueueFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which open issues, in which order. `text` looks into title, SKU and message."""

    sort: Sort = Sort.BENEFIT
    channel: str | None = None
    severity: Severity | None = None
    category: Category | None = None
    pattern: str | None = None
    connection: int | None = None
    text: str | None = None


class QueueGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Open issues of one cause. `listings` counts records; `threshold` is None where the installation's default holds."""

    pattern_id: str
    channel: str
    title: str
    field: str
    severity: Severity
    issues: int
    listings: int
    benefit: float
    confidence: float
    threshold: float | None
    first_issue: int
    sentence: str | None


class BestSuggestion(msgspec.Struct, frozen=True, kw_only=True):
    """The first-ranked suggestion of an issue. `before` and `after` are those of its first change; `count` counts all."""

    id: int
    before: Any
    after: Any
    source: Source
    confidence: float
    safety: Safety
    sentence: str
    count: int


class QueueItem(msgspec.Struct, frozen=True, kw_only=True):
    """One open issue with what a reviewer needs to decide at a glance."""

    issue_id: int
    severity: Severity
    category: Category
    channel: str
    connection_id: int
    connection_name: str
    record_id: int
    record_title: str | None
    sku: str | None
    field: str
    message: str
    rule: str
    pack: str
    actual: Any
    suggestion: BestSuggestion | None
    pattern_id: str
    opened_at: datetime
    benefit: float


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers beside the navigation: open issues, corrected by itself since midnight UTC, open alerts, failed pushes."""

    pending: int
    auto_today: int
    alerts: int
    failed: int
