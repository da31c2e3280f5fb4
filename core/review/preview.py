"""What a person's own value would do and teach, before it becomes a decision."""

from __future__ import annotations

from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.corrections.induction import induce
from core.errors import NotFound, Refused
from core.model.corrections import Change, Program
from core.model.people import Actor
from core.model.records import Record
from core.review.case import Case, load
from core.store import decisions, records
from core.suggest.pipeline import broken_by

LEARN_FROM = 5
"""How many earlier modifications of a pattern a program must explain too, before it explains the new one alone."""


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """A value, the simplest program that leads to it, and how many earlier modifications that program explains."""

    program: Program
    changes: tuple[Change, ...]
    explains: int


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """`sentence` says the program; `violations` what the value would leave or break."""

    program: Program
    sentence: str
    changes: tuple[Change, ...]
    violations: tuple[str, ...]
    explains: int


async def preview_modify(context: Context, actor: Actor, issue_id: int, *, value: Any) -> Preview:
    """Show what giving this value would change, teach and break."""
    case = await load(context, actor, issue_id)
    solution = await solve(case, value)
    after = apply.patch(case.record.record, solution.changes)
    broken = [one.message for one in broken_by(case.pack, case.record, after)]
    left = [
        one.message
        for one in case.pack.evaluate(case.record.kind, after)
        if (one.rule, one.field) == (case.issue.rule, case.issue.field)
    ]
    return Preview(
        program=solution.program,
        sentence=apply.describe(solution.program),
        changes=solution.changes,
        violations=tuple(broken + left),
        explains=solution.explains,
    )


async def solve(case: Case, value: Any) -> Solution:
    """Return the simplest program that gives `value`, and explains as many of the latest modifications as it can."""
    field, record = case.issue.field, case.record.record
    before = apply.get(record, field)
    if apply.same(before, value):
        raise Refused("That is the value it has already.", code="no_change")
    changes = (Change(field=field, before=before, after=value),)
    earlier = await _earlier(case)
    for explained in range(len(earlier), -1, -1):
        program = induce([(record, field, value), *earlier[:explained]])
        if program is not None and apply.run(program, record, field) == changes:
            return Solution(program=program, changes=changes, explains=explained)
    return Solution(program=({"set_value": {"to": value}},), changes=changes, explains=0)


async def _earlier(case: Case) -> list[tuple[Record, str, Any]]:
    """Return earlier modifications of the pattern as record before, field, value after, the latest first.

    One whose record has changed so much that its field is gone teaches nothing.
    """
    pairs = []
    for one in await decisions.solutions(case.issue.pattern, LEARN_FROM):
        changes = [msgspec.convert(change, Change) for change in (one["solution"] or {}).get("changes", [])]
        stored = await records.get(one["issue"]["record"])
        if stored is None or len(changes) != 1:
            continue
        try:
            before = apply.patch(stored.record, apply.revert(changes))
        except (NotFound, Refused):
            continue
        pairs.append((before, changes[0].field, changes[0].after))
    return pairs
