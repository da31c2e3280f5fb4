"""What language models were asked and what it cost, newest first."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from piccolo.querystring import QueryString

from core.errors import NotFound
from core.store.listings.page import Page, bounded, from_cursor, paged
from core.store.listings.where import all_of, as_uuid, if_given, one_of
from core.store.model_calls import BILLION, CallState
from core.store.rows import from_json
from core.store.tables import ModelCall, ModelSpending

MILLIONTH = Decimal("0.000001")


class CallItem(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `issue_id` is the issue it was asked about, `title` that of its cause; both may be gone.

    `suggestions` says how many suggestions its answer gave; `cost` is None where its price was not known.
    """

    id: int
    merchant: int
    pattern_id: str | None
    title: str | None
    issue_id: int
    has_issue: bool
    model: str
    state: CallState
    reason: str | None
    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    currency: str | None
    attempts: int
    suggestions: int
    asked_at: datetime
    answered_at: datetime | None


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One question with exactly what was sent, after personal data was taken out, and what came back."""

    call: CallItem
    system: str
    question: str
    answer: str | None


class CallFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which questions."""

    pattern: str | None = None
    issue: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)] | None = None
    state: CallState | None = None


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What the question behind a suggestion used. `amount` is None where its price was not known."""

    call: int
    input_tokens: int
    output_tokens: int
    amount: Decimal | None
    currency: str | None


class DaySpending(msgspec.Struct, frozen=True, kw_only=True):
    """What one day (UTC) used, in one currency; `cost` and `currency` are None where the price was not known."""

    day: str
    currency: str | None
    calls: int
    tokens: int
    cost: Decimal | None


_CALLS = """
SELECT m.*, p.issue_description AS title, i.id AS known_issue,
  (SELECT COUNT(*) FROM suggestions s WHERE s.model_call = m.id) AS suggestions
FROM model_calls m LEFT JOIN issue_patterns p ON p.pattern_id = m.pattern LEFT JOIN issues i ON i.id = m.issue
WHERE {} ORDER BY m.id DESC LIMIT {}
"""
_DAYS = """
SELECT s.day, s.currency, SUM(s.calls) AS calls, SUM(s.input_tokens + s.output_tokens) AS tokens, SUM(s.cost) AS cost
FROM model_spending s WHERE {} GROUP BY s.day, s.currency ORDER BY s.day DESC, s.currency
"""


async def calls(
    scope: int | None, filters: CallFilters | None = None, after: str | None = None, limit: int = 50
) -> Page[CallItem]:
    """Return a page of questions."""
    limit = bounded(limit)
    wanted = filters or CallFilters()
    key = from_cursor(after, tuple[int])
    pattern = None if not wanted.pattern else as_uuid(wanted.pattern, "pattern")
    where = all_of(
        (
            if_given("m.merchant = {}", scope),
            if_given("m.pattern = {}", pattern),
            if_given("m.issue = {}", wanted.issue),
            if_given("m.state = {}", wanted.state and str(wanted.state)),
            None if key is None else QueryString("m.id < {}", *key),
        )
    )
    rows = await ModelCall.raw(_CALLS, where, limit + 1)
    page, following = paged(rows, limit, lambda row: (row["id"],))
    return Page(items=[_item(row) for row in page], next=following)


async def one(scope: int | None, call_id: int) -> CallView:
    """Return one question; NotFound outside the scope."""
    where = all_of((QueryString("m.id = {}", call_id), if_given("m.merchant = {}", scope)))
    rows = await ModelCall.raw(_CALLS, where, 1)
    if not rows:
        raise NotFound(f"There is no question {call_id} to a model.")
    request = from_json(rows[0]["request"])
    return CallView(
        call=_item(rows[0]),
        system=str(request.get("system", "")),
        question=str(request.get("user", "")),
        answer=rows[0]["answer"],
    )


async def costs(call_ids: list[int]) -> dict[int, Cost]:
    """Return what these questions used; those that were forgotten are left out."""
    if not call_ids:
        return {}
    rows = await ModelCall.raw(
        "SELECT id, input_tokens, output_tokens, cost, currency FROM model_calls WHERE id IN {}", one_of(call_ids)
    )
    return {
        row["id"]: Cost(
            call=row["id"],
            input_tokens=row["input_tokens"],
            output_tokens=row["output_tokens"],
            amount=_amount(row["cost"]),
            currency=row["currency"],
        )
        for row in rows
    }


async def spending(scope: int | None, since: str) -> list[DaySpending]:
    """Return what each day since `since` (YYYY-MM-DD) used, the newest first."""
    where = all_of((QueryString("s.day >= {}", since), if_given("s.merchant = {}", scope)))
    rows = await ModelSpending.raw(_DAYS, where)
    return [
        DaySpending(
            day=row["day"],
            currency=row["currency"] or None,
            calls=int(row["calls"]),
            tokens=int(row["tokens"]),
            cost=_amount(row["cost"]) if row["currency"] else None,
        )
        for row in rows
    ]


def _item(row: dict[str, Any]) -> CallItem:
    values = {name: row[name] for name in CallItem.__struct_fields__ if name in row}
    return CallItem(
        **values
        | {
            "pattern_id": None if row["pattern"] is None else str(row["pattern"]),
            "issue_id": row["issue"],
            "has_issue": row["known_issue"] is not None,
            "state": CallState(row["state"]),
            "cost": _amount(row["cost"]),
        }
    )


def _amount(billionths: Any) -> Decimal | None:
    """Return an amount to the millionth, which is written without an exponent."""
    return None if billionths is None else (Decimal(int(billionths)) / BILLION).quantize(MILLIONTH)
