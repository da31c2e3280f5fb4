"""What a backtest replays: decisions and corrections that applied themselves, pattern by pattern, without values."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.knowledge.backtest import Known, Moment
from core.model.corrections import ApplicationState, Safety, Verdict
from core.store.decisions import reproduced_by
from core.store.listings.where import all_of, as_uuid, if_given, one_of
from core.store.rows import utc
from core.store.tables import Application, AutoCorrectionRule, CorrectionDecision, IssuePattern

AT_ONCE = 200
LATEST = 5_000


class PatternPast(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern with all that happened to it. `known` is by program hash."""

    pattern_id: str
    channel: str
    title: str
    known: dict[str, Known]
    moments: list[Moment]


_PATTERNS = """
SELECT p.pattern_id, p.marketplace_name AS channel, p.issue_description AS title FROM issue_patterns p
WHERE {} AND EXISTS (SELECT 1 FROM auto_correction_rules a WHERE a.pattern_id = p.pattern_id)
ORDER BY p.pattern_id LIMIT {}
"""
_RULES = (
    "SELECT pattern_id, program_hash, safety, confidence_threshold FROM auto_correction_rules WHERE pattern_id IN {}"
)
_DECISIONS = """
SELECT d.decision_id, d.pattern_id, d.sequence, d.decided_at, d.human_decision, d.suggested_hash, d.final_hash,
  d.revoked_at, d.reproduces, d.issue, i.record
FROM correction_decisions d JOIN issue_patterns p ON p.pattern_id = d.pattern_id LEFT JOIN issues i ON i.id = d.issue
WHERE d.pattern_id IN {} AND {}
"""
_APPLICATIONS = """
SELECT id, pattern, decision, record, program_hash, is_automatic, state, created_at, pushed_at, undone_at
FROM applications a WHERE pattern IN {} AND {}
"""
_LATEST = """
SELECT d.decided_by, d.decided_at FROM correction_decisions d JOIN issue_patterns p ON p.pattern_id = d.pattern_id
LEFT JOIN issues i ON i.id = d.issue WHERE {} ORDER BY d.sequence DESC LIMIT {}
"""
_SETTLED = (ApplicationState.VERIFIED, ApplicationState.UNDONE, ApplicationState.FAILED)
_TAKEN_BACK = (ApplicationState.UNDONE, ApplicationState.FAILED)


async def pasts(
    scope: int | None, *, pattern: str | None = None, channel: str | None = None
) -> AsyncIterator[PatternPast]:
    """Yield the past of each pattern that has learned a correction, a few hundred patterns at a time.

    A merchant gets its own patterns and the shared ones, of these only what happened to its own issues.
    """
    last: uuid.UUID | None = None
    while True:
        where = all_of(
            (
                None if scope is None else QueryString("p.merchant IN ({}, 0)", scope),
                if_given("p.pattern_id = {}", None if pattern is None else as_uuid(pattern, "pattern")),
                if_given("p.marketplace_name = {}", channel),
                if_given("p.pattern_id > {}", last),
            )
        )
        rows = await IssuePattern.raw(_PATTERNS, where, AT_ONCE)
        if not rows:
            return
        for past in await _read(scope, rows):
            yield past
        last = uuid.UUID(str(rows[-1]["pattern_id"]))


async def latest_decisions(scope: int | None) -> list[tuple[str, datetime]]:
    """Return who decided when, of the last few thousand decisions, in time order."""
    rows = await CorrectionDecision.raw(_LATEST, _own(scope), LATEST)
    return [(row["decided_by"], utc(row["decided_at"])) for row in reversed(rows)]


def _own(scope: int | None) -> QueryString:
    """Match decisions of a merchant, on its own patterns or on shared ones."""
    if scope is None:
        return QueryString("1 = 1")
    return QueryString("(p.merchant = {} OR (p.merchant = 0 AND i.merchant = {}))", scope, scope)


async def _read(scope: int | None, rows: Sequence[dict[str, Any]]) -> list[PatternPast]:
    ids = one_of([row["pattern_id"] for row in rows])
    known: dict[str, dict[str, Known]] = {}
    for rule in await AutoCorrectionRule.raw(_RULES, ids):
        known.setdefault(str(rule["pattern_id"]), {})[rule["program_hash"]] = Known(
            safety=Safety(rule["safety"]), threshold=float(rule["confidence_threshold"])
        )
    applied = await Application.raw(_APPLICATIONS, ids, all_of([if_given("a.merchant = {}", scope)]))
    moments: dict[str, list[Moment]] = {}
    for row in applied:
        if row["is_automatic"] and row["state"] != ApplicationState.SUPERSEDED:
            moments.setdefault(str(row["pattern"]), []).append(_application(row))
    by_decision = {str(row["decision"]): row for row in applied if row["decision"] is not None}
    for row in await CorrectionDecision.raw(_DECISIONS, ids, _own(scope)):
        found = by_decision.get(str(row["decision_id"]))
        moments.setdefault(str(row["pattern_id"]), []).append(_decision(row, found))
    return [
        PatternPast(
            pattern_id=str(row["pattern_id"]),
            channel=row["channel"],
            title=row["title"],
            known=known.get(str(row["pattern_id"]), {}),
            moments=moments.get(str(row["pattern_id"]), []),
        )
        for row in rows
    ]


def _decision(row: dict[str, Any], applied: dict[str, Any] | None) -> Moment:
    """Read a decision. Where its record is gone, the issue stands for it."""
    return Moment(
        number=row["sequence"] * 2,
        at=utc(row["decided_at"]),
        record=-row["issue"] if row["record"] is None else row["record"],
        verdict=Verdict(row["human_decision"]),
        suggested=row["suggested_hash"],
        chosen=row["final_hash"],
        revoked_at=None if row["revoked_at"] is None else utc(row["revoked_at"]),
        taken_back_at=None if applied is None else _taken_back_at(applied),
        failed=applied is not None and applied["state"] == ApplicationState.FAILED,
        reproduces=tuple((sequence * 2, verdict) for sequence, verdict in reproduced_by(row)),
    )


def _application(row: dict[str, Any]) -> Moment:
    return Moment(
        number=row["id"] * 2 + 1,
        at=utc(row["created_at"]),
        record=row["record"],
        verdict=None,
        suggested=None,
        chosen=row["program_hash"],
        taken_back_at=_taken_back_at(row),
        settled=row["state"] in _SETTLED,
        failed=row["state"] == ApplicationState.FAILED,
    )


def _taken_back_at(row: dict[str, Any]) -> datetime | None:
    """Return when it was undone or refused; a refusal has no time of its own, so that of its push stands for it."""
    if row["state"] not in _TAKEN_BACK:
        return None
    return utc(row["undone_at"] or row["pushed_at"] or row["created_at"])
