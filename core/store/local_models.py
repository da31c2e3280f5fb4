"""What merchants' catalogues taught: one row for each merchant, with the sample it was learned from."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import msgspec

from core.model.records import RecordKind
from core.store.rows import utc
from core.store.tables import Connection, LocalModel, Record

MOST = 16
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Shelf:
    """Models as they were last read, by merchant; the least recently used go first. Each is kept with its checksum."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[int, tuple[str, Any]] = OrderedDict()

    def get(self, merchant: int, checksum: str) -> Any:
        """Return a merchant's models where they are still those of this checksum, else None."""
        held = self._held.get(merchant)
        if held is None or held[0] != checksum:
            return None
        self._held.move_to_end(merchant)
        return held[1]

    def keep(self, merchant: int, checksum: str, models: Any) -> None:
        """Keep a merchant's models."""
        self._held[merchant] = (checksum, models)
        self._held.move_to_end(merchant)
        while len(self._held) > self._most:
            self._held.popitem(last=False)


class LearnedSoFar(msgspec.Struct, frozen=True, kw_only=True):
    """How far a merchant's records were read: all that changed before `at`, and at that time up to `record`."""

    at: datetime
    record: int
    sample: bytes


async def checksums(merchants: Collection[int]) -> dict[int, str]:
    """Return the checksum of each merchant's models, for those that have some."""
    if not merchants:
        return {}
    query = LocalModel.select(LocalModel.merchant, LocalModel.checksum)
    rows = await query.where(LocalModel.merchant.is_in(list(merchants)))
    return {row["merchant"]: row["checksum"] for row in rows}


async def models(merchant: int) -> tuple[str, bytes] | None:
    """Return a merchant's models with their checksum."""
    query = LocalModel.select(LocalModel.checksum, LocalModel.models)
    row = await query.where(LocalModel.merchant == merchant).first()
    return None if row is None else (row["checksum"], bytes(row["models"]))


async def so_far(merchant: int) -> LearnedSoFar:
    """Return how far a merchant's records were read, and what is kept of them."""
    row = await LocalModel.select().where(LocalModel.merchant == merchant).first()
    if row is None:
        return LearnedSoFar(at=BEGINNING, record=0, sample=b"")
    return LearnedSoFar(at=utc(row["read_at"]), record=row["read_record"], sample=bytes(row["sample"]))


async def store(merchant: int, learned: LearnedSoFar, models: bytes, now: datetime) -> None:
    """Put a merchant's models in the place of those it had, and say how far its records were read."""
    await LocalModel.raw(
        "INSERT INTO local_models (merchant, models, sample, checksum, read_at, read_record, learned_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (merchant) DO UPDATE SET models = excluded.models,"
        " sample = excluded.sample, checksum = excluded.checksum, read_at = excluded.read_at,"
        " read_record = excluded.read_record, learned_at = excluded.learned_at",
        merchant, models, learned.sample, hashlib.sha256(models).hexdigest(), learned.at, learned.record, now,
    )  # fmt: skip


async def changed_records(merchant: int, at: datetime, record: int, limit: int) -> list[dict[str, Any]]:
    """Return a merchant's products that changed after that time, oldest first: id, channel, record, times."""
    rows = await (
        Record.select(Record.id, Record.record, Record.deleted_at, Record.updated_at, Record.connection)
        .where(
            (Record.merchant == merchant)
            & (Record.kind == RecordKind.PRODUCT)
            & ((Record.updated_at > at) | ((Record.updated_at == at) & (Record.id > record)))
        )
        .order_by(Record.updated_at)
        .order_by(Record.id)
        .limit(limit)
    )
    query = Connection.select(Connection.id, Connection.channel)
    found = await query.where(Connection.merchant == merchant) if rows else []
    channels = {row["id"]: row["channel"] for row in found}
    return [{**row, "channel": channels.get(row["connection"], "")} for row in rows]
