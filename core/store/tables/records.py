"""Records, and what is wrong with them and could be done about it."""

from __future__ import annotations

from piccolo.columns import (
    JSON,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    DoublePrecision,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from core.store.tables.channels import Connection
from core.store.tables.knowledge import IssuePattern


class Record(Table, tablename="records"):
    """A canonical record with the platform's own `payload` beside it.

    `keyed_with` is the fingerprint of the rules across records that its keys were written for.
    """

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    connection = ForeignKey(references=Connection, null=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=20)
    external_id = Varchar(length=200)
    sku = Varchar(length=300, null=True, default=None)
    title = Varchar(length=500, null=True, default=None)
    record = JSON()
    payload = JSON()
    content_hash = Varchar(length=64)
    source_version = BigInt()
    checked_with = Varchar(length=120, null=True, default=None)
    keyed_with = Varchar(length=20, null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class RecordKey(Table, tablename="record_keys"):
    """A value of a live record that rules across records compare; `name` says which, and how it is made comparable.

    `amount` is in ten-thousandths, `at` in microseconds since the epoch.
    """

    id = BigSerial(primary_key=True)
    connection = BigInt()
    record = ForeignKey(references=Record, null=False, on_delete=OnDelete.cascade, index=True)
    name = Varchar(length=200)
    value = Varchar(length=200)
    path = Varchar(length=200)
    amount = BigInt(null=True, default=None)
    at = BigInt(null=True, default=None)


class Issue(Table, tablename="issues"):
    """One rule violated by one record. Open ones are unique for record, rule and field.

    `actual` is JSON in a text column: SQLite would turn a bare number in a JSON column into one of its own.
    `natural_hash` is the signature that the issue would have if nobody had grouped by hand; null where it is that.
    """

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    connection = BigInt()
    record = ForeignKey(references=Record, null=False, on_delete=OnDelete.cascade)
    pattern = ForeignKey(references=IssuePattern, null=False, target_column=IssuePattern.pattern_id)
    channel = Varchar(length=40)
    pack = Varchar(length=80)
    rule = Varchar(length=120)
    category = Varchar(length=40)
    severity = Varchar(length=20)
    field = Varchar(length=200)
    message = Text()
    actual = Text(null=True, default=None)
    fix = JSON(default="[]")
    fix_safety = Varchar(length=20, null=True, default=None)
    state = Varchar(length=20, default="open")
    resolution = Varchar(length=30, null=True, default=None)
    benefit = DoublePrecision(default=0.0)
    suggested_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    natural_hash = Varchar(length=64, null=True, default=None)


class Suggestion(Table, tablename="suggestions"):
    """A proposed correction of one issue. `rank` 1 is the best."""

    id = BigSerial(primary_key=True)
    issue = ForeignKey(references=Issue, null=False, on_delete=OnDelete.cascade, index=True)
    rank = Integer()
    source = Varchar(length=20)
    program = JSON()
    program_hash = Varchar(length=64)
    changes = JSON()
    confidence = DoublePrecision()
    evidence = JSON(default="[]")
    safety = Varchar(length=20)
    created_at = Timestamptz()


class Application(Table, tablename="applications"):
    """One correction carried out on one record: before, after, and what became of it.

    Until `held_until` a worker is at it, and nobody else carries it out or cancels it.
    """

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    connection = BigInt()
    record = ForeignKey(references=Record, null=False, on_delete=OnDelete.cascade)
    issue = BigInt(index=True)
    pattern = ForeignKey(references=IssuePattern, null=False, target_column=IssuePattern.pattern_id)
    auto_rule = UUID(null=True, default=None)
    decision = UUID(null=True, default=None)
    is_automatic = Boolean(default=False)
    is_sampled = Boolean(default=False)
    push = Boolean(default=True)
    program = JSON()
    program_hash = Varchar(length=64)
    changes = JSON()
    confidence = DoublePrecision(default=0.0)
    state = Varchar(length=20, default="pending")
    attempts = Integer(default=0)
    due_at = Timestamptz(null=True, default=None)
    error = Text(null=True, default=None)
    created_at = Timestamptz()
    pushed_at = Timestamptz(null=True, default=None)
    verified_at = Timestamptz(null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)
    undone_by = Varchar(length=100, null=True, default=None)
    is_forced = Boolean(default=False)
    held_until = Timestamptz(null=True, default=None)
