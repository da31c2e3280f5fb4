"""Connections with their health, and their sync runs. Credentials never leave the vault through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Mode


class SyncRunItem(msgspec.Struct, frozen=True, kw_only=True):
    """One pull of one kind of record. `total` is what the channel said there is, where it says so."""

    id: int
    connection_id: int
    kind: str
    state: str
    seen: int
    changed: int
    issues: int
    total: int | None
    error: str | None
    started_at: datetime
    finished_at: datetime | None


class ConnectionItem(msgspec.Struct, frozen=True, kw_only=True):
    """One account on a channel. `runs` holds the newest run of each kind; `webhook_path` is ours, for its webhooks."""

    id: int
    public_id: str
    merchant: int
    merchant_name: str
    channel: str
    name: str
    mode: Mode
    enabled: bool
    state: str
    state_reason: str | None
    rulepack: str | None
    sync_minutes: int
    facts: dict[str, Any]
    synced_at: datetime | None
    tested_at: datetime | None
    created_at: datetime
    records: int
    open_issues: int
    webhook_path: str
    runs: list[SyncRunItem]
