"""Questions to models: a day's budget that many workers share, and one asker for each question."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

from core.store import model_calls
from core.store.model_calls import CallState

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PATTERN = str(uuid.uuid4())


async def claim(at: datetime = NOW, merchant: int = 1) -> int | None:
    return await model_calls.claim(
        merchant=merchant, pattern=PATTERN, issue=7, model="m", request={"user": "\x00 ü"}, request_hash="h", now=at,
        patience=timedelta(minutes=5), since=at - timedelta(days=30),
    )  # fmt: skip


async def test_workers_that_spend_at_the_same_time_never_pass_the_budget(store: str) -> None:
    calls = [model_calls.spend("2026-11-27", 10, calls_limit=3, tokens_limit=1000) for _ in range(10)]
    tokens = [model_calls.spend("2026-11-28", 10, calls_limit=100, tokens_limit=45) for _ in range(10)]

    assert sum(await asyncio.gather(*calls)) == 3
    assert sum(await asyncio.gather(*tokens)) == 4


async def test_a_question_is_asked_by_one_worker_until_its_patience_ends(store: str) -> None:
    first, second = await claim(), await claim(NOW + timedelta(minutes=1))
    late = await claim(NOW + timedelta(minutes=6))

    assert first is not None
    assert second is None
    assert late == first


async def test_a_question_that_was_settled_just_now_is_not_asked_again_until_its_answer_is_too_old(store: str) -> None:
    first = await claim()
    assert first is not None
    await model_calls.end(first, CallState.ANSWERED, NOW, answer="{}")

    assert await claim(NOW + timedelta(minutes=1)) is None
    assert await claim(NOW + timedelta(days=31)) == first


async def test_an_answer_is_found_by_its_merchant_until_it_is_too_old(store: str) -> None:
    call = await claim()
    assert call is not None
    await model_calls.end(call, CallState.ANSWERED, NOW, answer="{}\x00", input_tokens=3, output_tokens=2)

    known = await model_calls.settled(1, "h", NOW - timedelta(days=30))

    assert known is not None
    assert (known.id, known.answer, known.request) == (call, "{}\ufffd", {"user": "\x00 ü"})
    assert await model_calls.settled(2, "h", NOW - timedelta(days=30)) is None
    assert await model_calls.settled(1, "h", NOW + timedelta(seconds=1)) is None


async def test_what_found_no_model_is_asked_again_and_what_is_old_is_forgotten(store: str) -> None:
    call = await claim()
    assert call is not None
    await model_calls.end(call, CallState.FAILED, NOW, reason="away")

    assert await model_calls.unanswered(NOW) == []
    assert await model_calls.unanswered(NOW + timedelta(minutes=10)) == [PATTERN]
    await model_calls.forget(NOW + timedelta(days=365))
    assert await model_calls.of_issue(7) == []
