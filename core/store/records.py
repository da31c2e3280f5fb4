"""Canonical records with the platform's own payload beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from core.model.records import Record as Canonical
from core.model.records import RecordKind, SourceRecord
from core.store.rows import content_hash, from_json, printable, to_json
from core.store.tables import Issue, Record


class RecordRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored record."""

    id: int
    merchant: int
    connection: int
    kind: RecordKind
    external_id: str
    sku: str | None
    title: str | None
    record: Canonical
    raw: dict[str, Any]
    content_hash: str
    source_version: int
    checked_with: str | None
    keyed_with: str | None
    deleted_at: datetime | None


def _read(row: dict[str, Any]) -> RecordRow:
    values = {name: row[name] for name in RecordRow.__struct_fields__ if name != "raw"}
    values["kind"] = RecordKind(row["kind"])
    values["record"] = from_json(row["record"])
    values["raw"] = from_json(row["payload"])
    return RecordRow(**values)


async def get(record_id: int) -> RecordRow | None:
    """Return one record."""
    row = await Record.select().where(Record.id == record_id).first()
    return None if row is None else _read(row)


async def by_external_ids(connection: int, kind: RecordKind, ids: Iterable[str]) -> dict[str, RecordRow]:
    """Return a connection's records of one kind by external id."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = await Record.select().where(
        (Record.connection == connection) & (Record.kind == kind) & Record.external_id.is_in(wanted)
    )
    return {row["external_id"]: _read(row) for row in rows}


def same_content(stored: RecordRow, source: SourceRecord) -> bool:
    """Tell whether a record says what is stored of it, so that our own writes coming back change nothing."""
    return stored.content_hash == content_hash(source.record)


async def versions(connection: int, kind: RecordKind, ids: Iterable[str]) -> dict[str, int]:
    """Return the versions of a connection's records of one kind, by external id."""
    rows = await Record.select(Record.external_id, Record.source_version).where(
        (Record.connection == connection) & (Record.kind == kind) & Record.external_id.is_in(list(ids))
    )
    return {row["external_id"]: row["source_version"] for row in rows}


class Stamp(msgspec.Struct, frozen=True):
    """What a record was checked with: the edition of the pack, and the fingerprint of its rules across records."""

    pack: str
    keys: str


async def insert(merchant: int, connection: int, source: SourceRecord, stamp: Stamp, now: datetime) -> int:
    """Add a record and return its id."""
    row = Record(
        merchant=merchant,
        connection=connection,
        kind=source.kind,
        external_id=source.external_id,
        created_at=now,
        **_columns(source, stamp, now),
    )
    rows = await Record.insert(row)
    return int(rows[0]["id"])


async def overwrite(record_id: int, source: SourceRecord, stamp: Stamp, now: datetime) -> None:
    """Replace what a record holds."""
    await Record.update(_columns(source, stamp, now)).where(Record.id == record_id)


async def touch(record_id: int, source: SourceRecord, stamp: Stamp) -> None:
    """Raise the version of a record whose content is the same, and say what it was checked with."""
    await Record.update(
        {
            Record.source_version: source.version,
            Record.payload: to_json(source.raw),
            Record.checked_with: stamp.pack,
            Record.keyed_with: stamp.keys,
        }
    ).where(Record.id == record_id)


async def mark_deleted(record_id: int, version: int, now: datetime) -> None:
    """Remember that the platform no longer has it."""
    await Record.update({Record.deleted_at: now, Record.source_version: version, Record.updated_at: now}).where(
        Record.id == record_id
    )


async def forget_people(record_id: int, kept: Canonical) -> None:
    """Keep of a record only what names nobody; the platform's own payload goes, and so do the values in its issues."""
    await Record.update(
        {Record.record: to_json(kept), Record.payload: to_json({}), Record.content_hash: content_hash(kept)}
    ).where(Record.id == record_id)
    await Issue.update({Issue.actual: None}).where(Issue.record == record_id)


async def ids_checked_otherwise(connection: int, stamp: Stamp, after: int, limit: int = 200) -> list[int]:
    """Return ids of a connection's live records that were last checked with another pack or lack keys, by key."""
    otherwise = Record.checked_with.is_null() | (Record.checked_with != stamp.pack)
    otherwise = otherwise | Record.keyed_with.is_null() | (Record.keyed_with != stamp.keys)
    query = Record.select(Record.id).where(
        (Record.connection == connection) & (Record.id > after) & Record.deleted_at.is_null() & otherwise
    )
    return [row["id"] for row in await query.order_by(Record.id).limit(limit)]


async def many(ids: Iterable[int]) -> list[RecordRow]:
    """Return records by id."""
    wanted = list(ids)
    return [_read(row) for row in await Record.select().where(Record.id.is_in(wanted))] if wanted else []


def _columns(source: SourceRecord, stamp: Stamp, now: datetime) -> dict[Any, Any]:
    return {
        "sku": _text(source.record.get("sku"), 300),
        "title": _text(source.record.get("title") or source.record.get("number"), 500),
        "record": to_json(source.record),
        "payload": to_json(source.raw),
        "content_hash": content_hash(source.record),
        "source_version": source.version,
        "checked_with": stamp.pack,
        "keyed_with": stamp.keys,
        "deleted_at": None,
        "updated_at": now,
    }


def _text(value: object, limit: int) -> str | None:
    return printable(value)[:limit] if isinstance(value, str) else None
