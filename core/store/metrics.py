"""The mission document's key metrics, each from one question to the database, beside its target."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.corrections import ApplicationState
from core.model.issues import Resolution
from core.store.engine import is_sqlite
from core.store.listings.where import all_of, if_given
from core.store.tables import Application, AutoCorrectionRule, CorrectionDecision, Issue, SyncCount

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One number. `value` is None where there is nothing to count; `basis` says what it was counted from.

    Rates and accuracy are shares from 0 to 1, review time is in seconds, growth in patterns a week, and improvement
    is the change of a share in a month.
    """

    name: str
    value: float | None
    basis: int
    at_least: float | None = None
    at_most: float | None = None

    @property
    def meets(self) -> bool | None:
        """Tell whether it is within its target, None where there is nothing to count."""
        if self.value is None:
            return None
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)


_DETECTED = """
SELECT COALESCE(SUM(s.records), 0) AS n, COALESCE(SUM(s.issues), 0) AS found FROM sync_counts s
JOIN connections c ON c.id = s.connection WHERE {}
"""
_CLOSED = """
SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN i.resolution = {} THEN 1 ELSE 0 END), 0) AS found FROM issues i WHERE {}
"""
_REVIEWED = """
SELECT COUNT(*) AS n, AVG({seconds}) AS mean FROM correction_decisions d JOIN issues i ON i.id = d.issue
WHERE d.sequence = (SELECT MIN(f.sequence) FROM correction_decisions f WHERE f.issue = d.issue) AND {{}}
"""
_APPLIED = """
SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN a.state = {} THEN 1 ELSE 0 END), 0) AS found FROM applications a
WHERE a.state IN ('verified', 'failed', 'undone') AND {}
"""
_LEARNED = """
SELECT COUNT(*) AS n FROM (
  SELECT r.pattern_id, MIN(r.created_at) AS first FROM auto_correction_rules r
  JOIN issue_patterns p ON p.pattern_id = r.pattern_id WHERE {} GROUP BY r.pattern_id
) l WHERE {}
"""
_SURER = """
SELECT COUNT(*) AS n, AVG(e.confidence_score - b.confidence_score) AS mean FROM (
  SELECT d.pattern_id, MIN(d.sequence) AS first, MAX(d.sequence) AS last FROM correction_decisions d
  JOIN issue_patterns p ON p.pattern_id = d.pattern_id WHERE d.revoked_at IS NULL AND {} GROUP BY d.pattern_id
) w
JOIN correction_decisions e ON e.sequence = w.last
JOIN correction_decisions b ON b.sequence = COALESCE(
  (SELECT MAX(o.sequence) FROM correction_decisions o
   WHERE o.pattern_id = w.pattern_id AND o.sequence < w.first AND o.revoked_at IS NULL), w.first)
"""


async def metrics(scope: int | None, since: datetime, until: datetime) -> list[Metric]:
    """Return the six metrics of what happened from `since` until before `until`, in the document's order."""
    return [
        await _detection(scope, since, until),
        await _auto_correction(scope, since, until),
        await _review_time(scope, since, until),
        await _accuracy(scope, since, until),
        await _growth(scope, since, until),
        await _improvement(scope, since, until),
    ]


def _within(column: str, since: datetime, until: datetime) -> tuple[QueryString, QueryString]:
    return QueryString(f"{column} >= {{}}", since), QueryString(f"{column} < {{}}", until)


async def _detection(scope: int | None, since: datetime, until: datetime) -> Metric:
    """Count issues found per 1,000 records that came in, by pulls and webhooks, in the hours that began within."""
    where = all_of((if_given("c.merchant = {}", scope), *_within("s.hour", since, until)))
    row = await _row(SyncCount, _DETECTED, where)
    found, synced = int(row["found"]), int(row["n"])
    value = 1000 * found / synced if synced else None
    return Metric(name="issue_detection_rate", value=value, basis=synced, at_most=50.0)


async def _auto_correction(scope: int | None, since: datetime, until: datetime) -> Metric:
    """Return the share of ended issues that were corrected without a person."""
    where = all_of((if_given("i.merchant = {}", scope), *_within("i.closed_at", since, until)))
    row = await _row(Issue, _CLOSED, str(Resolution.AUTO_CORRECTED), where)
    return Metric(name="auto_correction_rate", value=_share(row), basis=row["n"], at_least=0.6)


async def _review_time(scope: int | None, since: datetime, until: datetime) -> Metric:
    """Return the mean seconds from an issue's opening to the first decision on it."""
    seconds = (
        "(julianday(d.decided_at) - julianday(i.opened_at)) * 86400.0"
        if is_sqlite()
        else "CAST(EXTRACT(EPOCH FROM (d.decided_at - i.opened_at)) AS DOUBLE PRECISION)"
    )
    where = all_of((if_given("i.merchant = {}", scope), *_within("d.decided_at", since, until)))
    row = await _row(CorrectionDecision, _REVIEWED.format(seconds=seconds), where)
    return Metric(name="human_review_time", value=_mean(row), basis=row["n"], at_most=300.0)


async def _accuracy(scope: int | None, since: datetime, until: datetime) -> Metric:
    """Return the share of finished corrections that were verified and stand."""
    where = all_of((if_given("a.merchant = {}", scope), *_within("a.created_at", since, until)))
    row = await _row(Application, _APPLIED, str(ApplicationState.VERIFIED), where)
    return Metric(name="correction_accuracy", value=_share(row), basis=row["n"], at_least=0.95)


async def _growth(scope: int | None, since: datetime, until: datetime) -> Metric:
    """Count the patterns a week that learned their first correction."""
    where = all_of([if_given("p.merchant = {}", scope)])
    row = await _row(AutoCorrectionRule, _LEARNED, where, all_of(_within("l.first", since, until)))
    weeks = (until - since) / WEEK
    return Metric(name="knowledge_base_growth", value=row["n"] / weeks, basis=row["n"], at_least=10.0, at_most=20.0)


async def _improvement(scope: int | None, since: datetime, until: datetime) -> Metric:
    """Return how much surer, in a month, the patterns became that people decided on.

    A pattern is compared with its last decision before, or where there was none with its first.
    """
    where = all_of((if_given("p.merchant = {}", scope), *_within("d.decided_at", since, until)))
    row = await _row(CorrectionDecision, _SURER, where)
    mean = _mean(row)
    value = None if mean is None else mean / ((until - since) / MONTH)
    return Metric(name="confidence_improvement", value=value, basis=row["n"], at_least=0.05)


async def _row(table: Any, sql: str, *values: Any) -> dict[str, Any]:
    rows: list[dict[str, Any]] = await table.raw(sql, *values)
    return rows[0]


def _share(row: dict[str, Any]) -> float | None:
    return row["found"] / row["n"] if row["n"] else None


def _mean(row: dict[str, Any]) -> float | None:
    return None if row["mean"] is None else float(row["mean"])
