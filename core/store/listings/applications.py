"""Corrections carried out, and the decisions behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.corrections import ApplicationState, AuditVerdict, Change, Verdict
from core.store.listings.corrections import changes_of, program_of, sentence_of
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, as_uuid, containing, if_given, one_of
from core.store.tables import Application, CorrectionDecision


class ApplicationFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which applications. `automatic` is True for what the machine did, False for what people did, None for both."""

    state: ApplicationState | None = None
    channel: str | None = None
    connection: int | None = None
    pattern: str | None = None
    batch: str | None = None
    sampled: bool | None = None
    automatic: bool | None = True
    text: str | None = None


class ApplicationItem(msgspec.Struct, frozen=True, kw_only=True):
    """One correction on one record. `undoable` says that undo may be asked for; `push` that it goes to the channel.

    `batch` is the handle of what was corrected together with it, `audit_verdict` what a person said of a sampled one.
    """

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
    push: bool
    batch: str | None
    audit_verdict: AuditVerdict | None
    audited_by: str | None


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


APPLICATIONS = """
SELECT a.id, a.issue AS issue_id, a.pattern AS pattern_id, a.record AS record_id, r.title AS record_title, r.sku,
  c.channel, a.connection AS connection_id, c.name AS connection_name, a.state, a.program, a.changes, a.confidence,
  a.is_automatic, a.is_sampled, a.created_at, a.pushed_at, a.verified_at, a.undone_at, a.undone_by, a.error, a.push,
  a.batch, a.audit_verdict, a.audited_by
FROM applications a JOIN records r ON r.id = a.record JOIN connections c ON c.id = a.connection"""
_NEWEST = f"{APPLICATIONS} WHERE {{}} ORDER BY a.id DESC LIMIT {{}}"
_DECISIONS = """
SELECT d.decision_id, d.issue AS issue_id, d.pattern_id, d.human_decision AS verdict, d.decided_by, d.decided_at,
  d.confidence_score AS confidence, d.reason, d.revoked_at, d.sequence, i.field, i.channel,
  r.title AS record_title, r.sku
FROM correction_decisions d JOIN issues i ON i.id = d.issue JOIN records r ON r.id = i.record
WHERE {} ORDER BY d.sequence DESC LIMIT {}
"""
_DONE_BY = "SELECT id, decision, state, changes FROM applications WHERE decision IN {} ORDER BY id"
_UNDOABLE = (ApplicationState.PENDING, ApplicationState.PUSHED, ApplicationState.VERIFIED)


async def auto_corrected(
    scope: int | None, filters: ApplicationFilters, after: str | None = None, limit: int = 50
) -> Page[ApplicationItem]:
    """Return a page of applications, newest first; by default of those that the machine carried out by itself."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[int])
    beyond = None if key is None else QueryString("a.id < {}", *key)
    rows = await Application.raw(_NEWEST, all_of((_matching(scope, filters), beyond)), limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=[application(row) for row in page], next=following)


async def of_issue(scope: int | None, issue_id: int) -> list[ApplicationItem]:
    """Return the applications of one issue, newest first."""
    where = all_of((QueryString("a.issue = {}", issue_id), if_given("a.merchant = {}", scope)))
    return [application(row) for row in await Application.raw(_NEWEST, where, 50)]


async def decisions(
    scope: int | None, *, pattern: str | None = None, by: str | None = None, after: str | None = None, limit: int = 50
) -> Page[DecisionItem]:
    """Return a page of decisions, newest first, of one pattern or of one person."""
    limit = bounded(limit)
    key = from_cursor(after, tuple[int])
    where = all_of(
        (
            if_given("i.merchant = {}", scope),
            if_given("d.pattern_id = {}", as_uuid(pattern, "pattern") if pattern else None),
            if_given("d.decided_by = {}", by),
            None if key is None else QueryString("d.sequence < {}", *key),
        )
    )
    rows = await CorrectionDecision.raw(_DECISIONS, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["sequence"],))
    done = await _done_by([row["decision_id"] for row in page])
    return Page(items=[_decision(row, done.get(str(row["decision_id"]))) for row in page], next=following)


async def recent_decisions(scope: int | None, actor_name: str, limit: int = 5) -> list[DecisionItem]:
    """Return someone's last decisions, newest first."""
    return (await decisions(scope, by=actor_name, limit=limit)).items


def _matching(scope: int | None, filters: ApplicationFilters) -> QueryString:
    return all_of(
        (
            if_given("a.merchant = {}", scope),
            if_given("a.state = {}", filters.state),
            if_given("c.channel = {}", filters.channel),
            if_given("a.connection = {}", filters.connection),
            if_given("a.pattern = {}", as_uuid(filters.pattern, "pattern") if filters.pattern else None),
            if_given("a.batch = {}", filters.batch),
            if_given("a.is_sampled = {}", filters.sampled),
            if_given("a.is_automatic = {}", filters.automatic),
            containing(("r.title", "r.sku"), filters.text),
        )
    )


def application(row: dict[str, Any]) -> ApplicationItem:
    """Read a row of `APPLICATIONS`."""
    read = {
        "pattern_id": str(row["pattern_id"]),
        "push": bool(row["push"]),
        "changes": changes_of(row["changes"]),
        "sentence": sentence_of(program_of(row["program"])),
        "undoable": row["state"] in _UNDOABLE,
    }
    return msgspec.convert(row | read, ApplicationItem)


async def _done_by(decision_ids: Sequence[Any]) -> dict[str, dict[str, Any]]:
    rows = await Application.raw(_DONE_BY, one_of(decision_ids))
    return {str(row["decision"]): row for row in rows}


def _decision(row: dict[str, Any], done: dict[str, Any] | None) -> DecisionItem:
    state = None if done is None else done["state"]
    read = {
        "decision_id": str(row["decision_id"]),
        "pattern_id": str(row["pattern_id"]),
        "changes": () if done is None else changes_of(done["changes"]),
        "application_id": None if done is None else done["id"],
        "application_state": state,
        "undoable": row["revoked_at"] is None and (state is None or state in _UNDOABLE),
    }
    return msgspec.convert(row | read, DecisionItem)
