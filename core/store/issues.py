"""Issues: one rule violated by one record."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Program, Safety
from core.model.issues import IssueState, Resolution, Violation
from core.store.given import given
from core.store.rows import from_json, printable, to_json
from core.store.tables import Issue, Suggestion

WEIGHT = {"error": 2.0, "warning": 1.0}
"""What settling an issue is worth, by severity; the queue is ordered by it."""


class IssueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored issue."""

    id: int
    merchant: int
    connection: int
    record: int
    pattern: str
    channel: str
    pack: str
    rule: str
    category: str
    severity: str
    field: str
    message: str
    actual: Any
    fix: Program
    fix_safety: Safety | None
    state: IssueState


def _read(row: dict[str, Any]) -> IssueRow:
    values = {name: row[name] for name in IssueRow.__struct_fields__}
    values["pattern"] = str(row["pattern"])
    values["actual"] = from_json(row["actual"])
    values["fix"] = tuple(from_json(row["fix"]))
    values["fix_safety"] = None if row["fix_safety"] is None else Safety(row["fix_safety"])
    values["state"] = IssueState(row["state"])
    return IssueRow(**values)


async def get(issue_id: int) -> IssueRow | None:
    """Return one issue."""
    row = await Issue.select().where(Issue.id == issue_id).first()
    return None if row is None else _read(row)


async def many(ids: Iterable[int]) -> list[IssueRow]:
    """Return issues by id, oldest first."""
    wanted = list(ids)
    return (
        [_read(row) for row in await Issue.select().where(Issue.id.is_in(wanted)).order_by(Issue.id)] if wanted else []
    )


async def not_closed(record_ids: Sequence[int], leaving: Collection[str] = ()) -> dict[int, list[IssueRow]]:
    """Return the issues of records that have not ended, by record, without those of the rules in `leaving`."""
    found: dict[int, list[IssueRow]] = {}
    if record_ids:
        rows = await Issue.select().where(Issue.record.is_in(list(record_ids)) & Issue.closed_at.is_null())
        for row in rows:
            if row["rule"] not in leaving:
                found.setdefault(row["record"], []).append(_read(row))
    return found


async def carry_over(record_ids: Sequence[int], rules: Collection[str], pack: str) -> None:
    """Let the issues of rules that say the same in another edition stand as issues of that edition."""
    if record_ids and rules:
        await Issue.update({Issue.pack: pack}).where(
            Issue.record.is_in(list(record_ids)) & Issue.closed_at.is_null() & Issue.rule.is_in(sorted(rules))
        )


async def insert(
    merchant: int, connection: int, channel: str, record: int, pattern: str, violation: Violation, now: datetime
) -> int:
    """Open an issue and return its id."""
    row = Issue(
        merchant=merchant, connection=connection, channel=channel, record=record, pattern=uuid.UUID(pattern),
        pack=violation.pack, rule=violation.rule, category=violation.category, severity=violation.severity,
        field=violation.field, message=printable(violation.message), actual=to_json(violation.actual),
        fix=to_json(violation.fix), fix_safety=violation.fix_safety, benefit=WEIGHT[violation.severity], opened_at=now,
    )  # fmt: skip
    rows = await Issue.insert(row)
    return int(rows[0]["id"])


async def refresh(issue_id: int, pattern: str, violation: Violation) -> None:
    """Say again what is wrong, after the value changed and the rule still does not hold; ask for new suggestions.

    A dismissed issue was dismissed with the value that it had, so that it opens again with another one.
    """
    await Issue.update({Issue.state: IssueState.OPEN}).where(
        (Issue.id == issue_id) & (Issue.state == IssueState.DISMISSED) & (Issue.actual != to_json(violation.actual))
    )
    await Issue.update(
        {
            Issue.pattern: uuid.UUID(pattern),
            Issue.message: printable(violation.message),
            Issue.actual: to_json(violation.actual),
            Issue.pack: violation.pack,
            Issue.fix: to_json(violation.fix),
            Issue.fix_safety: violation.fix_safety,
            Issue.category: violation.category,
            Issue.severity: violation.severity,
            Issue.benefit: WEIGHT[violation.severity],
            Issue.suggested_at: None,
        }
    ).where(Issue.id == issue_id)


