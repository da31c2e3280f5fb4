"""One issue with all that bears on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.errors import NotFound
from core.model.corrections import Change, Mode, Phase, Program, Safety, Source
from core.model.issues import Category, IssueState, Resolution, Severity
from core.model.records import Record
from core.model.tuning import KnowledgeManagement
from core.store.listings import rules
from core.store.listings.applications import ApplicationItem, DecisionItem, decisions, of_issue
from core.store.listings.corrections import changes_of, program_of, sentence_of
from core.store.listings.model_calls import Cost, costs
from core.store.listings.where import all_of, if_given
from core.store.rows import from_json
from core.store.tables import Issue, Suggestion


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
    missing_approvals: int | None
    waits_for: tuple[str, ...]


class SuggestionView(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed correction. `evidence` is what its source gives: sentences and counts.

    `cost` is that of the question to a model which it answers, and may serve several; None where none was asked.
    """

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
    cost: Cost | None = None


class IssueView(msgspec.Struct, frozen=True, kw_only=True):
    """An issue's page: `decisions` are the newest on the same pattern, `applications` those of this issue."""

    issue: IssueDetail
    record: IssueRecord
    connection: IssueConnection
    pattern: IssuePatternView
    suggestions: list[SuggestionView]
    decisions: list[DecisionItem]
    applications: list[ApplicationItem]


_ONE = """
SELECT i.*, r.kind AS record_kind, r.external_id, r.sku, r.title AS record_title, r.record AS canonical,
  r.updated_at AS record_updated_at, r.deleted_at, c.name AS connection_name, c.mode, c.enabled,
  c.state AS connection_state, p.issue_description AS pattern_title, p.phase, p.confidence,
  p.fix_safety AS pattern_safety, p.occurrence_count AS occurrences
FROM issues i JOIN records r ON r.id = i.record JOIN connections c ON c.id = i.connection
JOIN issue_patterns p ON p.pattern_id = i.pattern
WHERE {}
"""
SIMILAR = 10


async def one(scope: int | None, issue_id: int, *, learning: KnowledgeManagement | None = None) -> IssueView:
    """Return an issue's page; its correction is judged by the numbers of `learning`. NotFound outside the scope."""
    where = all_of((QueryString("i.id = {}", issue_id), if_given("i.merchant = {}", scope)))
    rows = await Issue.raw(_ONE, where)
    if not rows:
        raise NotFound(f"There is no issue {issue_id}.")
    row = rows[0] | {"pattern_id": str(rows[0]["pattern"])}
    learned = await rules.of_pattern(row["pattern_id"], Mode(row["mode"]), learning or KnowledgeManagement())
    return IssueView(
        issue=_detail(row),
        record=_record(row),
        connection=_connection(row),
        pattern=_pattern(row, learned),
        suggestions=await _suggestions(issue_id),
        decisions=(await decisions(scope, pattern=row["pattern_id"], limit=SIMILAR)).items,
        applications=await of_issue(scope, issue_id),
    )


def _detail(row: dict[str, Any]) -> IssueDetail:
    read = {"actual": from_json(row["actual"]), "fix": program_of(row["fix"])}
    return msgspec.convert(row | read, IssueDetail)


def _record(row: dict[str, Any]) -> IssueRecord:
    return IssueRecord(
        id=row["record"],
        kind=row["record_kind"],
        external_id=row["external_id"],
        sku=row["sku"],
        title=row["record_title"],
        record=from_json(row["canonical"]),
        updated_at=row["record_updated_at"],
        deleted_at=row["deleted_at"],
    )


def _connection(row: dict[str, Any]) -> IssueConnection:
    return IssueConnection(
        id=row["connection"],
        name=row["connection_name"],
        channel=row["channel"],
        mode=Mode(row["mode"]),
        enabled=row["enabled"],
        state=row["connection_state"],
    )


def _pattern(row: dict[str, Any], learned: list[rules.RuleItem]) -> IssuePatternView:
    best = learned[0] if learned else None
    return IssuePatternView(
        pattern_id=row["pattern_id"],
        title=row["pattern_title"],
        phase=Phase(row["phase"]),
        confidence=row["confidence"],
        threshold=best.threshold if best else None,
        fix_safety=Safety(row["pattern_safety"]) if row["pattern_safety"] else None,
        occurrences=row["occurrences"],
        missing_approvals=best.missing_approvals if best else None,
        waits_for=best.waits_for if best else ("No correction of this cause has been approved yet.",),
    )


async def _suggestions(issue_id: int) -> list[SuggestionView]:
    rows = await Suggestion.raw("SELECT * FROM suggestions WHERE issue = {} ORDER BY rank", issue_id)
    known = await costs([row["model_call"] for row in rows if row["model_call"] is not None])
    return [_suggestion(row, known.get(row["model_call"])) for row in rows]


def _suggestion(row: dict[str, Any], cost: Cost | None) -> SuggestionView:
    program = program_of(row["program"])
    read = {
        "program": program,
        "sentence": sentence_of(program),
        "changes": changes_of(row["changes"]),
        "evidence": from_json(row["evidence"]),
        "cost": cost,
    }
    return msgspec.convert(row | read, SuggestionView)
