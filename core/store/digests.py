"""Digests: kept before they are sent, each sent by one worker, and marked when they have arrived."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.notices import Digest, DigestState
from core.privacy import redact
from core.store.engine import transaction
from core.store.recipients import SubscriptionRow
from core.store.rows import from_json, to_json, utc
from core.store.tables import Digest as DigestTable
from core.store.tables import Subscription, ToldAlert


class DigestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A kept digest. `key` is the same for each try to deliver it."""

    id: int
    subscription: int
    recipient: int
    key: str
    content: Digest
    state: DigestState
    attempts: int
    error: str | None
    created_at: datetime


def _read(row: dict[str, Any]) -> DigestRow:
    return DigestRow(
        id=row["id"],
        subscription=row["subscription"],
        recipient=row["subscription.recipient"],
        key=row["key"],
        content=msgspec.convert(from_json(row["content"]), Digest),
        state=DigestState(row["state"]),
        attempts=row["attempts"],
        error=row["error"],
        created_at=utc(row["created_at"]),
    )


async def keep(
    before: SubscriptionRow, content: Digest | None, now: datetime, *, read_to: int, alerts: Sequence[int]
) -> int | None:
    """Keep what a subscription is told, and that it was told; return the digest's id. `before` is how it stood.

    None where there is nothing to tell, or another worker has told it meanwhile: either happens at most once.
    """
    async with transaction():
        moved = (
            await Subscription.update({Subscription.read_to: read_to, Subscription.digested_at: now})
            .where((Subscription.id == before.id) & (Subscription.read_to == before.read_to))
            .where(Subscription.digested_at == before.digested_at)
            .returning(Subscription.id)
        )
        if not moved:
            return None
        told = [ToldAlert(subscription=before.id, alert=alert) for alert in alerts]
        if told:
            await ToldAlert.insert(*told)
        if content is None:
            return None
        row = DigestTable(
            subscription=before.id, key=f"msg_{uuid.uuid4().hex}", content=to_json(content), due_at=now,
            created_at=now,
        )  # fmt: skip
        return int((await DigestTable.insert(row))[0]["id"])


async def get(digest_id: int) -> DigestRow | None:
    """Return one digest."""
    columns = (*DigestTable.all_columns(), DigestTable.subscription.recipient)
    row = await DigestTable.select(*columns).where(DigestTable.id == digest_id).first()
    return None if row is None else _read(row)


async def last_made(subscription: int) -> datetime | None:
    """Return when the newest digest of a subscription was made."""
    query = DigestTable.select(DigestTable.created_at).where(DigestTable.subscription == subscription)
    row = await query.order_by(DigestTable.id, ascending=False).first()
    return None if row is None else utc(row["created_at"])


async def due(now: datetime, limit: int = 200) -> list[int]:
    """Return ids of digests that wait, are due, and that no worker is sending, oldest first."""
    query = DigestTable.select(DigestTable.id).where(_waits(now))
    return [row["id"] for row in await query.order_by(DigestTable.id).limit(limit)]


async def hold(digest_id: int, now: datetime, until: datetime) -> bool:
    """Keep other workers from a digest, and tell whether this one may send it."""
    held = (
        await DigestTable.update({DigestTable.held_until: until, DigestTable.attempts: DigestTable.attempts + 1})
        .where((DigestTable.id == digest_id) & _waits(now))
        .returning(DigestTable.id)
    )
    return bool(held)


def _waits(now: datetime) -> Any:
    free = DigestTable.held_until.is_null() | (DigestTable.held_until <= now)
    return (DigestTable.state == DigestState.WAITING) & (DigestTable.due_at <= now) & free


async def end(digest_id: int, state: DigestState, now: datetime, error: str | None = None) -> None:
    """Mark a digest delivered or given up."""
    await DigestTable.update(
        {
            DigestTable.state: state,
            DigestTable.held_until: None,
            DigestTable.error: error and redact(error),
            DigestTable.delivered_at: now if state is DigestState.DELIVERED else None,
        }
    ).where((DigestTable.id == digest_id) & (DigestTable.state == DigestState.WAITING))


async def postpone(digest_id: int, due_at: datetime, error: str) -> None:
    """Leave a digest for later and remember why."""
    await DigestTable.update(
        {DigestTable.due_at: due_at, DigestTable.held_until: None, DigestTable.error: redact(error)}
    ).where((DigestTable.id == digest_id) & (DigestTable.state == DigestState.WAITING))


async def latest(recipient_ids: Sequence[int], limit: int = 20) -> list[DigestRow]:
    """Return the newest digests of these recipients."""
    if not recipient_ids:
        return []
    query = DigestTable.select(*DigestTable.all_columns(), DigestTable.subscription.recipient).where(
        DigestTable.subscription.recipient.is_in(list(recipient_ids))
    )
    return [_read(row) for row in await query.order_by(DigestTable.id, ascending=False).limit(limit)]


async def forget(before: datetime) -> None:
    """Delete digests that are done with, and marks of alerts, made before a time."""
    await DigestTable.delete().where((DigestTable.created_at < before) & (DigestTable.state != DigestState.WAITING))
    await ToldAlert.raw("DELETE FROM told_alerts WHERE alert IN (SELECT id FROM alerts WHERE created_at < {})", before)
