"""The records that a pattern's history was about, as they were then: what another program is tried on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from core.corrections import apply
from core.errors import NotFound, Refused
from core.knowledge.otherwise import Seen
from core.model.corrections import Change
from core.model.records import Record, RecordKind
from core.store import records
from core.store.listings.where import all_of, as_uuid, if_given
from core.store.past import own
from core.store.records import RecordRow
from core.store.rows import from_json
from core.store.tables import Application, CorrectionDecision

_DECISIONS = """
SELECT d.sequence, d.human_decision, d.issue_data, d.ai_suggestion, d.final_solution
FROM correction_decisions d JOIN issue_patterns p ON p.pattern_id = d.pattern_id LEFT JOIN issues i ON i.id = d.issue
WHERE d.pattern_id = {} AND {}
"""
_APPLICATIONS = "SELECT id, record, changes FROM applications a WHERE a.pattern = {} AND a.is_automatic = {} AND {}"
AT_ONCE = 500


class _Kept(msgspec.Struct, frozen=True):
    """What is stored of one moment: the changes that were made or chosen, and those that were proposed."""

    number: int
    record: int
    made: Change | None
    proposed: Change | None


async def seen(scope: int | None, pattern: str) -> dict[int, Seen]:
    """Return what is known of the record of each moment, by the moment's number.

    A record is known whole where its field still holds the value from before, or the one that it was given then: the
    others of its fields are taken as they are now. Of an order nothing is kept that could be looked at.
    """
    key = as_uuid(pattern, "pattern")
    kept = [_decision(row) for row in await CorrectionDecision.raw(_DECISIONS, key, own(scope))]
    mine = all_of([if_given("a.merchant = {}", scope)])
    kept += [_application(row) for row in await Application.raw(_APPLICATIONS, key, True, mine)]
    found: dict[int, Seen] = {}
    for start in range(0, len(kept), AT_ONCE):
        part = kept[start : start + AT_ONCE]
        held = {row.id: row for row in await records.many({one.record for one in part})}
        for one in part:
            known = _seen(one, held.get(one.record))
            if known is not None:
                found[one.number] = known
    return found


def _decision(row: dict[str, Any]) -> _Kept:
    field, record = (from_json(row["issue_data"]) or {}).get("field"), from_json(row["issue_data"]).get("record")
    return _Kept(
        row["sequence"] * 2,
        record if isinstance(record, int) else 0,
        _change((from_json(row["final_solution"]) or {}).get("changes"), field),
        _change((from_json(row["ai_suggestion"]) or {}).get("changes"), field),
    )


def _application(row: dict[str, Any]) -> _Kept:
    changes = from_json(row["changes"]) or []
    return _Kept(row["id"] * 2 + 1, row["record"], _change(changes, changes[0]["field"]) if changes else None, None)


def _change(changes: Iterable[Any] | None, field: str | None) -> Change | None:
    """Return the only change, where there is one and it is of the issue's own field."""
    read = [msgspec.convert(one, Change) for one in changes or ()]
    return read[0] if len(read) == 1 and read[0].field == field else None


def _seen(kept: _Kept, row: RecordRow | None) -> Seen | None:
    told = kept.made or kept.proposed
    if told is None or (row is not None and row.kind is RecordKind.ORDER):
        return None
    whole = None if row is None or row.deleted_at is not None else _before(row.record, told, kept.made)
    return Seen(
        field=told.field,
        record=_bare(told) if whole is None else whole,
        is_whole=whole is not None,
        wanted=msgspec.UNSET if kept.made is None else kept.made.after,
        refused=msgspec.UNSET if kept.proposed is None else kept.proposed.after,
    )


def _before(now: Record, told: Change, made: Change | None) -> Record | None:
    """Return the record as it was, None where its field holds something else by now."""
    holds = apply.get(now, told.field)
    if apply.same(holds, told.before):
        return now
    if made is None or not apply.same(holds, made.after):
        return None
    try:
        return apply.patch(now, [Change(field=told.field, before=holds, after=told.before)])
    except (NotFound, Refused):
        return None


def _bare(told: Change) -> Record:
    """Return a record with nothing in it but the field at fault."""
    value = told.before
    for part in reversed(told.field.split(".")):
        value = [*[{}] * int(part), value] if part.isdecimal() and len(part) < 4 else {part: value}
    return value if isinstance(value, dict) else {}
