"""Canonical records with the platform's own payload beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from piccolo.columns.combination import And, Or, Where

from core.model.records import Record as Canonical
from core.model.records import RecordKind, SourceRecord
from core.model.verdicts import KeptVerdict
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
    verdicts: tuple[KeptVerdict, ...] = ()


def _read(row: dict[str, Any]) -> RecordRow:
    values = {name: row[name] for name in RecordRow.__struct_fields__ if name != "raw"}
    values["kind"] = RecordKind(row["kind"])
    values["record"] = from_json(row["record"])
    values["raw"] = from_json(row["payload"])
    values["verdicts"] = _verdicts(row["verdicts"])
    return RecordRow(**values)


def _verdicts(text: str | bytes | None) -> tuple[KeptVerdict, ...]:
    return () if not text else msgspec.json.decode(text, type=tuple[KeptVerdict, ...])


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


async def mark_seen(connection: int, kind: RecordKind, ids: Sequence[str], round_: int) -> None:
    """Remember in which round of pulls records came."""
    if ids:
        await Record.update({Record.seen_in: round_}).where(
            (Record.connection == connection) & (Record.kind == kind) & Record.external_id.is_in(list(ids))
        )


async def unseen(
    connection: int, kind: RecordKind, round_: int, since: datetime, after: int, limit: int
) -> list[tuple[int, str]]:
    """Return ids and external ids of live records that did not come in a round, nor were written since, by key."""
    other = Record.seen_in.is_null() | (Record.seen_in != round_)
    where = _live(connection, [kind]) & other & (Record.updated_at < since) & (Record.id > after)
    rows = await Record.select(Record.id, Record.external_id).where(where).order_by(Record.id).limit(limit)
    return [(row["id"], row["external_id"]) for row in rows]


async def keep_verdicts(record_id: int, verdicts: Sequence[KeptVerdict]) -> None:
    """Keep what the platform objects to in a record; nothing where it objects to nothing."""
    await Record.update({Record.verdicts: to_json(list(verdicts)) if verdicts else None}).where(Record.id == record_id)


async def with_verdicts(connection: int, kind: RecordKind, after: int, limit: int) -> list[RecordRow]:
    """Return a connection's live records of one kind in which the platform objects to something, by key."""
    where = _live(connection, [kind]) & Record.verdicts.is_not_null() & (Record.id > after)
    return [_read(row) for row in await Record.select().where(where).order_by(Record.id).limit(limit)]


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


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the rules see it, without the platform's payload. `encoded` is its JSON."""

    id: int
    kind: RecordKind
    sku: str | None
    title: str | None
    content_hash: str
    encoded: str | bytes


async def stamps(connection: int) -> list[str | None]:
    """Return what a connection's live records were checked with, each once."""
    rows = await Record.raw(
        "SELECT DISTINCT checked_with FROM records WHERE connection = {} AND deleted_at IS NULL", connection
    )
    return [row["checked_with"] for row in rows]


async def sheets(connection: int, kinds: Iterable[RecordKind], after: int, limit: int) -> list[Sheet]:
    """Return a connection's live records of some kinds, by key."""
    return await _sheets(_live(connection, kinds), after, limit)


async def sheets_checked_with(
    connection: int, stamp: str | None, kinds: Iterable[RecordKind], after: int, limit: int
) -> list[Sheet]:
    """Return a connection's live records of some kinds that were checked with `stamp`, by key."""
    return await _sheets(_live(connection, kinds) & _checked_with(stamp), after, limit)


async def ids_checked_with(
    connection: int, stamp: str | None, kinds: Iterable[RecordKind], after: int, limit: int
) -> list[int]:
    """Return ids of a connection's live records of some kinds that were checked with `stamp`, by key."""
    where = _live(connection, kinds) & _checked_with(stamp) & (Record.id > after)
    return [row["id"] for row in await Record.select(Record.id).where(where).order_by(Record.id).limit(limit)]


async def still(ids: Sequence[int], stamp: str | None) -> dict[int, str]:
    """Return the content hashes of those records that are still there and still checked with `stamp`, by id."""
    where = Record.id.is_in(list(ids)) & Record.deleted_at.is_null() & _checked_with(stamp)
    return {row["id"]: row["content_hash"] for row in await Record.select(Record.id, Record.content_hash).where(where)}


async def ids_keyed_otherwise(connection: int, fingerprint: str, after: int, limit: int) -> list[int]:
    """Return ids of a connection's live records whose keys were written for other rules across records, by key."""
    otherwise = Record.keyed_with.is_null() | (Record.keyed_with != fingerprint)
    where = _live(connection, RecordKind) & otherwise & (Record.id > after)
    return [row["id"] for row in await Record.select(Record.id).where(where).order_by(Record.id).limit(limit)]


async def rekey(ids: Sequence[int], fingerprint: str) -> None:
    """Say which rules across records the keys of records were written for."""
    if ids:
        await Record.update({Record.keyed_with: fingerprint}).where(Record.id.is_in(list(ids)))


async def restamp(ids: Sequence[int], stamp: str) -> None:
    """Say what records were checked with, without touching them otherwise."""
    if ids:
        await Record.update({Record.checked_with: stamp}).where(Record.id.is_in(list(ids)))


async def count_live(connection: int, kinds: Iterable[RecordKind]) -> int:
    """Return how many live records of some kinds a connection has."""
    return int(await Record.count().where(_live(connection, kinds)))


async def many(ids: Iterable[int]) -> list[RecordRow]:
    """Return records by id."""
    wanted = list(ids)
    return [_read(row) for row in await Record.select().where(Record.id.is_in(wanted))] if wanted else []


def _live(connection: int, kinds: Iterable[RecordKind]) -> Where | And | Or:
    return (Record.connection == connection) & Record.deleted_at.is_null() & Record.kind.is_in(sorted(kinds))


def _checked_with(stamp: str | None) -> Where:
    return Record.checked_with.is_null() if stamp is None else Record.checked_with == stamp


async def _sheets(where: Where | And | Or, after: int, limit: int) -> list[Sheet]:
    columns = (Record.id, Record.kind, Record.sku, Record.title, Record.content_hash, Record.record)
    rows = await Record.select(*columns).where(where & (Record.id > after)).order_by(Record.id).limit(limit)
    return [
        Sheet(
            id=row["id"],
            kind=RecordKind(row["kind"]),
            sku=row["sku"],
            title=row["title"],
            content_hash=row["content_hash"],
            encoded=row["record"],
        )
        for row in rows
    ]


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
