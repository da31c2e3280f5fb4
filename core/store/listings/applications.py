"""Corrections carried out, and the decisions behind them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from core.model.corrections import ApplicationState, Change, Verdict


class ApplicationFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which applications. `automatic` is True for what the machine did, False for what people did, None for both."""

    state: ApplicationState | None = None
    channel: str | None = None
    connection: int | None = None
    pattern: str | None = None
    sampled: bool | None = None
    automatic: bool | None = True
    text: str | None = None


class ApplicationItem(msgspec.Struct, frozen=True, kw_only=True):
    """One correction on one record. `undoable` says that undo may be asked for."""

    id: int
    issue_id: int
    pattern_id: str
    record_id: int
    record_title: str | None
    sku: str | None
    channel: str
    connection_id: int
    connection_name: str
    state: ApplicationState
    changes: tuple[Change, ...]
    sentence: str
    confidence: float
    is_automatic: bool
    is_sampled: bool
    created_at: datetime
    pushed_at: datetime | None
    verified_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None
    error: str | None
    undoable: bool


class DecisionItem(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict. `changes` are those of its application, empty for a rejection; `undoable` says it may be revoked."""

    decision_id: str
    issue_id: int
    pattern_id: str
    verdict: Verdict
    decided_by: str
    decided_at: datetime
    confidence: float
    reason: str | None
    revoked_at: datetime | None
    record_title: str | None
    sku: str | None
    channel: str
    field: str
    changes: tuple[Change, ...]
    application_id: int | None
    application_state: ApplicationState | None
    undoable: bool
