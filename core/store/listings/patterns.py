"""Patterns: what the installation has learned of each cause, and how far it may go by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Phase, Program, Safety
from core.store.listings.applications import ApplicationItem, DecisionItem
from core.store.listings.page import Page


class PatternItem(msgspec.Struct, frozen=True, kw_only=True):
    """One cause. `signature` is channel, rule, field, shape and context; `threshold` None means the default."""

    pattern_id: str
    merchant: int
    channel: str
    issue_type: str
    title: str
    signature: dict[str, Any]
    phase: Phase
    confidence: float
    threshold: float | None
    fix_safety: Safety | None
    occurrences: int
    open_issues: int
    active_rules: int
    last_seen_at: datetime
    created_at: datetime


class RuleItem(msgspec.Struct, frozen=True, kw_only=True):
    """A learned correction. Rates are shares from 0 to 1; `waits_for` says what keeps it from applying itself."""

    auto_rule_id: str
    pattern_id: str
    sentence: str
    program: Program
    program_hash: str
    safety: Safety
    threshold: float
    confidence: float
    certified_bound: float
    success_rate: float
    applications: int
    approvals: int
    rejections: int
    missing_approvals: int
    is_active: bool
    off_reason: str | None
    waits_for: tuple[str, ...]
    created_at: datetime


class PatternView(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern's page: its rules, the first page of its decisions, its newest applications."""

    pattern: PatternItem
    rules: list[RuleItem]
    decisions: Page[DecisionItem]
    applications: list[ApplicationItem]
