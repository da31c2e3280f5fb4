"""Approve, reject and modify: one decision on one issue, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.corrections.steps import STEPS
from core.errors import NotFound, Refused
from core.knowledge.gate import AUTOMATIC_PHASES
from core.model.corrections import Change, Program, Safety, Verdict
from core.model.issues import IssueState, Violation
from core.model.people import Actor
from core.privacy import outlives
from core.review.case import Case, check_open, check_pushable, load
from core.review.inherit import inherit
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


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose: `program` and `changes` are what is to be applied, if anything is."""

    verdict: Verdict
    suggestion: SuggestionRow | None
    safety: Safety
    program: Program | None = None
    changes: tuple[Change, ...] = ()
    reason: str | None = None

    @property
    def program_hash(self) -> str | None:
        """Return the identity of the program that is to be applied."""
        return None if self.program is None else apply.program_hash(self.program)


async def approve(context: Context, actor: Actor, issue_id: int, *, suggestion_id: int | None = None) -> Decided:
    """Approve a suggestion, the best one where none is named, and have it applied."""
    case = await load(context, actor, issue_id)
    check_open(case)
    suggestion = await _suggestion(issue_id, suggestion_id)
    changes = _approved(case, suggestion)
    if not changes:
        raise Refused("The record has changed since; this suggestion no longer changes anything.", code="outdated")
    check_pushable(context, case, changes)
    _check_sound(case, changes)
    choice = Choice(
        verdict=Verdict.APPROVED,
        suggestion=suggestion,
        program=suggestion.program,
        safety=suggestion.safety,
        changes=changes,
    )
    return await _decide(context, actor, case, choice)


async def modify(context: Context, actor: Actor, issue_id: int, *, value: Any) -> Decided:
    """Give the issue's field another value; what led to it is learned as a program, not as a constant."""
    case = await load(context, actor, issue_id)
    check_open(case)
    offered = await suggestions.of_issue(issue_id)
    solution = await solve(case, value)
    check_pushable(context, case, solution.changes)
    _check_sound(case, solution.changes)
    same = next((one for one in offered if one.changes == solution.changes), None)
    if same is not None:
        return await approve(context, actor, issue_id, suggestion_id=same.id)
    choice = Choice(
        verdict=Verdict.MODIFIED,
        suggestion=offered[0] if offered else None,
        program=solution.program,
        safety=_safety(case, solution.program),
        changes=solution.changes,
    )
    return await _decide(context, actor, case, choice)


async def reject(
    context: Context, actor: Actor, issue_id: int, *, suggestion_id: int | None = None, reason: str | None = None
) -> Decided:
    """Reject a suggestion, the best one where none is named; the issue stays open."""
    case = await load(context, actor, issue_id)
    check_open(case)
    suggestion = await _suggestion(issue_id, suggestion_id)
    choice = Choice(verdict=Verdict.REJECTED, suggestion=suggestion, safety=suggestion.safety, reason=reason)
    return await _decide(context, actor, case, choice)


async def _suggestion(issue_id: int, suggestion_id: int | None) -> SuggestionRow:
    offered = await suggestions.of_issue(issue_id)
    for one in offered:
        if suggestion_id is None or one.id == suggestion_id:
            return one
    if suggestion_id is None:
        raise Refused("There is no suggestion for this issue; give a value yourself.", code="no_suggestion")
    raise NotFound("That suggestion is no longer offered; look at the issue again.")


def _approved(case: Case, suggestion: SuggestionRow) -> tuple[Change, ...]:
    """Return what a suggestion changes: by its program as the record is now.

    Where the program asks what the catalogue taught, which may have learned since, it is what the person was shown,
    unless the value has changed.
    """
    record = case.record.record
    if not apply.asks_catalogue(suggestion.program):
        return apply.run(suggestion.program, record, case.issue.field)
    unchanged = all(apply.same(apply.get(record, one.field), one.before) for one in suggestion.changes)
    return suggestion.changes if unchanged else ()


def _check_sound(case: Case, changes: Sequence[Change]) -> None:
    """Refuse what would violate a rule that the record did not violate before."""
    broken = broken_by(case.pack, case.record, apply.patch(case.record.record, changes))
    if broken:
        raise Refused(f"It would break another rule: {_first(broken)}", code="breaks_rule")


def _first(broken: Sequence[Violation]) -> str:
    return f"{broken[0].message} ({broken[0].rule})"


def _safety(case: Case, program: Program) -> Safety:
    """Return how far a program that a person taught may go: by itself early only where every step is notation.

    Where the rule's own fix is never applied without a person, a learned one is not either.
    """
    if case.issue.fix_safety is Safety.DISPLAY:
        return Safety.DISPLAY
    kinds = [STEPS.get(name) for step in program for name in step]
    return Safety.SAFE if all(kind is not None and kind.notation for kind in kinds) else Safety.REVIEW


