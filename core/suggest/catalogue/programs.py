"""Programs that explain what people wrote instead of the values of one pattern: the one door to induction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.corrections import apply
from core.corrections.induce import Pair, candidates
from core.model.corrections import Program
from core.model.records import Record
from core.suggest.catalogue.candidates import Written

Decided = tuple[Record, str, Any]
"""A record as it was, the field, and what a person wanted there, None where it was right as it stood."""

MOST = 3
SEEDS = 4
TRIED = 400
LATEST = 40
LEAST = 3
DIFFERENT = 3
"""A program that only ever met two values has learned these by heart."""


class Counted(NamedTuple):
    """A program that explains `right` of the `times` decisions on which it does something."""

    program: Program
    right: int
    times: int


def learned(decided: Sequence[Decided]) -> list[Counted]:
    """Return at most three programs, each of which explains three decisions or more that those before it did not.

    Each comes with how many decisions it explains, and on how many it does something.
    """
    pairs = [(record, field, wanted) for record, field, wanted in decided if wanted is not None]
    left = pairs[-LATEST:]
    found: list[Counted] = []
    while len(left) >= LEAST and len(found) < MOST:
        best, explained = None, LEAST - 1
        for at in range(min(SEEDS, len(left))):
            program, times = _best_from(left[at:] + left[:at], explained)
            if program is not None:
                best, explained = program, times
        if best is None:
            break
        found.append(counted(best, decided))
        left = [pair for pair in left if not explains(best, pair)]
    return found


def counted(program: Program, decided: Sequence[Decided]) -> Counted:
    """Return a program with how many of these decisions it explains, of how many on which it does something."""
    right = times = 0
    for record, field, wanted in decided:
        after = after_of(program, record, field)
        if not apply.same(after, apply.get(record, field)):
            times += 1
            right += wanted is not None and apply.same(after, wanted)
    return Counted(program, right, times)


def without(one: Counted, decided: Decided) -> Counted:
    """Return the same as if this decision had not been made."""
    less = counted(one.program, [decided])
    return Counted(one.program, one.right - less.right, one.times - less.times)


def _best_from(pairs: Sequence[Pair], beaten: int) -> tuple[Program | None, int]:
    """Return what explains most of the pairs, among programs that explain the first, and how many those are."""
    best: Program | None = None
    for at, program in enumerate(candidates(pairs[:1])):
        if at >= TRIED:
            break
        if any("set_value" in step or "default" in step for step in program) or not explains(program, pairs[0]):
            continue
        explained = [pair for pair in pairs if explains(program, pair)]
        if len(explained) > beaten and _is_general(explained, pairs):
            best, beaten = program, len(explained)
    return best, beaten


def _is_general(explained: Sequence[Pair], pairs: Sequence[Pair]) -> bool:
    """Tell whether a program was seen at work on several values, or on the only one that there is."""
    befores = {str(apply.get(record, field)) for record, field, _ in explained}
    return len(befores) >= DIFFERENT or len({str(apply.get(record, field)) for record, field, _ in pairs}) == 1


def explains(program: Program, pair: Pair) -> bool:
    """Tell whether a program writes what a person wrote."""
    record, field, after = pair
    return apply.same(after_of(program, record, field), after)


def after_of(program: Program, record: Record, field: str) -> Any:
    """Return what a program leaves in a field."""
    changes = apply.run(program, record, field)
    return changes[0].after if changes else apply.get(record, field)


def written(several: Sequence[Counted], record: Record, field: str) -> list[Written]:
    """Return what programs write into a field."""
    found = []
    for program, right, times in several:
        changes = apply.run(program, record, field)
        if changes and isinstance(changes[0].after, str):
            name = apply.program_hash(program)
            found.append(Written(program=name, value=changes[0].after, right=right, times=times))
    return found
