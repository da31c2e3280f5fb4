"""Patterns: what the installation has learned of each cause, and how far it may go by itself."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.errors import NotFound
from core.model.corrections import Mode, Phase, Safety
from core.model.tuning import KnowledgeManagement
from core.store.listings import rules
from core.store.listings.applications import (
    ApplicationFilters,
    ApplicationItem,
    DecisionItem,
    auto_corrected,
    decisions,
)
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.rules import RuleItem
from core.store.listings.where import all_of, as_uuid, containing, if_given
from core.store.rows import from_json
from core.store.tables import IssuePattern


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


class PatternView(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern's page: its rules, the first page of its decisions, its newest applications."""

    pattern: PatternItem
    rules: list[RuleItem]
    decisions: Page[DecisionItem]
    applications: list[ApplicationItem]


_PATTERNS = """
SELECT p.pattern_id, p.merchant, p.marketplace_name AS channel, p.issue_type, p.issue_description AS title,
  p.pattern_signature, p.phase, p.confidence, p.fix_safety, p.occurrence_count AS occurrences,
  p.last_seen_at, p.created_at,
  (SELECT COUNT(*) FROM issues i WHERE i.pattern = p.pattern_id AND i.state = 'open' AND {}) AS open_issues,
  (SELECT COUNT(*) FROM auto_correction_rules a WHERE a.pattern_id = p.pattern_id AND a.is_active = {}) AS active_rules,
  (SELECT MIN(a.confidence_threshold) FROM auto_correction_rules a WHERE a.pattern_id = p.pattern_id) AS threshold
FROM issue_patterns p WHERE {} ORDER BY p.last_seen_at DESC, p.pattern_id DESC LIMIT {}
"""
SHARED = 0
"""The merchant that holds the patterns which everyone may see."""
NEWEST = 10


class PatternFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which patterns."""

    channel: str | None = None
    phase: Phase | None = None
    text: str | None = None


async def patterns(
    scope: int | None, filters: PatternFilters | None = None, after: str | None = None, limit: int = 50
) -> Page[PatternItem]:
    """Return a page of patterns, the last seen first. A merchant sees its own and the shared ones.

    What was merged into another pattern is left out.
    """
    limit = bounded(limit)
    wanted = filters or PatternFilters()
    key = from_cursor(after, tuple[datetime, uuid.UUID])
    conditions = (
        QueryString("p.merged_into IS NULL"),
        if_given("p.marketplace_name = {}", wanted.channel),
        if_given("p.phase = {}", wanted.phase),
        containing(("p.issue_description", "p.issue_type"), wanted.text),
        None if key is None else QueryString("(p.last_seen_at, p.pattern_id) < ({}, {})", *key),
    )
    rows = await _select(scope, all_of(conditions), limit + 1)
    page, following = paged(rows, limit, lambda row: (row["last_seen_at"], str(row["pattern_id"])))
    return Page(items=[_pattern(row) for row in page], next=following)


async def one(
    scope: int | None,
    pattern_id: str,
    *,
    mode: Mode = Mode.APPLY_AND_PUSH,
    learning: KnowledgeManagement | None = None,
    after: str | None = None,
) -> PatternView:
    """Return a pattern's page, `after` being the cursor of its decisions. NotFound outside the scope.

    Its rules are judged for a connection in `mode`, by the numbers of `learning`.
    """
    rows = await _select(scope, QueryString("p.pattern_id = {}", as_uuid(pattern_id, "pattern")), 1)
    if not rows:
        raise NotFound(f"There is no pattern {pattern_id}.")
    pattern = _pattern(rows[0])
    mine = ApplicationFilters(pattern=pattern.pattern_id, automatic=None)
    return PatternView(
        pattern=pattern,
        rules=await rules.of_pattern(pattern.pattern_id, mode, learning or KnowledgeManagement()),
        decisions=await decisions(scope, pattern=pattern.pattern_id, after=after),
        applications=(await auto_corrected(scope, mine, limit=NEWEST)).items,
    )


async def _select(scope: int | None, where: QueryString, limit: int) -> list[dict[str, Any]]:
    issues = all_of([if_given("i.merchant = {}", scope)])
    seen = QueryString("1 = 1") if scope is None else QueryString("p.merchant IN ({}, {})", scope, SHARED)
    rows: list[dict[str, Any]] = await IssuePattern.raw(_PATTERNS, issues, True, all_of((seen, where)), limit)
    return rows


def _pattern(row: dict[str, Any]) -> PatternItem:
    read = {
        "pattern_id": str(row["pattern_id"]),
        "signature": from_json(row["pattern_signature"]),
        "threshold": None if row["threshold"] is None else float(row["threshold"]),
    }
    return msgspec.convert(row | read, PatternItem)
