"""What a person's own value would do and teach, before it becomes a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.corrections.induction import Learned, Pair, counted, find, several
from core.errors import Refused
from core.model.corrections import Change, Program
from core.model.people import Actor
from core.review import precedents
from core.review.case import Case, load
from core.suggest.pipeline import broken_by

SHOWN = 3
"""How many earlier decisions that go another way are shown."""


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """A value and the simplest program that leads to it.

    It `explains` so many of the `earlier` decisions on the pattern that people wanted; `contradicts` are some on which
    it would do something else. On all others it does nothing.
    """

    program: Program
    changes: tuple[Change, ...]
    explains: int
    earlier: int = 0
    contradicts: tuple[Change, ...] = ()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """`sentence` says the program; `violations` what the value would leave or break.

    The program `explains` so many of the `earlier` decisions on the pattern, and would do something else on those that
    it `contradicts`, of which some are given.
    """

    program: Program
    sentence: str
    changes: tuple[Change, ...]
    violations: tuple[str, ...]
    explains: int
    earlier: int
    contradicts: tuple[Change, ...]


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
        earlier=solution.earlier,
        contradicts=solution.contradicts,
    )


async def solve(case: Case, value: Any) -> Solution:
    """Return the simplest program that gives `value` and explains as many earlier decisions of the pattern as it can.

    One program for all pairs comes first, then the best of several that each explain some of them; where none has to
    do with this value, the simplest for it alone, which is a constant at worst.
    """
    field, record = case.issue.field, case.record.record
    before = apply.get(record, field)
    if apply.same(before, value):
        raise Refused("That is the value it has already.", code="no_change")
    changes = (Change(field=field, before=before, after=value),)
    earlier = await precedents.of_pattern(case.issue.pattern)
    known = precedents.pairs_of(earlier)
    pairs = [(record, field, value), *known]
    for learned in _by_worth(pairs):
        if 0 in learned.explains and apply.run(learned.program, record, field) == changes:
            others = [known[place - 1] for place in learned.contradicts if place][:SHOWN]
            return Solution(
                program=learned.program,
                changes=changes,
                explains=len(learned.explains) - 1,
                earlier=len(known),
                contradicts=tuple(
                    Change(field=path, before=apply.get(was, path), after=now) for was, path, now in others
                ),
            )
    return Solution(program=({"set_value": {"to": value}},), changes=changes, explains=0, earlier=len(known))


def _by_worth(pairs: Sequence[Pair]) -> Iterator[Learned]:
    """Yield what explains all pairs, then what explains the first and most of the others, then the first alone."""
    whole = find(pairs)
    if whole is not None:
        yield whole
    if len(pairs) > 1:
        yield from sorted(several(pairs), key=lambda one: -len(one.explains))
        alone = find(pairs[:1])
        if alone is not None:
            yield counted(alone.program, pairs)
