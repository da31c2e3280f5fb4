"""Replays history with another program: what it would have made of the records that people decided on.

Each moment is told anew, as if this program had been proposed for its record. Where it gives the value that was
approved, chosen or applied, the person approved it; where a person chose another value, they changed it; where it gives
the value that they refused, they refused it. What history does not say is not known, and counted apart: a rejected
record for which the program gives some other value, and a record of which it reads fields that are not known any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from core.corrections import apply, arguments
from core.corrections.steps import STEPS
from core.knowledge.backtest import Moment
from core.model.corrections import Program, Verdict
from core.model.records import Record


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it was before a moment. `wanted` is the value that was given to `field`, `refused` one that was not.

    Where `is_whole` is False nothing but `field` is known of it.
    """

    field: str
    record: Record
    is_whole: bool
    wanted: Any = msgspec.UNSET
    refused: Any = msgspec.UNSET


class Made(StrEnum):
    """What the program made of a record, beside what history says."""

    AGREED = "agreed"
    DIFFERED = "differed"
    REFUSED = "refused"
    NOTHING = "nothing"
    NOT_KNOWN = "not_known"


class Retold(msgspec.Struct, frozen=True, kw_only=True):
    """History with the other program in it, and by each moment's number what it made of that one's record."""

    moments: list[Moment]
    made: dict[int, Made]


def reads_other_fields(program: Program) -> bool:
    """Tell whether a program needs more of a record than the field that it corrects."""
    for step in program:
        for name in step:
            kind = STEPS.get(name)
            if kind is None or any(one.is_field or one.is_record for one in arguments.parameters(kind.function)):
                return True
    return False


def retell(program: Program, name: str, moments: Iterable[Moment], seen: Mapping[int, Seen]) -> Retold:
    """Return history as it would have gone with `program` proposed for each record; `seen` is by moment number."""
    told: list[Moment] = []
    made: dict[int, Made] = {}
    narrow = not reads_other_fields(program)
    for moment in moments:
        before = seen.get(moment.number)
        known = before is not None and (narrow or before.is_whole)
        made[moment.number] = _made(program, moment, before) if before is not None and known else Made.NOT_KNOWN
        again = _again(moment, name, made[moment.number])
        if again is not None:
            told.append(again)
    return Retold(moments=told, made=made)


def _made(program: Program, moment: Moment, before: Seen) -> Made:
    changes = apply.run(program, before.record, before.field)
    if not changes:
        return Made.NOTHING
    after = changes[0].after
    if moment.verdict is Verdict.REJECTED:
        is_refused = before.refused is not msgspec.UNSET and apply.same(after, before.refused)
        return Made.REFUSED if is_refused else Made.NOT_KNOWN
    if before.wanted is msgspec.UNSET:
        return Made.NOT_KNOWN
    if apply.same(after, before.wanted):
        return Made.AGREED
    return Made.NOT_KNOWN if moment.verdict is None else Made.DIFFERED


def _again(moment: Moment, name: str, made: Made) -> Moment | None:
    """Return the moment as it would have gone; None where there was nothing to decide, or nobody knows."""
    if made is Made.AGREED:
        suggested = None if moment.verdict is None else name
        verdict = None if moment.verdict is None else Verdict.APPROVED
        return msgspec.structs.replace(moment, suggested=suggested, chosen=name, verdict=verdict)
    if made is Made.DIFFERED:
        return msgspec.structs.replace(moment, suggested=name, chosen=None, verdict=Verdict.MODIFIED)
    if made is Made.REFUSED:
        return msgspec.structs.replace(moment, suggested=name, chosen=None)
    return None
