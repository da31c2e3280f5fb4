"""Approve a whole pattern: first a frozen list with its digest and a sample, then exactly that list."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from core.context import Context
from core.errors import Conflict, NotFound, Refused
from core.model.people import Actor
from core.review.case import load
from core.review.decide import Decided, approve
from core.store import issues, patterns, suggestions
from core.store.patterns import PatternRow

MOST = 500
SAMPLE = 5


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """A list of issues that nothing joins any more. `sample` shows some of what approving would change.

    `digest` stands for the issues and for the correction that was proposed for each.
    """

    pattern_id: str
    issue_ids: tuple[int, ...]
    digest: str
    count: int
    sample: tuple[dict[str, Any], ...]


async def freeze(context: Context, actor: Actor, pattern_id: str) -> Frozen:
    """Return the pattern's open issues as a list to be approved as it stands; at most 500."""
    await _pattern(actor, pattern_id)
    ids = tuple(await issues.open_of_pattern(pattern_id, limit=MOST))
    step = max(len(ids) // SAMPLE, 1)
    sample = [await _shown(context, actor, issue_id) for issue_id in ids[::step][:SAMPLE]]
    return Frozen(pattern_id=pattern_id, issue_ids=ids, digest=await _digest(ids), count=len(ids), sample=tuple(sample))


async def approve_frozen(
    context: Context, actor: Actor, pattern_id: str, issue_ids: Sequence[int], digest: str
) -> list[Decided]:
    """Approve the best suggestion of each listed issue; what was settled meanwhile is left out.

    Conflict when the list is another one, or something else is proposed by now; Refused when an issue is not of this
    pattern.
    """
    await _pattern(actor, pattern_id)
    if len(issue_ids) > MOST:
        raise Refused(f"At most {MOST} issues are approved at once; freeze the list again.", code="too_many")
    if await _digest(issue_ids) != digest:
        raise Conflict("The list is not the one that was shown; look at it again.", code="list_changed")
    listed = await issues.many(issue_ids)
    if len(listed) != len(set(issue_ids)) or any(issue.pattern != pattern_id for issue in listed):
        raise Refused("The list names issues of another pattern.", code="wrong_pattern")
    decided = []
    for issue in listed:
        try:
            decided.append(await approve(context, actor, issue.id))
        except Refused:
            continue
    return decided


async def _digest(issue_ids: Sequence[int]) -> str:
    """Return SHA-256 of the ids in order, each with the correction that is proposed first, in hex."""
    programs = await suggestions.best_corrections(issue_ids)
    text = ",".join(f"{issue_id}:{programs.get(issue_id, '')}" for issue_id in issue_ids)
    return hashlib.sha256(text.encode()).hexdigest()


async def _pattern(actor: Actor, pattern_id: str) -> PatternRow:
    pattern = await patterns.get(pattern_id)
    if pattern is None or (actor.merchant is not None and pattern.merchant != actor.merchant):
        raise NotFound("There is no such pattern.")
    return pattern


async def _shown(context: Context, actor: Actor, issue_id: int) -> dict[str, Any]:
    case = await load(context, actor, issue_id)
    offered = await suggestions.of_issue(issue_id)
    return {
        "issue_id": issue_id,
        "title": case.record.title,
        "sku": case.record.sku,
        "changes": msgspec.to_builtins(list(offered[0].changes)) if offered else [],
    }
