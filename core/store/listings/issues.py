"""One issue with all that bears on it, and the history of closed ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Change, Mode, Phase, Program, Safety, Source
from core.model.issues import Category, IssueState, Resolution, Severity
from core.model.records import Record
from core.store.listings.applications import ApplicationItem, DecisionItem


class IssueDetail(msgspec.Struct, frozen=True, kw_only=True):
    """The issue itself. `fix` is the rulepack's own correction."""

    id: int
    merchant: int
    channel: str
    pack: str
    rule: str
    category: Category
    severity: Severity
    field: str
    message: str
    actual: Any
    fix: Program
    fix_safety: Safety | None
    state: IssueState
    resolution: Resolution | None
    benefit: float
    opened_at: datetime
    closed_at: datetime | None
    suggested_at: datetime | None


class IssueRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record at fault, canonical."""

    id: int
    kind: str
    external_id: str
    sku: str | None
    title: str | None
    record: Record
    updated_at: datetime
    deleted_at: datetime | None


class IssueConnection(msgspec.Struct, frozen=True, kw_only=True):
    """Where the record comes from."""

    id: int
    name: str
    channel: str
    mode: Mode
    enabled: bool
    state: str


class IssuePatternView(msgspec.Struct, frozen=True, kw_only=True):
    """The cause. `waits_for` says what keeps its correction from applying itself; empty when nothing does."""

    pattern_id: str
    title: str
    phase: Phase
    confidence: float
    threshold: float | None
    fix_safety: Safety | None
    occurrences: int
    waits_for: tuple[str, ...]


class SuggestionView(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed correction. `evidence` is what its source gives: sentences and counts."""

    id: int
    rank: int
    source: Source
    program: Program
    program_hash: str
    sentence: str
    changes: tuple[Change, ...]
    confidence: float
    evidence: Any
    safety: Safety


class IssueView(msgspec.Struct, frozen=True, kw_only=True):
    """An issue's page: `decisions` are the newest on the same pattern, `applications` those of this issue."""

    issue: IssueDetail
    record: IssueRecord
    connection: IssueConnection
    pattern: IssuePatternView
    suggestions: list[SuggestionView]
    decisions: list[DecisionItem]
    applications: list[ApplicationItem]


class HistoryFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which closed issues."""

    channel: str | None = None
    resolution: Resolution | None = None
    pattern: str | None = None
    connection: int | None = None
    text: str | None = None


class HistoryItem(msgspec.Struct, frozen=True, kw_only=True):
    """A closed issue and how it ended. `decided_by` is None where no person decided."""

    issue_id: int
    severity: Severity
    channel: str
    connection_id: int
    connection_name: str
    record_id: int
    record_title: str | None
    sku: str | None
    field: str
    message: str
    state: IssueState
    resolution: Resolution | None
    decided_by: str | None
    changes: tuple[Change, ...]
    application_id: int | None
    pattern_id: str
    opened_at: datetime
    closed_at: datetime
