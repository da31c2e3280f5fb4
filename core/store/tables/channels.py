"""Connections, and how their records come in: deliveries and sync runs."""

from __future__ import annotations

from piccolo.columns import JSON, BigInt, BigSerial, Boolean, Bytea, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from core.store.tables.people import Merchant, User


class Connection(Table, tablename="connections"):
    """One merchant's account on one channel. `sealed` is the settings struct, sealed by the vault.

    `rulepack` is the version that it is pinned to, null where it follows the newest; `rulepack_used` the version that
    its records were last judged by, `rulepack_before` the one before that.
    `requirements` is the checksum over its requirement sets, null where the platform publishes none.
    """

    id = BigSerial(primary_key=True)
    public_id = Varchar(length=40, unique=True)
    merchant = ForeignKey(references=Merchant, null=False, on_delete=OnDelete.cascade)
    channel = Varchar(length=40)
    name = Varchar(length=120)
    sealed = Text()
    mode = Varchar(length=20, default="suggest")
    enabled = Boolean(default=True)
    rulepack = Varchar(length=40, null=True, default=None)
    rulepack_used = Varchar(length=40, null=True, default=None)
    rulepack_before = Varchar(length=40, null=True, default=None)
    sync_minutes = Integer(default=15)
    state = Varchar(length=20, default="new")
    state_reason = Text(null=True, default=None)
    facts = JSON(default="{}")
    tested_at = Timestamptz(null=True, default=None)
    synced_at = Timestamptz(null=True, default=None)
    requirements = Varchar(length=64, null=True, default=None)
    requirements_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Handover(Table, tablename="handovers"):
    """A person sent to a channel to connect an account there, and not back yet. Only the hash of the state is kept.

    `sealed` holds what they had filled in, until it is used; `connection` is what it is for, or what came of it.
    """

    id = BigSerial(primary_key=True)
    state_hash = Varchar(length=64, unique=True)
    merchant = ForeignKey(references=Merchant, null=False, on_delete=OnDelete.cascade)
    channel = Varchar(length=40)
    name = Varchar(length=120)
    sealed = Text()
    connection = BigInt(null=True, default=None)
    user = ForeignKey(references=User, null=False, on_delete=OnDelete.cascade)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class Delivery(Table, tablename="deliveries"):
    """One received webhook, kept before it was acknowledged. `body` is as it came.

    `connection` is no foreign key: its check would lock the connection's row for every delivery.
    """

    id = BigSerial(primary_key=True)
    connection = BigInt()
    dedupe_key = Varchar(length=200)
    topic = Varchar(length=120)
    event = JSON()
    body = Bytea()
    received_at = Timestamptz()
    attempts = Integer(default=0)
    due_at = Timestamptz(null=True, default=None)
    handled_at = Timestamptz(null=True, default=None)
    outcome = Varchar(length=30, null=True, default=None)
    error = Text(null=True, default=None)


class SyncRun(Table, tablename="sync_runs"):
    """One pull of one kind of record. `finished_at` is null while it runs; `beat_at` tells a live one from a dead.

    `round` is the run in which the pull began that this one goes on with; `complete` says that it ended with
    everything that the channel has.
    """

    id = BigSerial(primary_key=True)
    connection = ForeignKey(references=Connection, null=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=20)
    cursor = JSON(default="{}")
    state = Varchar(length=20, default="running")
    seen = Integer(default=0)
    changed = Integer(default=0)
    issues = Integer(default=0)
    total = Integer(null=True, default=None)
    error = Text(null=True, default=None)
    started_at = Timestamptz()
    beat_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)
    round = BigInt(null=True, default=None)
    complete = Boolean(default=False)


class SyncCount(Table, tablename="sync_counts"):
    """What a connection brought within an hour, by pulls and webhooks. Unique for connection and hour.

    `records` were checked as they came; `issues` opened with them.
    """

    id = BigSerial(primary_key=True)
    connection = ForeignKey(references=Connection, null=False, on_delete=OnDelete.cascade)
    hour = Timestamptz()
    records = BigInt(default=0)
    issues = BigInt(default=0)


class RequirementSet(Table, tablename="requirement_sets"):
    """What a platform publishes in one piece. Unique for connection and name; `version` is the platform's own."""

    id = BigSerial(primary_key=True)
    connection = ForeignKey(references=Connection, null=False, on_delete=OnDelete.cascade)
    name = Varchar(length=200)
    version = Varchar(length=200, null=True, default=None)
    checksum = Varchar(length=64)
    requirements = JSON(default="[]")
    skipped = JSON(default="[]")
    fetched_at = Timestamptz(null=True, default=None)
