"""Questions to language models: what was sent, what came back, and what a day may use."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from core.store.rows import from_json, printable, to_json
from core.store.tables import ModelBudget, ModelCall


class CallState(StrEnum):
    """`asking`: under way. `postponed`: the day's budget is used up. `failed`: the model was away. `declined`: it
    gave no answer that can be used."""

    ASKING = "asking"
    ANSWERED = "answered"
    DECLINED = "declined"
    FAILED = "failed"
    POSTPONED = "postponed"


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored question with its answer."""

    id: int
    merchant: int
    issue: int
    model: str
    request: dict[str, Any]
    state: CallState
    answer: str | None
    reason: str | None
    input_tokens: int
    output_tokens: int
    attempts: int
    asked_at: datetime


def _read(row: dict[str, Any]) -> CallRow:
    values = {name: row[name] for name in CallRow.__struct_fields__}
    return CallRow(**values | {"request": from_json(row["request"]), "state": CallState(row["state"])})


async def settled(merchant: int, request_hash: str, since: datetime) -> CallRow | None:
    """Return a question that was answered, or declined, since a time."""
    row = (
        await ModelCall.select()
        .where(
            (ModelCall.merchant == merchant)
            & (ModelCall.request_hash == request_hash)
            & ModelCall.state.is_in([CallState.ANSWERED, CallState.DECLINED])
            & (ModelCall.answered_at >= since)
        )
        .first()
    )
    return None if row is None else _read(row)


async def claim(
    *, merchant: int, pattern: str, issue: int, model: str, request: Any, request_hash: str, now: datetime,
    patience: timedelta, since: datetime,
) -> int | None:  # fmt: skip
    """Keep what is about to be sent and return its id.

    None where another worker is asking it, for no longer than `patience`, or has settled it just now, after `since`.
    """
    rows = await ModelCall.raw(
        "INSERT INTO model_calls (merchant, pattern, issue, model, request, request_hash, state, attempts, asked_at,"
        " input_tokens, output_tokens) VALUES ({}, {}, {}, {}, {}, {}, 'asking', 1, {}, 0, 0)"
        " ON CONFLICT (merchant, request_hash) DO UPDATE SET state = 'asking', asked_at = excluded.asked_at,"
        " pattern = excluded.pattern, issue = excluded.issue, attempts = model_calls.attempts + 1"
        " WHERE model_calls.state IN ('failed', 'postponed')"
        " OR (model_calls.state = 'asking' AND model_calls.asked_at < {})"
        " OR (model_calls.state IN ('answered', 'declined') AND model_calls.answered_at < {}) RETURNING id",
        merchant, uuid.UUID(pattern), issue, model, to_json(request), request_hash, now, now - patience, since,
    )  # fmt: skip
    return int(rows[0]["id"]) if rows else None


async def end(
    call_id: int, state: CallState, now: datetime, *, answer: str | None = None, reason: str | None = None,
    input_tokens: int = 0, output_tokens: int = 0,
) -> None:  # fmt: skip
    """Store what became of a question."""
    await ModelCall.update(
        {
            ModelCall.state: state,
            ModelCall.answer: None if answer is None else printable(answer),
            ModelCall.reason: reason,
            ModelCall.input_tokens: input_tokens,
            ModelCall.output_tokens: output_tokens,
            ModelCall.answered_at: now,
        }
    ).where(ModelCall.id == call_id)


async def spend(day: str, tokens: int, *, calls_limit: int, tokens_limit: int) -> bool:
    """Take one call and `tokens` of a day's budget, and tell whether so much was left; others take at the same time."""
    if calls_limit < 1 or tokens > tokens_limit:
        return False
    rows = await ModelBudget.raw(
        "INSERT INTO model_budgets (day, calls, tokens) VALUES ({}, 1, {}) ON CONFLICT (day) DO UPDATE SET"
        " calls = model_budgets.calls + 1, tokens = model_budgets.tokens + excluded.tokens"
        " WHERE model_budgets.calls < {} AND model_budgets.tokens + excluded.tokens <= {} RETURNING calls",
        day, tokens, calls_limit, tokens_limit,
    )  # fmt: skip
    return bool(rows)


async def correct_spending(day: str, tokens: int) -> None:
    """Add to what a day used of its tokens the difference to what was taken before."""
    await ModelBudget.raw("UPDATE model_budgets SET tokens = tokens + {} WHERE day = {}", tokens, day)


async def unanswered(before: datetime, limit: int = 20) -> list[str]:
    """Return ids of patterns whose newest question was asked before a time and found no model or no budget."""
    rows = await ModelCall.raw(
        "SELECT pattern FROM model_calls WHERE asked_at < {} AND state IN ('failed', 'postponed', 'asking')"
        " AND NOT EXISTS (SELECT 1 FROM model_calls AS later WHERE later.pattern = model_calls.pattern"
        " AND later.asked_at > model_calls.asked_at) ORDER BY id LIMIT {}",
        before, limit,
    )  # fmt: skip
    return list(dict.fromkeys(str(row["pattern"]) for row in rows))


async def of_issue(issue_id: int) -> list[CallRow]:
    """Return what was asked about an issue, newest first."""
    return [
        _read(row)
        for row in await ModelCall.select().where(ModelCall.issue == issue_id).order_by(ModelCall.id, ascending=False)
    ]


async def forget(before: datetime) -> None:
    """Delete the questions that were last asked before a time."""
    await ModelCall.delete().where(ModelCall.asked_at < before)
