"""What goes with a pattern when people group anew: issues, decisions, applications, and the corrections learned."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.knowledge.grouping import By, facts_of
from core.model.records import RecordKind
from core.store.auto_rules import CAREFUL, AutoRuleRow
from core.store.engine import is_sqlite
from core.store.given import given
from core.store.listings.where import one_of
from core.store.rows import from_json, to_json
from core.store.tables import Application, AutoCorrectionRule, CorrectionDecision, Issue, IssuePattern

AT_ONCE = 1000
_RECORD = ", ".join(f"r.record ->> '{name}' AS {name}" for name in ("category", "locale", "brand", "product_type"))
_ISSUES = f"""
SELECT i.id, i.pattern, i.natural_hash, i.connection, i.actual, r.kind, {_RECORD}
FROM issues i JOIN records r ON r.id = i.record WHERE i.pattern IN {{}} AND i.id > {{}} ORDER BY i.id LIMIT {{}}
"""  # noqa: S608
_NEWEST = f"""
SELECT i.connection, i.actual, r.kind, {_RECORD}
FROM issues i JOIN records r ON r.id = i.record WHERE i.pattern = {{}} ORDER BY i.id DESC LIMIT {{}}
"""  # noqa: S608
_DECISIONS = f"""
SELECT d.decision_id AS id, d.pattern_id AS pattern, d.issue_data, d.suggested_hash, d.final_hash,
  i.connection, r.kind, {_RECORD}