async def reword(messages: Mapping[int, str]) -> None:
    """Say of issues in other words what they say already: it is the others that changed, not their value."""
    if not messages:
        return
    rows = ({"id": issue_id, "message": printable(message)} for issue_id, message in messages.items())
    await Issue.raw(
        "UPDATE issues SET message = t.message FROM {} AS t WHERE issues.id = t.id",
        given(rows, id="bigint", message="text"),
    )


async def claim(issue_id: int, expected: IssueState, state: IssueState) -> bool:
    """Move an issue from one state to another, and tell whether this caller was the one who did."""
    changed = (
        await Issue.update({Issue.state: state})
        .where((Issue.id == issue_id) & (Issue.state == expected))
        .returning(Issue.id)
    )
    return bool(changed)


async def reopen(issue_id: int) -> None:
    """Let an issue be decided on again, after its correction was not carried out."""
    await Issue.update({Issue.state: IssueState.OPEN, Issue.suggested_at: None}).where(
        (Issue.id == issue_id) & Issue.closed_at.is_null()
    )


async def close(ids: Sequence[int], resolution: Resolution, now: datetime) -> None:
    """End issues."""
    if ids:
        await Issue.update(
            {Issue.state: IssueState.RESOLVED, Issue.resolution: resolution, Issue.closed_at: now}
        ).where(Issue.id.is_in(list(ids)) & Issue.closed_at.is_null())


async def without_suggestions(limit: int = 2000) -> list[int]:
    """Return ids of open issues that nobody has looked for suggestions for, oldest first."""
    query = Issue.select(Issue.id).where(
        Issue.suggested_at.is_null() & Issue.closed_at.is_null() & (Issue.state == IssueState.OPEN)
    )
    return [row["id"] for row in await query.order_by(Issue.id).limit(limit)]


async def mark_suggested(ids: Sequence[int], now: datetime) -> None:
    """Remember that suggestions were made."""
    if ids:
        await Issue.update({Issue.suggested_at: now}).where(Issue.id.is_in(list(ids)))


async def look_again(*, pattern: str | None = None, connection: int | None = None) -> None:
    """Forget when the open issues of a pattern or a connection were given suggestions: the sweep finds them."""
    whose = Issue.connection == connection if pattern is None else Issue.pattern == uuid.UUID(pattern)
    await Issue.update({Issue.suggested_at: None}).where(whose & (Issue.state == IssueState.OPEN))


async def unhelped(merchant: int, fields: Sequence[str], *, none_only: bool, limit: int) -> list[int]:
    """Return ids of a merchant's open issues of these fields that were looked at, oldest first.

    With `none_only` those alone that got no suggestion.
    """
    where = (Issue.merchant == merchant) & (Issue.state == IssueState.OPEN) & Issue.suggested_at.is_not_null()
    found: list[int] = []
    after = 0
    while len(found) < limit:
        query = Issue.select(Issue.id).where(where & (Issue.id > after) & Issue.field.is_in(list(fields)))
        ids = [row["id"] for row in await query.order_by(Issue.id).limit(limit)]
        if not ids:
            break
        after = ids[-1]
        rows = await Suggestion.select(Suggestion.issue).where(Suggestion.issue.is_in(ids)) if none_only else []
        helped = {row["issue"] for row in rows}
        found += [one for one in ids if one not in helped]
    return found[:limit]


async def open_of_pattern(pattern_id: str, after: int = 0, limit: int = 1000) -> list[int]:
    """Return ids of a pattern's open issues, by key."""
    query = Issue.select(Issue.id).where(
        (Issue.pattern == uuid.UUID(pattern_id)) & (Issue.state == IssueState.OPEN) & (Issue.id > after)
    )
    return [row["id"] for row in await query.order_by(Issue.id).limit(limit)]


async def open_without_proposal(pattern_id: str, limit: int) -> list[int]:
    """Return ids of a pattern's open issues that were looked at and have no suggestion, oldest first."""
    rows = await Issue.raw(
        "SELECT id FROM issues WHERE pattern = {} AND state = 'open' AND suggested_at IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM suggestions WHERE suggestions.issue = issues.id) ORDER BY id LIMIT {}",
        uuid.UUID(pattern_id), limit,
    )  # fmt: skip
    return [int(row["id"]) for row in rows]
