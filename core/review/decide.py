"""Approve, reject and modify: one decision on one issue, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import Conflict, MarketwrightError, NotFound, Refused
from core.knowledge.gate import AUTOMATIC_PHASES
from core.knowledge.grouping import facts_of
from core.knowledge.safety import safety_of
from core.knowledge.shapes import shape_of
from core.model.corrections import Change, Program, Safety, Verdict
from core.model.issues import IssueState, Violation
from core.model.people import Actor
from core.privacy import outlives
from core.review.case import Case, check_open, check_pushable, load
from core.review.learn import learn
from core.review.preview import solve
from core.store import applications, audit, decisions, issues, patterns, suggestions
from core.store.engine import transaction
from core.store.issues import IssueRow
from core.store.suggestions import SuggestionRow
from core.suggest.pipeline import broken_by

NEWS = 2
"""Approvals up to which a program is news to similar patterns: a constant is proposed elsewhere from the second on."""


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
    changes = apply.run(suggestion.program, case.record.record, case.issue.field)
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
        safety=safety_of(solution.program, case.issue.fix_safety),
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


def _check_sound(case: Case, changes: Sequence[Change]) -> None:
    """Refuse what would violate a rule that the record did not violate before."""
    broken = broken_by(case.pack, case.record, apply.patch(case.record.record, changes))
    if broken:
        raise Refused(f"It would break another rule: {_first(broken)}", code="breaks_rule")


def _first(broken: Sequence[Violation]) -> str:
    return f"{broken[0].message} ({broken[0].rule})"


async def _decide(context: Context, actor: Actor, case: Case, choice: Choice) -> Decided:
    """Store the decision, what it teaches, and the application it leads to; of two at once, one wins."""
    now = context.clock()
    issue = case.issue
    async with transaction():
        await patterns.lock(issue.pattern)
        state = IssueState.OPEN if choice.verdict is Verdict.REJECTED else IssueState.CORRECTING
        if not await issues.claim(issue.id, IssueState.OPEN, state, issue.pattern):
            raise await _lost(issue)
        decision_id = await _store_decision(actor, case, choice, now)
        taught = await _teach(context, case, choice)
        await decisions.score(decision_id, taught.confidence)
        application_id = await _store_application(case, choice, decision_id, taught.confidence, now)
        await audit.append(
            actor.name, f"issue.{choice.verdict}", f"issue:{issue.id}", now, merchant=issue.merchant,
            decision=decision_id,
        )  # fmt: skip
    if application_id is not None:
        await context.queue.enqueue("apply_correction", application_id)
    if choice.verdict is not Verdict.APPROVED:
        await context.queue.enqueue("suggest_again", issue.pattern)
    elif taught.is_automatic:
        await context.queue.enqueue("auto_correct_pattern", issue.pattern)
    if taught.is_news:
        await context.queue.enqueue("suggest_nearby", issue.pattern)
    return Decided(
        decision_id=decision_id,
        issue_id=issue.id,
        application_id=application_id,
        verdict=choice.verdict,
        confidence=taught.confidence,
        message=_message(choice.verdict),
    )


async def _lost(issue: IssueRow) -> MarketwrightError:
    """Return why an issue could not be claimed: somebody decided on it, or it was grouped with another cause."""
    found = await issues.get(issue.id)
    if found is not None and found.state is IssueState.OPEN and found.pattern != issue.pattern:
        return Conflict("This issue was grouped with another cause just now; look at it again.", code="regrouped")
    return Refused("Somebody else decided on this issue just now.", code="already_decided")


async def _store_decision(actor: Actor, case: Case, choice: Choice, now: datetime) -> str:
    """Store who chose what. A decision outlives its record, so that it keeps no value of an order."""
    issue, kind = case.issue, case.record.kind
    actual = outlives(kind, issue.actual)
    suggestion = choice.suggestion
    return await decisions.insert(
        issue.pattern,
        issue.id,
        choice.verdict,
        issue_data={
            "record": case.record.id,
            "field": issue.field,
            "actual": actual,
            "rule": issue.rule,
            "facts": facts_of(kind, issue.connection, shape_of(issue.actual), actual, case.record.record),
            **({} if issue.natural_hash is None else {"natural": issue.natural_hash}),
        },
        suggestion=None if suggestion is None else _described(case, suggestion.program, suggestion.changes),
        solution=None if choice.program is None else _described(case, choice.program, choice.changes),
        suggested_hash=None if suggestion is None else suggestion.program_hash,
        final_hash=choice.program_hash,
        decided_by=actor.name,
        reviewer=actor.user,
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


class Taught(NamedTuple):
    """What a decision has taught: the confidence of the chosen program, whether the pattern corrects by itself now.

    `is_news` says that the program is new enough to be of use to similar patterns, which did not know it.
    """

    confidence: float
    is_automatic: bool
    is_news: bool


async def _teach(context: Context, case: Case, choice: Choice) -> Taught:
    """Bring each program that the decision concerns up to date.

    Where the pattern corrects by itself now and did not, or where there is another correction to propose, the pattern's
    open issues are marked here, so that the sweep comes to them even if nobody rings.
    """
    pattern = await patterns.get(case.issue.pattern)
    assert pattern is not None
    suggestion, confidence, is_news = choice.suggestion, 0.0, False
    if suggestion is not None and suggestion.program_hash != choice.program_hash:
        _, confidence = await learn(context, pattern, suggestion.program, suggestion.program_hash, suggestion.safety)
    if choice.program is not None and choice.program_hash is not None:
        rule, confidence = await learn(context, pattern, choice.program, choice.program_hash, choice.safety)
        is_news = rule.approvals < NEWS
    taught = await patterns.get(pattern.pattern_id)
    is_automatic = taught is not None and taught.phase in AUTOMATIC_PHASES
    if choice.verdict is not Verdict.APPROVED or (is_automatic and pattern.phase not in AUTOMATIC_PHASES):
        await issues.look_again(pattern=pattern.pattern_id)
    return Taught(confidence, is_automatic, is_news)


def _described(case: Case, program: Program, changes: Sequence[Change]) -> dict[str, Any]:
    return {"program": program, "changes": outlives(case.record.kind, msgspec.to_builtins(list(changes))) or []}


def _message(verdict: Verdict) -> str:
    if verdict is Verdict.REJECTED:
        return "Rejected. The issue stays open."
    return "Approved. It is being applied." if verdict is Verdict.APPROVED else "Changed. It is being applied."