FROM correction_decisions d LEFT JOIN issues i ON i.id = d.issue LEFT JOIN records r ON r.id = i.record
WHERE d.pattern_id IN {{}} ORDER BY d.sequence
"""  # noqa: S608
_APPLICATIONS = f"""
SELECT a.id, a.pattern, a.issue, a.decision, a.program_hash, a.connection, r.kind, {_RECORD}
FROM applications a JOIN records r ON r.id = a.record WHERE a.pattern IN {{}} AND a.id > {{}} ORDER BY a.id LIMIT {{}}
"""  # noqa: S608
_UNFINISHED = "state IN ('pending', 'pushed', 'undoing')"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An issue, decision or application of a pattern with what is known of it. `data` is a decision's `issue_data`."""

    id: Any
    pattern: str
    natural_hash: str | None
    facts: dict[By, str]
    programs: tuple[str, ...] = ()
    data: dict[str, Any] = {}
    issue: int | None = None
    decision: str | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where a member goes. `natural_hash` is None where it belongs there by nature."""

    member: Member
    pattern: str
    natural_hash: str | None


def _facts(row: Mapping[str, Any], actual: Any) -> dict[By, str]:
    """Return what is known of a row; where its issue or its record is gone, that is little."""
    if row["connection"] is None or row["kind"] is None:
        return {}
    found = facts_of(RecordKind(row["kind"]), row["connection"], "", actual, row)
    found.pop(By.SHAPE)
    return found


async def issues_of(pattern_ids: Sequence[str], after: int) -> list[Member]:
    """Return issues of patterns, open and closed, by key; at most `AT_ONCE`."""
    return [
        Member(
            id=row["id"],
            pattern=str(row["pattern"]),
            natural_hash=row["natural_hash"],
            facts=_facts(row, from_json(row["actual"])),
        )
        for row in await Issue.raw(_ISSUES, _keys(pattern_ids), after, AT_ONCE)
    ]


async def facts_seen(pattern_id: str, most: int = 12) -> dict[By, list[tuple[str, int]]]:
    """Return what a pattern's newest issues are like: of each fact the most frequent values with their counts."""
    rows = await Issue.raw(_NEWEST, uuid.UUID(pattern_id), AT_ONCE)
    counted: dict[By, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for by, text in _facts(row, from_json(row["actual"])).items():
            if by is not By.VALUE:
                counted[by][text] += 1
    return {by: counts.most_common(most) for by, counts in sorted(counted.items())}


async def decisions_of(pattern_ids: Sequence[str]) -> list[Member]:
    """Return the decisions of patterns in order, with what their issues were like when they were decided on."""
    found = []
    for row in await CorrectionDecision.raw(_DECISIONS, _keys(pattern_ids)):
        data = from_json(row["issue_data"]) or {}
        kept = data.get("facts")
        found.append(
            Member(
                id=str(row["id"]),
                pattern=str(row["pattern"]),
                natural_hash=data.get("natural"),
                facts=_facts(row, data.get("actual")) if kept is None else {By(name): kept[name] for name in kept},
                programs=tuple(name for name in (row["suggested_hash"], row["final_hash"]) if name),
                data=data,
            )
        )
    return found


async def applications_of(pattern_ids: Sequence[str], after: int) -> list[Member]:
    """Return applications of patterns, by key; at most `AT_ONCE`."""
    return [
        Member(
            id=row["id"],
            pattern=str(row["pattern"]),
            natural_hash=None,
            facts=_facts(row, None),
            programs=(row["program_hash"],),
            issue=row["issue"],
            decision=None if row["decision"] is None else str(row["decision"]),
        )
        for row in await Application.raw(_APPLICATIONS, _keys(pattern_ids), after, AT_ONCE)
    ]


async def lock_applications(pattern_ids: Sequence[str]) -> None:
    """Wait for who is finishing an application of these patterns: applications are locked before patterns."""
    await Application.raw(
        f"UPDATE applications SET attempts = attempts WHERE pattern IN {{}} AND {_UNFINISHED}",  # noqa: S608
        _keys(pattern_ids),
    )


async def move_issues(moves: Sequence[Move]) -> None:
    """Put issues into other patterns; open ones are to be looked at anew."""
    for part in _parts(moves):
        rows = ({"id": it.member.id, "pattern": it.pattern, "own": it.natural_hash} for it in part)
        await Issue.raw(
            "UPDATE issues SET pattern = t.pattern, natural_hash = t.own,"
            " suggested_at = CASE WHEN state = 'open' THEN NULL ELSE suggested_at END"
            " FROM {} AS t WHERE issues.id = t.id",
            given(rows, id="bigint", pattern="uuid", own="text"),
        )


async def move_decisions(moves: Sequence[Move]) -> None:
    """Put decisions into other patterns, and keep with them what they were placed by."""
    for part in _parts(moves):
        rows = ({"id": it.member.id, "pattern": it.pattern, "data": to_json(_kept(it))} for it in part)
        data = "t.data" if is_sqlite() else "CAST(t.data AS json)"
        await CorrectionDecision.raw(
            f"UPDATE correction_decisions SET pattern_id = t.pattern, issue_data = {data}"  # noqa: S608
            " FROM {} AS t WHERE correction_decisions.decision_id = t.id",
            given(rows, id="uuid", pattern="uuid", data="text"),
        )


def _kept(it: Move) -> dict[str, Any]:
    plain = {name: value for name, value in it.member.data.items() if name != "natural"}
    natural = {} if it.natural_hash is None else {"natural": it.natural_hash}
    return {**plain, "facts": it.member.facts, **natural}


async def move_applications(moves: Sequence[Move]) -> None:
    """Put applications into other patterns, where the same correction's auto rule answers for them."""
    for part in _parts(moves):
        rows = ({"id": it.member.id, "pattern": it.pattern} for it in part)
        await Application.raw(
            "UPDATE applications SET pattern = t.pattern, auto_rule = CASE WHEN auto_rule IS NULL THEN NULL ELSE"
            " COALESCE((SELECT a.auto_rule_id FROM auto_correction_rules a WHERE a.pattern_id = t.pattern"
            " AND a.program_hash = applications.program_hash), auto_rule) END"
            " FROM {} AS t WHERE applications.id = t.id",
            given(rows, id="bigint", pattern="uuid"),
        )


async def inherit(pattern_id: str, rule: AutoRuleRow, now: datetime) -> None:
    """Let a pattern know a correction as carefully as the pattern that it comes from, or as itself where that is more.

    The counts follow from the decisions and applications that come along.
    """
    where = (AutoCorrectionRule.pattern_id == uuid.UUID(pattern_id)) & (
        AutoCorrectionRule.program_hash == rule.program_hash
    )
    held = await AutoCorrectionRule.select().where(where).first()
    theirs = await AutoCorrectionRule.select().where(AutoCorrectionRule.auto_rule_id == uuid.UUID(rule.auto_rule_id))
    if not theirs:
        return
    [comes] = theirs
    careful = {
        "confidence_threshold": max(comes["confidence_threshold"], (held or comes)["confidence_threshold"]),
        "success_rate": min(comes["success_rate"], (held or comes)["success_rate"]),
        "safety": max(comes["safety"], (held or comes)["safety"], key=lambda one: CAREFUL[one]),
        "is_active": bool(comes["is_active"] and (held or comes)["is_active"]),
        "off_reason": (held or comes)["off_reason"] or comes["off_reason"],
    }
    if held is not None:
        columns: dict[Any, Any] = {getattr(AutoCorrectionRule, name): value for name, value in careful.items()}
        await AutoCorrectionRule.update(columns).where(where)
        return
    row = AutoCorrectionRule(
        auto_rule_id=uuid.uuid4(), pattern_id=uuid.UUID(pattern_id), correction_logic=to_json(rule.program),
        program_hash=rule.program_hash, created_at=now, **careful,
    )  # fmt: skip
    await AutoCorrectionRule.insert(row)


async def recount(pattern_ids: Sequence[str]) -> None:
    """Count anew how often the corrections of patterns applied themselves, to an end."""
    await AutoCorrectionRule.raw(
        "UPDATE auto_correction_rules SET application_count = (SELECT COUNT(*) FROM applications a"
        " WHERE a.pattern = auto_correction_rules.pattern_id AND a.program_hash = auto_correction_rules.program_hash"
        " AND a.is_automatic = {} AND (a.verified_at IS NOT NULL OR a.state = 'failed')) WHERE pattern_id IN {}",
        True, _keys(pattern_ids),
    )  # fmt: skip


async def shift(source: str, target: str, times: int) -> None:
    """Let occurrences count for another pattern, which was last seen no earlier."""
    await IssuePattern.raw(
        "UPDATE issue_patterns SET occurrence_count = occurrence_count + {}, last_seen_at = CASE WHEN last_seen_at <"
        " (SELECT s.last_seen_at FROM issue_patterns s WHERE s.pattern_id = {}) THEN"
        " (SELECT s.last_seen_at FROM issue_patterns s WHERE s.pattern_id = {}) ELSE last_seen_at END"
        " WHERE pattern_id = {}",
        times, uuid.UUID(source), uuid.UUID(source), uuid.UUID(target),
    )  # fmt: skip
    await IssuePattern.raw(
        "UPDATE issue_patterns SET occurrence_count = CASE WHEN occurrence_count < {} THEN 0"
        " ELSE occurrence_count - {} END WHERE pattern_id = {}",
        times, times, uuid.UUID(source),
    )  # fmt: skip


async def counts(pattern_id: str) -> tuple[int, int, int]:
    """Return how many issues of a pattern are open, how many there are, and how many decisions on them stand."""
    rows = await Issue.raw(
        "SELECT (SELECT COUNT(*) FROM issues WHERE pattern = {} AND state = 'open') AS open,"
        " (SELECT COUNT(*) FROM issues WHERE pattern = {}) AS issues,"
        " (SELECT COUNT(*) FROM correction_decisions WHERE pattern_id = {} AND revoked_at IS NULL) AS decisions",
        *[uuid.UUID(pattern_id)] * 3,
    )
    return int(rows[0]["open"]), int(rows[0]["issues"]), int(rows[0]["decisions"])


async def kind_of(pattern_id: str) -> RecordKind | None:
    """Return what kind of record a pattern's issues are of; None where there is none."""
    rows = await Issue.raw(
        "SELECT r.kind FROM issues i JOIN records r ON r.id = i.record WHERE i.pattern = {} LIMIT 1",
        uuid.UUID(pattern_id),
    )
    return RecordKind(rows[0]["kind"]) if rows else None


def _keys(pattern_ids: Iterable[str]) -> Any:
    return one_of([uuid.UUID(one) for one in pattern_ids])


def _parts(moves: Sequence[Move]) -> Iterable[Sequence[Move]]:
    return (moves[start : start + AT_ONCE] for start in range(0, len(moves), AT_ONCE))