async def _decide(context: Context, actor: Actor, case: Case, choice: Choice) -> Decided:
    """Store the decision, what it teaches, and the application it leads to; of two at once, one wins."""
    now = context.clock()
    issue = case.issue
    async with transaction():
        await patterns.lock(issue.pattern)
        state = IssueState.OPEN if choice.verdict is Verdict.REJECTED else IssueState.CORRECTING
        if not await issues.claim(issue.id, IssueState.OPEN, state):
            raise Refused("Somebody else decided on this issue just now.", code="already_decided")
        decision_id = await _store_decision(actor, case, choice, now)
        if choice.verdict is Verdict.MODIFIED and choice.program is not None and choice.program_hash is not None:
            await inherit(issue.pattern, decision_id, choice.program, choice.program_hash)
        confidence, is_automatic = await _teach(context, case, choice)
        await decisions.score(decision_id, confidence)
        application_id = await _store_application(case, choice, decision_id, confidence, now)
        await audit.append(
            actor.name, f"issue.{choice.verdict}", f"issue:{issue.id}", now, merchant=issue.merchant,
            decision=decision_id,
        )  # fmt: skip
    if application_id is not None:
        await context.queue.enqueue("apply_correction", application_id)
    if choice.verdict is not Verdict.APPROVED:
        await context.queue.enqueue("suggest_again", issue.pattern)
    elif is_automatic:
        await context.queue.enqueue("auto_correct_pattern", issue.pattern)
    return Decided(
        decision_id=decision_id,
        issue_id=issue.id,
        application_id=application_id,
        verdict=choice.verdict,
        confidence=confidence,
        message=_message(choice.verdict),
    )


async def _store_decision(actor: Actor, case: Case, choice: Choice, now: datetime) -> str:
    """Store who chose what. A decision outlives its record, so that it keeps no value of an order."""
    issue, kind = case.issue, case.record.kind
    actual = outlives(kind, issue.actual)
    suggestion = choice.suggestion
    return await decisions.insert(
        issue.pattern,
        issue.id,
        choice.verdict,
        issue_data={"record": case.record.id, "field": issue.field, "actual": actual, "rule": issue.rule},
        suggestion=None if suggestion is None else _described(case, suggestion.program, suggestion.changes),
        solution=None if choice.program is None else _described(case, choice.program, choice.changes),
        suggested_hash=None if suggestion is None else suggestion.program_hash,
        final_hash=choice.program_hash,
        decided_by=actor.name,
        reason=choice.reason,
        now=now,
    )


async def _store_application(
    case: Case, choice: Choice, decision_id: str, confidence: float, now: datetime
) -> int | None:
    """Store what is to be carried out, if anything is."""
    if choice.program is None or choice.program_hash is None:
        return None
    issue = case.issue
    return await applications.insert(
        merchant=issue.merchant,
        connection=issue.connection,
        record=issue.record,
        issue=issue.id,
        pattern=issue.pattern,
        auto_rule=None,
        decision=decision_id,
        push=True,
        is_sampled=False,
        program=choice.program,
        program_hash=choice.program_hash,
        changes=choice.changes,
        confidence=confidence,
        now=now,
    )


async def _teach(context: Context, case: Case, choice: Choice) -> tuple[float, bool]:
    """Bring each program that the decision concerns up to date.

    Return the confidence of the chosen one, and whether the pattern corrects by itself now. Where that is new, or
    where there is another correction to propose, the pattern's open issues are marked here, so that the sweep comes
    to them even if nobody rings.
    """
    pattern = await patterns.get(case.issue.pattern)
    assert pattern is not None
    suggestion, confidence = choice.suggestion, 0.0
    if suggestion is not None and suggestion.program_hash != choice.program_hash:
        _, confidence = await learn(context, pattern, suggestion.program, suggestion.program_hash, suggestion.safety)
    if choice.program is not None and choice.program_hash is not None:
        _, confidence = await learn(context, pattern, choice.program, choice.program_hash, choice.safety)
    taught = await patterns.get(pattern.pattern_id)
    is_automatic = taught is not None and taught.phase in AUTOMATIC_PHASES
    if choice.verdict is not Verdict.APPROVED or (is_automatic and pattern.phase not in AUTOMATIC_PHASES):
        await issues.look_again(pattern=pattern.pattern_id)
    return confidence, is_automatic


def _described(case: Case, program: Program, changes: Sequence[Change]) -> dict[str, Any]:
    return {"program": program, "changes": outlives(case.record.kind, msgspec.to_builtins(list(changes))) or []}


def _message(verdict: Verdict) -> str:
    if verdict is Verdict.REJECTED:
        return "Rejected. The issue stays open."
    return "Approved. It is being applied." if verdict is Verdict.APPROVED else "Changed. It is being applied."
