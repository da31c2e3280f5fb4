"""Asks a language model about one issue: within the day's budget, once for each question, and kept for the audit.

A question shows one record only, so that what stands in it can bend no answer about another. Nothing here runs
inside a transaction: a call takes seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Set
from datetime import timedelta
from typing import Any

import msgspec

from core.chat import ANSWER_TOKENS, Chat, Reply
from core.context import Context
from core.errors import Malformed, MarketwrightError, NeedsAttention, Refused, Rejected, RetryLater
from core.model.corrections import Program
from core.model.records import Record
from core.rules import explain
from core.rules.evaluate import CompiledPack
from core.store import alerts, model_calls
from core.store.issues import IssueRow
from core.store.model_calls import CallState
from core.store.records import RecordRow
from core.store.rows import content_hash
from core.suggest import answer, question
from core.suggest.answer import Answer
from core.suggest.disclosure import disclose
from core.suggest.masking import mask

CHARACTERS_PER_TOKEN = 2
"""Fewer than any language has, so that what is taken of the budget before a call is more than it uses."""
LONGEST_NEEDS = 600
AWAY = "language_model"
"""The subject of the alert that stands while the model is away."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A checked answer about one issue: a program, or a value for its record alone, or neither. `shown` was sent."""

    answer: Answer
    program: Program
    shown: Record


async def hear(
    context: Context, chat: Chat, pack: CompiledPack, issue: IssueRow, record: RecordRow, names: Set[str]
) -> Heard | None:
    """Return what the model says of an issue; None where it says nothing usable, now or when it was asked before.

    RetryLater where it is away or being asked this already, or the budget is used up; NeedsAttention where its
    settings are wrong. `names` are those of buyers, which no model sees.
    """
    asked = await asyncio.to_thread(ask, pack, issue, record.record, names)
    text = await _answered(context, chat, issue, asked)
    if text is None:
        return None
    try:
        said = answer.read(text)
        if said.kind == "none":
            return None
        program = answer.program_of(said) if said.kind == "program" else ()
    except Refused:
        return None
    return Heard(answer=said, program=program, shown=asked.record)


def ask(pack: CompiledPack, issue: IssueRow, record: Record, names: Set[str]) -> question.Asked:
    """Return the question about an issue, as it is sent. Looking for phone numbers in long texts takes a while."""
    rule = next((one for one in pack.rules if one.id == issue.rule), None)
    needs = issue.message if rule is None else f"{rule.title}: {explain.what(rule)}"
    return question.Asked(
        channel=issue.channel,
        rule=issue.rule,
        needs=mask(needs[:LONGEST_NEEDS], names),
        field=issue.field,
        record=disclose(record, issue.field, names),
    )


async def _answered(context: Context, chat: Chat, issue: IssueRow, asked: question.Asked) -> str | None:
    """Return the answer from memory, or ask for it; None where the model declined."""
    tuning, now = context.tuning.ai_monitoring, context.clock()
    request = {"model": chat.model, "system": question.system(), "user": question.user(asked)}
    key, since = content_hash(request), now - timedelta(days=tuning.cache_days)
    known = await model_calls.settled(issue.merchant, key, since)
    if known is not None:
        return known.answer
    patience = timedelta(seconds=tuning.timeout_seconds * (tuning.retries + 1) * 2 + 60)
    call = await model_calls.claim(
        merchant=issue.merchant, pattern=issue.pattern, issue=issue.id, model=chat.model, request=request,
        request_hash=key, now=now, patience=patience, since=since,
    )  # fmt: skip
    if call is None:
        raise RetryLater("This is being asked already.", code="being_asked")
    day, taken = now.date().isoformat(), _most_tokens(request)
    if not await model_calls.spend(day, taken, calls_limit=tuning.daily_calls, tokens_limit=tuning.daily_tokens):
        await model_calls.end(call, CallState.POSTPONED, now, reason="The day's budget is used up.")
        raise RetryLater("The day's budget of the model is used up.", code="budget")
    try:
        reply = await _call(context, chat, call, request)
    except MarketwrightError:
        await model_calls.correct_spending(day, -taken)
        raise
    await alerts.close(issue.merchant, AWAY, context.clock())
    if reply is None:
        return None
    used = reply.input_tokens + reply.output_tokens
    if used:
        await model_calls.correct_spending(day, used - taken)
    await model_calls.end(
        call, CallState.ANSWERED, context.clock(), answer=reply.text,
        input_tokens=reply.input_tokens, output_tokens=reply.output_tokens,
    )  # fmt: skip
    return reply.text


async def _call(context: Context, chat: Chat, call: int, request: dict[str, Any]) -> Reply | None:
    try:
        return await chat.ask(request["system"], request["user"], question.schema())
    except Rejected as error:
        await model_calls.end(call, CallState.DECLINED, context.clock(), reason=error.message)
        return None
    except Malformed as error:
        await model_calls.end(call, CallState.FAILED, context.clock(), reason=error.message)
        raise NeedsAttention(error.message, code=error.code) from error
    except (RetryLater, NeedsAttention) as error:
        await model_calls.end(call, CallState.FAILED, context.clock(), reason=error.message)
        raise


def _most_tokens(request: dict[str, Any]) -> int:
    characters = sum(len(text) for text in request.values()) + len(msgspec.json.encode(question.schema()))
    return characters // CHARACTERS_PER_TOKEN + ANSWER_TOKENS
