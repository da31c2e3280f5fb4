"""Every table. Columns of the document's four knowledge tables keep its names; the others use the words of the design.

Times are aware UTC. JSON columns hold text that `core.store.rows` encodes and decodes with msgspec. Composite unique
indexes are made by the second migration, because Piccolo's `Unique` over several columns is not SQLite's syntax.
"""

from __future__ import annotations

import uuid
from decimal import Decimal

from piccolo.columns import (
    JSON,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    DoublePrecision,
    ForeignKey,
    Integer,
    Numeric,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Merchant(Table, tablename="merchants"):
    """A tenant."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=200, unique=True)
    created_at = Timestamptz()


class User(Table, tablename="users"):
    """A person. `role` is `admin` or `reviewer`; `merchant` is null for an admin of the whole installation."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=100, unique=True)
    password_hash = Text()
    role = Varchar(length=20)
    merchant = ForeignKey(references=Merchant, null=True, on_delete=OnDelete.cascade)
    is_active = Boolean(default=True)
    created_at = Timestamptz()


class Session(Table, tablename="sessions"):
    """A live token; `kind` says what for, `label` names an API token. Only its SHA-256 is kept, never the token."""

    id = BigSerial(primary_key=True)
    token_hash = Varchar(length=64, unique=True)
    user = ForeignKey(references=User, null=False, on_delete=OnDelete.cascade, index=True)
    csrf = Varchar(length=64)
    kind = Varchar(length=20, default="browser")
    label = Varchar(length=100, null=True, default=None)
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)


class SignInAttempt(Table, tablename="sign_in_attempts"):
    """One try at a password. `key` is a hash of the name, or of name and address; a success removes them."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=64, index=True)
    at = Timestamptz()


class Connection(Table, tablename="connections"):
    """One merchant's account on one channel. `sealed` is the settings struct, sealed by the vault."""

    id = BigSerial(primary_key=True)
    public_id = Varchar(length=40, unique=True)
    merchant = ForeignKey(references=Merchant, null=False, on_delete=OnDelete.cascade)
    channel = Varchar(length=40)
    name = Varchar(length=120)
    sealed = Text()
    mode = Varchar(length=20, default="suggest")
    enabled = Boolean(default=True)
    rulepack = Varchar(length=40, null=True, default=None)
    sync_minutes = Integer(default=15)
    state = Varchar(length=20, default="new")
    state_reason = Text(null=True, default=None)
    facts = JSON(default="{}")
    tested_at = Timestamptz(null=True, default=None)
    synced_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Delivery(Table, tablename="deliveries"):
    """One received webhook, kept before it was acknowledged. `body` and `headers` are as they came."""

    id = BigSerial(primary_key=True)
    connection = ForeignKey(references=Connection, null=False, on_delete=OnDelete.cascade)
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
    """One pull of one kind of record. `finished_at` is null while it runs; `beat_at` tells a live one from a dead."""

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


class Record(Table, tablename="records"):
    """A canonical record with the platform's own `payload` beside it."""

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
    checked_with = Varchar(length=80, null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class MarketplaceRule(Table, tablename="marketplace_rules"):
    """The active rules as the document's table shows them; filled from the rulepacks."""

    rule_id = UUID(primary_key=True, default=uuid.uuid4)
    marketplace_name = Varchar(length=100)
    rule_type = Varchar(length=50)
    rule_description = Text()
    validation_logic = JSON()
    auto_correction_logic = JSON(null=True, default=None)
    is_active = Boolean(default=True)
    created_at = Timestamptz()
    rulepack = Varchar(length=80)
    rule_name = Varchar(length=120)


class IssuePattern(Table, tablename="issue_patterns"):
    """The cause that issues share. `signature_hash` is unique within a merchant; merchant 0 holds shared ones."""

    pattern_id = UUID(primary_key=True, default=uuid.uuid4)
    marketplace_name = Varchar(length=100)
    issue_type = Varchar(length=100)
    issue_description = Text()
    pattern_signature = JSON()
    occurrence_count = Integer(default=1)
    last_seen_at = Timestamptz()
    merchant = BigInt()
    signature_hash = Varchar(length=64)
    confidence = DoublePrecision(default=0.0)
    phase = Varchar(length=20, default="detected")
    fix_safety = Varchar(length=20, null=True, default=None)
    created_at = Timestamptz()


class Issue(Table, tablename="issues"):
    """One rule violated by one record. Open ones are unique for record, rule and field."""

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
    actual = JSON(null=True, default=None)
    fix = JSON(default="[]")
    fix_safety = Varchar(length=20, null=True, default=None)
    state = Varchar(length=20, default="open")
    resolution = Varchar(length=30, null=True, default=None)
    benefit = DoublePrecision(default=0.0)
    suggested_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)


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


