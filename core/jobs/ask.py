"""Asks a language model for what no cheaper source proposed anything for. Nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from core.chat import Chat
from core.context import Context
from core.errors import MarketwrightError, NeedsAttention, Refused, RetryLater
from core.model.corrections import Mode, Program
from core.model.issues import IssueState
from core.opening import takes
from core.queue import job
from core.rulebook import rules_of
from core.rules.evaluate import CompiledPack
from core.store import alerts, buyers, connections, decisions, issues, model_calls, patterns, records, suggestions
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest import answer, llm
from core.suggest.disclosure import may_ask
from core.suggest.masking import spoken
from core.suggest.pipeline import mends
from core.suggest.proposal import Proposal

AT_ONCE = 200
MOST_CALLS = 20
"""Questions for one pattern in one run: a cause that twenty records do not explain is for people."""
ASK_AGAIN = timedelta(minutes=10)
NO_BUDGET = "budget"
"""What is no outage."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An issue that nothing was proposed for, with what it takes to ask and to check."""

    issue: IssueRow
    record: RecordRow
    pack: CompiledPack
    rejected: frozenset[str]


@job
async def ask_model(context: Context, pattern_id: str) -> None:
    """Ask about a pattern's open issues that have no suggestion: one call where a program serves them all."""
    if context.chat is None:
        return
    cases = await _cases(context, pattern_id)
    if not cases:
        return
    merchant = cases[0].issue.merchant
    names = frozenset(map(spoken, await buyers.names(merchant))) - {""}
    try:
        await _serve(context, context.chat, cases, names)
    except (RetryLater, NeedsAttention) as error:
        if error.code != NO_BUDGET:
            await _warn(context, merchant, error)


@job
async def sweep_models(context: Context) -> None:
    """Ask again what found no model, or no budget, a while ago."""
    if context.chat is not None:
        for pattern_id in await model_calls.unanswered(context.clock() - ASK_AGAIN):
            await context.queue.enqueue("ask_model", pattern_id)


async def _cases(context: Context, pattern_id: str) -> list[Case]:
    found = await issues.many(await issues.open_without_proposal(pattern_id, AT_ONCE))
    rows = await connections.many({issue.connection for issue in found})
    held = {record.id: record for record in await records.many({issue.record for issue in found})}
    packs = {row.id: await rules_of(context, row) for row in rows.values()}
    rejected = await decisions.rejected([issue.id for issue in found])
    cases = []
    for issue in found:
        row, record = rows[issue.connection], held.get(issue.record)
        if record is None or record.deleted_at is not None or row.mode is Mode.OBSERVE or not row.enabled:
            continue
        if issue.rule in packs[row.id].across.ids:
            continue
        if may_ask(record.kind, issue.field) and takes(context, row, record.kind, issue.field):
            no = frozenset(rejected.get(issue.id, ()))
            cases.append(Case(issue=issue, record=record, pack=packs[row.id], rejected=no))
    return cases


async def _serve(context: Context, chat: Chat, cases: Sequence[Case], names: frozenset[str]) -> None:
    """Ask about one case; about those that its program does not serve, a few at a time."""
    waiting, calls, width = list(cases), 0, 1
    while waiting and calls < MOST_CALLS:
        now, waiting = waiting[:width], waiting[width:]
        calls += len(now)
        heard = await asyncio.gather(*(_hear(context, chat, case, names) for case in now), return_exceptions=True)
        found: dict[int, Proposal] = {}
        programs: list[tuple[int, Program]] = []
        for case, said in zip(now, heard, strict=True):
            if isinstance(said, llm.Heard):
                _propose(found, case, said, chat.model)
                programs += [(said.call, said.program)] if said.program and case.issue.id in found else []
            elif _is_asked_already(said):
                waiting.append(case)
        for call, program in programs:
            served = {case.issue.id: one for case in waiting if (one := _of_program(case, call, program, chat.model))}
            found |= served
            waiting = [case for case in waiting if case.issue.id not in served]
        await _keep(context, cases, found)
        for said in heard:
            if isinstance(said, BaseException) and not _is_asked_already(said):
                raise said
        width = min(context.tuning.ai_monitoring.concurrency, MOST_CALLS - calls) or 1


def _is_asked_already(said: object) -> bool:
    """Tell whether the same question is under way, for a record with the same content; its answer is remembered."""
    return isinstance(said, RetryLater) and said.code == "being_asked"


async def _hear(context: Context, chat: Chat, case: Case, names: frozenset[str]) -> llm.Heard | None:
    return await llm.hear(context, chat, case.pack, case.issue, case.record, names)


def _propose(found: dict[int, Proposal], case: Case, said: llm.Heard, model: str) -> None:
    """Take an answer for the very record it was given for, where the rules hold after it."""
    try:
        one = answer.proposal(said.answer, said.program, case.record.record, said.shown, case.issue.field, model)
    except Refused:
        return
    if _is_sound(case, one):
        found[case.issue.id] = msgspec.structs.replace(one, call=said.call)


def _of_program(case: Case, call: int, program: Program, model: str) -> Proposal | None:
    try:
        one = answer.of_program(program, case.record.record, case.issue.field, model)
    except Refused:
        return None
    return msgspec.structs.replace(one, call=call) if _is_sound(case, one) else None


def _is_sound(case: Case, one: Proposal) -> bool:
    return one.program_hash not in case.rejected and mends(case.pack, case.record, case.issue, one.changes)


async def _keep(context: Context, cases: Sequence[Case], found: Mapping[int, Proposal]) -> None:
    """Store proposals of issues that are still as they were when the model was asked."""
    mine = [case for case in cases if case.issue.id in found]
    if not mine:
        return
    async with transaction():
        await patterns.lock(mine[0].issue.pattern)
        bare = set(await issues.open_without_proposal(mine[0].issue.pattern, AT_ONCE))
        same = {one.id: one.content_hash for one in await records.many({case.record.id for case in mine})}
        kept = {
            case.issue.id: [found[case.issue.id]]
            for case in mine
            if case.issue.id in bare and same.get(case.record.id) == case.record.content_hash
        }
        await suggestions.replace(kept, context.clock())


async def _warn(context: Context, merchant: int, error: MarketwrightError) -> None:
    """Say once for each outage that suggestions come without the model."""
    message = f"Suggestions are made without the language model: {error.message}"
    await alerts.open_one(merchant, llm.AWAY, message, context.clock())


def wants_model(context: Context, standing: Sequence[IssueRow], proposals: Mapping[int, Sequence[Proposal]]) -> bool:
    """Tell whether a model is there and one of these open issues has nothing proposed."""
    bare = (issue for issue in standing if issue.state is IssueState.OPEN and not proposals.get(issue.id))
    return context.chat is not None and any(bare)
