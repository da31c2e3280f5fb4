"""Approve, reject and modify: one decision on one issue, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import NotFound, Refused
from core.model.corrections import Change, Program, Safety, Verdict
from core.model.issues import IssueState, Violation
from core.model.people import Actor
from core.review.case import Case, check_open, load
from core.review.learn import learn
from core.review.preview import solve
from core.store import applications, audit, decisions, issues, patterns, suggestions
from core.store.engine import transaction
from core.store.suggestions import SuggestionRow
from core.suggest.pipeline import broken_by


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision came to. `confidence` is that of the program it was about, after it."""

    decision_id: str
    issue_id: int
    application_id: int | None
    verdict: Verdict
    confidence: float
    message: str


async def approve(context: Context, actor: Actor, issue_id: int, *, suggestion_id: int | None = None) -> Decided:
    """Approve a suggestion, the best one where none is named, and have it applied."""
    case = await load(context, actor, issue_id)
    check_open(case)
    suggestion = await _suggestion(issue_id, suggestion_id)
    changes = apply.run(suggestion.program, case.record.record, case.issue.field)
    if not changes:
        raise Refused("The record has changed since; this suggestion no longer changes anything.", code="outdated")
    _check_sound(case, changes)
    decided = await _decide(
        context, actor, case, Verdict.APPROVED, suggestion, suggestion.program, suggestion.safety, changes, None
    )
    await _ring(context, case, decided)
    return decided


async def modify(context: Context, actor: Actor, issue_id: int, *, value: Any) -> Decided:
    """Give the issue's field another value; what led to it is learned as a program, not as a constant."""
    case = await load(context, actor, issue_id)
    check_open(case)
    offered = await suggestions.of_issue(issue_id)
    solution = await solve(case, value)
    _check_sound(case, solution.changes)
    same = next((one for one in offered if one.changes == solution.changes), None)
    if same is not None:
        return await approve(context, actor, issue_id, suggestion_id=same.id)
    decided = await _decide(
        context, actor, case, Verdict.MODIFIED, offered[0] if offered else None, solution.program, Safety.REVIEW,
        solution.changes, None,
    )  # fmt: skip
    await _ring(context, case, decided)
    return decided


async def reject(
    context: Context, actor: Actor, issue_id: int, *, suggestion_id: int | None = None, reason: str | None = None
) -> Decided:
    """Reject a suggestion, the best one where none is named; the issue stays open."""
    case = await load(context, actor, issue_id)
    check_open(case)
    suggestion = await _suggestion(issue_id, suggestion_id)
    decided = await _decide(context, actor, case, Verdict.REJECTED, suggestion, None, suggestion.safety, (), reason)
    await context.queue.enqueue("suggest_again", case.issue.pattern)
    return decided


async def _suggestion(issue_id: int, suggestion_id: int | None) -> SuggestionRow:
    offered = await suggestions.of_issue(issue_id)
    for one in offered:
        if suggestion_id is None or one.id == suggestion_id:
            return one
    if suggestion_id is None:
        raise Refused("There is no suggestion for this issue; give a value yourself.", code="no_suggestion")
    raise NotFound("That suggestion is no longer offered; look at the issue again.")


def _check_sound(case: Case, changes: Sequence[Change]) -> None:
    """Refuse what would violate a rule that the record did not violate before."""
    broken = broken_by(case.pack, case.record, apply.patch(case.record.record, changes))
    if broken:
        raise Refused(f"It would break another rule: {_first(broken)}", code="breaks_rule")


def _first(broken: Sequence[Violation]) -> str:
    return f"{broken[0].message} ({broken[0].rule})"


async def _decide(
    context: Context,
    actor: Actor,
    case: Case,
    verdict: Verdict,
    suggestion: SuggestionRow | None,
    program: Program | None,
    safety: Safety,
    changes: Sequence[Change],
    reason: str | None,
) -> Decided:
    """Store the decision, what it teaches, and the application it leads to; of two at once, one wins."""
    now = context.clock()
    issue = case.issue
    final_hash = None if program is None else apply.program_hash(program)
    async with transaction():
        await patterns.lock(issue.pattern)
        state = IssueState.OPEN if verdict is Verdict.REJECTED else IssueState.CORRECTING
        if not await issues.claim(issue.id, IssueState.OPEN, state):
            raise Refused("Somebody else decided on this issue just now.", code="already_decided")
        decision_id = await decisions.insert(
            issue.pattern,
            issue.id,
            verdict,
            issue_data={"record": case.record.id, "field": issue.field, "actual": issue.actual, "rule": issue.rule},
            suggestion=None if suggestion is None else _described(suggestion.program, suggestion.changes),
            solution=None if program is None else _described(program, changes),
            suggested_hash=None if suggestion is None else suggestion.program_hash,
            final_hash=final_hash,
            decided_by=actor.name,
            reason=reason,
            now=now,
        )
        confidence = await _teach(context, case, suggestion, program, safety)
        await decisions.score(decision_id, confidence)
        application_id = None
        if program is not None and final_hash is not None:
            application_id = await applications.insert(
                merchant=issue.merchant, connection=issue.connection, record=issue.record, issue=issue.id,
                pattern=issue.pattern, auto_rule=None, decision=decision_id, push=True, is_sampled=False,
                program=program, program_hash=final_hash, changes=changes, confidence=confidence, now=now,
            )  # fmt: skip
        await audit.append(
            actor.name, f"issue.{verdict}", f"issue:{issue.id}", now, merchant=issue.merchant, decision=decision_id
        )
    return Decided(
        decision_id=decision_id,
        issue_id=issue.id,
        application_id=application_id,
        verdict=verdict,
        confidence=confidence,
        message=_message(verdict),
    )


async def _teach(
    context: Context, case: Case, suggestion: SuggestionRow | None, program: Program | None, safety: Safety
) -> float:
    """Bring each program that the decision concerns up to date and return the confidence of the chosen one."""
    pattern = await patterns.get(case.issue.pattern)
    assert pattern is not None
    confidence = 0.0
    if suggestion is not None:
        _, confidence = await learn(context, pattern, suggestion.program, suggestion.program_hash, suggestion.safety)
    if program is not None:
        _, confidence = await learn(context, pattern, program, apply.program_hash(program), safety)
    return confidence


async def _ring(context: Context, case: Case, decided: Decided) -> None:
    """Ask for what follows a decision that changes something."""
    if decided.application_id is not None:
        await context.queue.enqueue("apply_correction", decided.application_id)
    if decided.verdict is Verdict.MODIFIED:
        await context.queue.enqueue("suggest_again", case.issue.pattern)
    else:
        await context.queue.enqueue("auto_correct_pattern", case.issue.pattern)


def _described(program: Program, changes: Sequence[Change]) -> dict[str, Any]:
    return {"program": program, "changes": msgspec.to_builtins(list(changes))}


def _message(verdict: Verdict) -> str:
    if verdict is Verdict.REJECTED:
        return "Rejected. The issue stays open."
    return "Approved. It is being applied." if verdict is Verdict.APPROVED else "Changed. It is being applied."
