"""Records as they are now, with their open issues counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.model.issues import Severity
from core.model.records import Record, RecordKind


class RecordFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which records. `with_issues` keeps those that have (True) or have not (False) an open issue."""

    kind: RecordKind | None = None
    channel: str | None = None
    connection: int | None = None
    with_issues: bool | None = None
    text: str | None = None


class RecordItem(msgspec.Struct, frozen=True, kw_only=True):
    """A record in a list."""

    id: int
    kind: RecordKind
    external_id: str
    sku: str | None
    title: str | None
    channel: str
    connection_id: int
    connection_name: str
    open_issues: int
    checked_with: str | None
    updated_at: datetime


class RecordIssue(msgspec.Struct, frozen=True, kw_only=True):
    """An open issue of a record, in short."""

    issue_id: int
    severity: Severity
    rule: str
    field: str
    message: str


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """A record's page: canonical, and the platform's own payload (`raw`) beside it."""

    item: RecordItem
    record: Record
    raw: dict[str, Any]
    source_version: int
    deleted_at: datetime | None
    issues: list[RecordIssue]
