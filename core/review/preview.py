"""What a person's own value would do and teach, before it becomes a decision."""

from __future__ import annotations

from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.corrections.induce import induce
from core.errors import Refused
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
    """Return the simplest program that gives `value`, if possible one that explains earlier modifications too."""
    field, record = case.issue.field, case.record.record
    before = apply.get(record, field)
    if before == value:
        raise Refused("That is the value it has already.", code="no_change")
    pairs = [(record, field, value), *await _earlier(case)]
    program = induce(pairs) if len(pairs) > 1 else None
    explains = len(pairs) - 1 if program else 0
    program = program or induce(pairs[:1])
    changes = (Change(field=field, before=before, after=value),)
    if program is None or apply.run(program, record, field) != changes:
        program = ({"set_value": {"value": value}},)
        explains = 0
    return Solution(program=program, changes=changes, explains=explains)


async def _earlier(case: Case) -> list[tuple[Record, str, Any]]:
    """Return earlier modifications of the pattern as record before, field, value after."""
    pairs = []
    for one in await decisions.solutions(case.issue.pattern, LEARN_FROM):
        changes = [msgspec.convert(change, Change) for change in (one["solution"] or {}).get("changes", [])]
        stored = await records.get(one["issue"]["record"])
        if stored is None or len(changes) != 1:
            continue
        before = apply.patch(stored.record, apply.revert(changes))
        pairs.append((before, changes[0].field, changes[0].after))
    return pairs
