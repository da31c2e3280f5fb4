"""The review queue by cause: one line a pattern."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.issues import Severity
from core.store.listings.corrections import program_of, sentence_of
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.review import QueueFilters, Sort, matching
from core.store.listings.where import one_of
from core.store.rows import from_json
from core.store.tables import AutoCorrectionRule, Issue, Suggestion

_WEIGHTS = {
    Sort.BENEFIT: "CAST(MAX(i.benefit) * 1000 AS BIGINT) * COUNT(DISTINCT i.record)",
    Sort.NEWEST: "MAX(i.id)",
    Sort.OLDEST: "-MIN(i.id)",
}
"""What a group is ordered by: whole numbers, so that a cursor compares exactly.

The benefit is that of its listings: one with a hundred variants is still one.
"""

_GROUPS = """
SELECT g.*, p.issue_description AS title, p.pattern_signature, p.confidence
FROM (
  SELECT i.pattern AS pattern_id, MIN(i.channel) AS channel, MIN(i.severity) AS severity, MIN(i.field) AS field,
    COUNT(*) AS issues, COUNT(DISTINCT i.record) AS listings, MAX(i.benefit) * COUNT(DISTINCT i.record) AS benefit,
    MIN(i.id) AS oldest, MAX(i.id) AS newest, {weight} AS weight
  FROM {issues} WHERE i.state = 'open' AND {{}} GROUP BY i.pattern HAVING {{}}
  ORDER BY weight DESC, i.pattern DESC LIMIT {{}}
) g JOIN issue_patterns p ON p.pattern_id = g.pattern_id
ORDER BY g.weight DESC, g.pattern_id DESC
"""
_THRESHOLDS = """
SELECT pattern_id, MIN(confidence_threshold) AS threshold FROM auto_correction_rules
WHERE pattern_id IN {} GROUP BY pattern_id
"""
_TOTAL = "SELECT COUNT(DISTINCT i.pattern) AS n FROM {issues} WHERE i.state = 'open' AND {{}}"
_ISSUES = "issues i"
_ISSUES_WITH_RECORDS = "issues i JOIN records r ON r.id = i.record"


class QueueGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Open issues of one cause.

    `listings` counts records, and `benefit` is theirs together; `threshold` is None where the installation's default
    holds; `first_issue` is the one to open; `sentence` says what the correction of that one does, None where none is
    proposed.
    """

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


async def groups(
    scope: int | None, filters: QueueFilters, after: str | None = None, limit: int = 50
) -> Page[QueueGroup]:
    """Return a page of patterns with open issues; `total` is counted on the first page."""
    limit = bounded(limit)
    where = matching(scope, filters)
    weight = _WEIGHTS[filters.sort]
    key = from_cursor(after, tuple[int, uuid.UUID])
    beyond = QueryString("1 = 1") if key is None else QueryString(f"({weight}, i.pattern) < ({{}}, {{}})", *key)
    issues = _ISSUES_WITH_RECORDS if filters.text else _ISSUES
    rows = await Issue.raw(_GROUPS.format(weight=weight, issues=issues), where, beyond, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["weight"], str(row["pattern_id"])))
    total = None if after else (await Issue.raw(_TOTAL.format(issues=issues), where))[0]["n"]
    thresholds = await _thresholds([row["pattern_id"] for row in page])
    first = "newest" if filters.sort is Sort.NEWEST else "oldest"
    sentences = await _sentences([row[first] for row in page])
    items = [_group(row, row[first], thresholds, sentences) for row in page]
    return Page(items=items, next=following, total=total)


async def _thresholds(patterns: list[Any]) -> dict[str, float]:
    rows = await AutoCorrectionRule.raw(_THRESHOLDS, one_of(patterns))
    return {str(row["pattern_id"]): float(row["threshold"]) for row in rows}


async def _sentences(issues: list[int]) -> dict[int, str]:
    sql = "SELECT issue, program FROM suggestions WHERE rank = 1 AND issue IN {}"
    rows = await Suggestion.raw(sql, one_of(issues))
    return {row["issue"]: sentence_of(program_of(row["program"])) for row in rows}


def _group(row: dict[str, Any], first: int, thresholds: dict[str, float], sentences: dict[int, str]) -> QueueGroup:
    pattern = str(row["pattern_id"])
    signature = from_json(row["pattern_signature"]) or {}
    read = {
        "pattern_id": pattern,
        "field": signature.get("field") or row["field"],
        "threshold": thresholds.get(pattern),
        "first_issue": first,
        "sentence": sentences.get(first),
    }
    return msgspec.convert(row | read, QueueGroup)
