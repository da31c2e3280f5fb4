"""Programs that explain what people wrote instead of the values of one pattern: the one door to induction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.corrections import apply
from core.corrections.induction import several
from core.model.corrections import Program
from core.model.records import Record
from core.suggest.catalogue.candidates import Written

Decided = tuple[Record, str, Any]
"""A record as it was, the field, and what a person wanted there: what stood there, where that was right."""

MOST = 4
LATEST = 60
"""Decisions that programs are looked for in; they are counted on all."""

LEAST = 3
DIFFERENT = 3
"""A program that only ever met two values has learned these by heart."""


class Counted(NamedTuple):
    """A program that explains `right` of the `times` decisions on which it does something."""

    program: Program
    right: int
    times: int


def learned(decided: Sequence[Decided]) -> list[Counted]:
    """Return at most four programs with how many decisions each explains, and on how many it does something."""
    found = []
    for one in several(_answerable(decided)[-LATEST:])[: MOST * 2]:
        program = counted(one.program, decided)
        if program.right >= LEAST and program.right * 2 > program.times and _is_general(one.program, decided):
            found.append(program)
    return found[:MOST]


def _answerable(decided: Sequence[Decided]) -> list[Decided]:
    """Leave out values for which people wanted ever other things: what to write there does not stand in them."""
    wanted: dict[str, set[str]] = {}
    for record, field, after in decided:
        wanted.setdefault(str(apply.get(record, field)), set()).add(str(after))
    return [one for one in decided if len(wanted[str(apply.get(one[0], one[1]))]) <= 2]


def counted(program: Program, decided: Sequence[Decided]) -> Counted:
    """Return a program with how many of these decisions it explains, of how many on which it does something."""
    right = times = 0
    for record, field, wanted in decided:
        after = after_of(program, record, field)
        if not apply.same(after, apply.get(record, field)):
            times += 1
            right += apply.same(after, wanted)
    return Counted(program, right, times)


def without(one: Counted, decided: Decided) -> Counted:
    """Return the same as if this decision had not been made."""
    less = counted(one.program, [decided])
    return Counted(one.program, one.right - less.right, one.times - less.times)


def written(programs: Sequence[Counted], record: Record, field: str) -> list[Written]:
    """Return what programs write into a field."""
    found = []
    for program, right, times in programs:
        changes = apply.run(program, record, field)
        if changes and isinstance(changes[0].after, str):
            name = apply.program_hash(program)
            found.append(Written(program=name, value=changes[0].after, right=right, times=times))
    return found


def after_of(program: Program, record: Record, field: str) -> Any:
    """Return what a program leaves in a field."""
    changes = apply.run(program, record, field)
    return changes[0].after if changes else apply.get(record, field)


def _is_general(program: Program, decided: Sequence[Decided]) -> bool:
    """Tell whether a program was seen at work on several values, or on the only one that there is."""
    befores = {str(apply.get(record, field)) for record, field, _ in decided}
    explained = {
        str(apply.get(record, field))
        for record, field, wanted in decided
        if apply.same(after_of(program, record, field), wanted) and not apply.same(wanted, apply.get(record, field))
    }
    return len(explained) >= DIFFERENT or len(befores) <= 2