class CorrectionDecision(Table, tablename="correction_decisions"):
    """A human verdict. `confidence_score` is the confidence of the program that was chosen, after this decision."""

    decision_id = UUID(primary_key=True, default=uuid.uuid4)
    pattern_id = ForeignKey(references=IssuePattern, null=False, target_column=IssuePattern.pattern_id, index=True)
    issue_data = JSON()
    ai_suggestion = JSON(null=True, default=None)
    human_decision = Varchar(length=50)
    final_solution = JSON(null=True, default=None)
    decided_by = Varchar(length=100)
    decided_at = Timestamptz()
    confidence_score = Numeric(digits=(5, 2))
    sequence = BigInt()
    issue = BigInt(index=True)
    suggested_hash = Varchar(length=64, null=True, default=None)
    final_hash = Varchar(length=64, null=True, default=None)
    reason = Text(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class AutoCorrectionRule(Table, tablename="auto_correction_rules"):
    """A learned correction of one pattern. `success_rate` is a percentage, an exponential average of outcomes."""

    auto_rule_id = UUID(primary_key=True, default=uuid.uuid4)
    pattern_id = ForeignKey(references=IssuePattern, null=False, target_column=IssuePattern.pattern_id)
    correction_logic = JSON()
    confidence_threshold = Numeric(digits=(5, 2))
    success_rate = Numeric(digits=(5, 2), default=Decimal(100))
    application_count = Integer(default=0)
    is_active = Boolean(default=True)
    created_at = Timestamptz()
    program_hash = Varchar(length=64)
    safety = Varchar(length=20)
    approvals = Integer(default=0)
    rejections = Integer(default=0)
    confidence = DoublePrecision(default=0.0)
    certified_bound = DoublePrecision(default=0.0)
    off_reason = Text(null=True, default=None)


class Application(Table, tablename="applications"):
    """One correction carried out on one record: before, after, and what became of it."""

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


class Alert(Table, tablename="alerts"):
    """Something a person should know. One open alert for each `subject` and merchant."""

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    connection = BigInt(null=True, default=None)
    subject = Varchar(length=200)
    severity = Varchar(length=20)
    message = Text()
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)


class AuditEntry(Table, tablename="audit_log"):
    """Who did what to which thing, in a chain of hashes: each entry's hash covers the one before it."""

    id = BigSerial(primary_key=True)
    at = Timestamptz()
    merchant = BigInt(null=True, default=None)
    actor = Varchar(length=100)
    action = Varchar(length=80)
    subject = Varchar(length=200)
    detail = JSON(default="{}")
    previous_hash = Varchar(length=64)
    hash = Varchar(length=64)


TABLES: tuple[type[Table], ...] = (
    Merchant, User, Session, SignInAttempt, Connection, Delivery, SyncRun, Record, MarketplaceRule, IssuePattern, Issue,
    Suggestion, CorrectionDecision, AutoCorrectionRule, Application, Alert, AuditEntry,
)  # fmt: skip
