"""Webhooks that were acknowledged: what is not handled yet, and what became of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.model.events import WebhookEvent
from core.privacy import redact
from core.store.rows import from_json
from core.store.tables import Delivery

JUST_ASKED_FOR = timedelta(seconds=5)


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A kept webhook. `body` is as received."""

    id: int
    connection: int
    topic: str
    event: WebhookEvent
    body: bytes
    received_at: datetime
    attempts: int


def _read(row: dict[str, Any]) -> DeliveryRow:
    event = msgspec.convert(from_json(row["event"]), WebhookEvent)
    return DeliveryRow(
        id=row["id"],
        connection=row["connection"],
        topic=row["topic"],
        event=event,
        body=bytes(row["body"]),
        received_at=row["received_at"],
        attempts=row["attempts"],
    )


async def unhandled(now: datetime, limit: int = 1000) -> list[int]:
    """Return ids of deliveries whose job never finished and which are due, oldest first.

    What came in within the last seconds has just been asked for.
    """
    query = Delivery.select(Delivery.id).where(
        Delivery.handled_at.is_null()
        & ((Delivery.due_at.is_null() & (Delivery.received_at <= now - JUST_ASKED_FOR)) | (Delivery.due_at <= now))
    )
    return [row["id"] for row in await query.order_by(Delivery.id).limit(limit)]


async def open_ones(ids: Sequence[int]) -> list[DeliveryRow]:
    """Return those of `ids` that are not handled yet, oldest first."""
    if not ids:
        return []
    query = Delivery.select().where(Delivery.id.is_in(list(ids)) & Delivery.handled_at.is_null())
    return [_read(row) for row in await query.order_by(Delivery.id)]


async def finish(delivery_id: int, outcome: str, now: datetime, error: str | None = None) -> bool:
    """Mark a delivery handled and return True, or False when another worker already has.

    Called inside the transaction that writes its effect, so that both happen or neither.
    """
    changed = (
        await Delivery.update(
            {Delivery.handled_at: now, Delivery.outcome: outcome, Delivery.error: error and redact(error)}
        )
        .where((Delivery.id == delivery_id) & Delivery.handled_at.is_null())
        .returning(Delivery.id)
    )
    return bool(changed)


async def postpone(delivery_id: int, due_at: datetime, error: str) -> None:
    """Leave a delivery for later and remember why."""
    await Delivery.update(
        {Delivery.attempts: Delivery.attempts + 1, Delivery.due_at: due_at, Delivery.error: redact(error)}
    ).where((Delivery.id == delivery_id) & Delivery.handled_at.is_null())


async def reopen(delivery_id: int) -> bool:
    """Let a delivery be handled again, and tell whether there is one."""
    changed = (
        await Delivery.update(
            {Delivery.handled_at: None, Delivery.outcome: None, Delivery.error: None, Delivery.due_at: None}
        )
        .where(Delivery.id == delivery_id)
        .returning(Delivery.id)
    )
    return bool(changed)


async def forget(before: datetime) -> int:
    """Delete handled deliveries received before a time and return how many."""
    gone = (
        await Delivery.delete()
        .where(Delivery.handled_at.is_not_null() & (Delivery.received_at < before))
        .returning(Delivery.id)
    )
    return len(gone)


async def latest(limit: int = 50, before_id: int | None = None) -> list[dict[str, Any]]:
    """Return the newest deliveries without their bodies."""
    query = Delivery.select(
        Delivery.id, Delivery.connection, Delivery.topic, Delivery.received_at, Delivery.attempts,
        Delivery.handled_at, Delivery.outcome, Delivery.error,
    ).order_by(Delivery.id, ascending=False)  # fmt: skip
    if before_id is not None:
        query = query.where(Delivery.id < before_id)
    return list(await query.limit(limit))
