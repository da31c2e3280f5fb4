"""Lays local corrections again over what a channel says of its records, as long as it says what they were made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from core.corrections import apply
from core.errors import NotFound, Refused
from core.model.corrections import ApplicationState, Change
from core.model.records import Record, SourceRecord
from core.store import alerts, applications, audit
from core.store.applications import ApplicationRow
from core.store.connections import ConnectionRow

ACTOR = "marketwright"


class Overlaid(msgspec.Struct, frozen=True):
    """A record with its local corrections laid over it, and those that gave way because it says something else."""

    record: Record
    gave_way: tuple[ApplicationRow, ...]


def lay(said: Record, corrections: Sequence[ApplicationRow]) -> Overlaid:
    """Lay corrections, oldest first, over what a channel says. A record that holds them already is left as it is.

    A correction is laid where the field holds the value that it was made for. Where the field holds what it or a later
    one gave it, there is nothing to do. Anything else is an edit, and the correction gives way to it.
    """
    record, gave_way = said, []
    for number, correction in enumerate(corrections):
        later = [change for one in corrections[number:] for change in one.changes]
        made = [change for change in correction.changes if apply.get(record, change.field) == change.before]
        if not all(_is_ours(record, change, later) for change in correction.changes if change not in made):
            gave_way.append(correction)
            continue
        try:
            record = apply.patch(record, made) if made else record
        except (NotFound, Refused):
            gave_way.append(correction)
    return Overlaid(record, tuple(gave_way))


def _is_ours(record: Record, change: Change, later: Sequence[Change]) -> bool:
    value = apply.get(record, change.field)
    return any(one.field == change.field and value in (one.before, one.after) for one in later)


async def lay_over(row: ConnectionRow, said: Mapping[int, SourceRecord], now: datetime) -> dict[int, Record]:
    """Return, by id, the records that differ from what is said of them by a local correction.

    A verified correction that gives way is superseded, and people are told; one that is not verified yet is left to
    its verification. Called inside a transaction that holds the connection's lock.
    """
    found: dict[int, Record] = {}
    gone: list[ApplicationRow] = []
    for record_id, corrections in (await applications.laid([*said])).items():
        if said[record_id].deleted:
            continue
        overlaid = lay(said[record_id].record, corrections)
        if overlaid.record is not said[record_id].record:
            found[record_id] = overlaid.record
        gone += [one for one in overlaid.gave_way if one.state is ApplicationState.VERIFIED]
    for one in gone:
        await _give_way(one, now)
    if gone:
        message = (
            f"Local corrections on {row.name} gave way, because the channel changed these fields since. The newest:"
            f" /applications/{gone[-1].id}/conflict"
        )
        await alerts.open_one(row.merchant, f"overlay:{row.id}", message, now, connection=row.id)
    return found


async def _give_way(correction: ApplicationRow, now: datetime) -> None:
    fields = ", ".join(change.field for change in correction.changes)
    reason = f"The channel changed {fields} since this was corrected here; what it says stands."
    if await applications.move(
        correction.id, ApplicationState.VERIFIED, ApplicationState.SUPERSEDED, now, error=reason
    ):
        await audit.append(
            ACTOR, "application.gave_way", f"application:{correction.id}", now, merchant=correction.merchant
        )
