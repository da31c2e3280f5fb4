"""Dismiss: leave a record as it is, without teaching anything about its cause; and take that back."""

from __future__ import annotations

from core.context import Context
from core.errors import Refused
from core.model.issues import IssueState
from core.model.people import Actor
from core.review.case import load
from core.store import audit, issues
from core.store.engine import transaction


async def dismiss(context: Context, actor: Actor, issue_id: int) -> None:
    """Take an issue out of the queue for as long as its value stays what it is."""
    await _move(context, actor, issue_id, IssueState.OPEN, IssueState.DISMISSED)


async def reopen(context: Context, actor: Actor, issue_id: int) -> None:
    """Put a dismissed issue back into the queue."""
    await _move(context, actor, issue_id, IssueState.DISMISSED, IssueState.OPEN)


async def _move(context: Context, actor: Actor, issue_id: int, before: IssueState, after: IssueState) -> None:
    case = await load(context, actor, issue_id)
    now = context.clock()
    async with transaction():
        if not await issues.claim(issue_id, before, after):
            raise Refused(f"This issue is not {before} any more; nothing was changed.", code="already_decided")
        await audit.append(actor.name, f"issue.{after}", f"issue:{issue_id}", now, merchant=case.issue.merchant)
