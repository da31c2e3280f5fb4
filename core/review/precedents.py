"""What people decided for a pattern before: each record as it was then, the field, and what they wanted there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from core.corrections import paths
from core.corrections.induction import MOST_PAIRS, Pair
from core.model.corrections import Change, Verdict
from core.model.records import Record
from core.store import decisions, records
from core.store.decisions import Outcome


class Precedent(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, and the record as it was before it."""

    outcome: Outcome
    record: Record

    @property
    def pair(self) -> Pair:
        """Return the record before, the field and the value after, as programs are induced from them."""
        return self.record, self.outcome.change.field, self.outcome.change.after

    @property
    def was_chosen(self) -> bool:
        """Tell whether a person wanted this change, by approving it or by giving the value."""
        return self.outcome.verdict is not Verdict.REJECTED


async def of_pattern(pattern_id: str, most: int = MOST_PAIRS - 1) -> list[Precedent]:
    """Return the latest decisions of a pattern, newest first.

    One whose record is gone, or has changed so much that its field is, says nothing any more; nor does one on an
    order, of which no value outlives it. What other fields of a record held is taken to be what they hold now.
    """
    found = await decisions.outcomes(pattern_id, most)
    held = {row.id: row for row in await records.many({one.record for one in found})}
    precedents = []
    for one in found:
        row = held.get(one.record)
        before = None if row is None else _as_it_was(row.record, one.change)
        if before is not None:
            precedents.append(Precedent(outcome=one, record=before))
    return precedents


def pairs_of(precedents: Sequence[Precedent]) -> list[Pair]:
    """Return the pairs of what people wanted."""
    return [one.pair for one in precedents if one.was_chosen]


def _as_it_was(record: Record, change: Change) -> Record | None:
    """Return the record with the field as it was, sharing all that did not change; None where the path is gone."""
    whole: Record = dict(record)
    holder: Any = whole
    parts = change.field.split(".")
    for part in parts[:-1]:
        key = _key(holder, part)
        if key is None or not isinstance(holder[key], dict | list):
            return None
        holder[key] = holder[key].copy()
        holder = holder[key]
    if isinstance(holder, dict):
        holder[parts[-1]] = change.before
        return whole
    key = _key(holder, parts[-1])
    if key is None:
        return None
    holder[key] = change.before
    return whole


def _key(holder: Any, part: str) -> Any:
    """Return the key or index of a part that is there."""
    if isinstance(holder, dict):
        return part if part in holder else None
    index = paths.as_index(part)
    return index if index is not None and index < len(holder) else None
