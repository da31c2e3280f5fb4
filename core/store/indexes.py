"""Indexes beyond those that the tables declare: composite unique ones, partial ones, and those that listings page by.

Piccolo's own composite `Unique` is a syntax error on SQLite, so all of them are plain statements that both databases
speak. The migration `indexes` runs them.
"""

from __future__ import annotations

INDEXES: tuple[str, ...] = (
    "CREATE UNIQUE INDEX IF NOT EXISTS deliveries_once ON deliveries (connection, dedupe_key)",
    "CREATE INDEX IF NOT EXISTS deliveries_unhandled ON deliveries (id) WHERE handled_at IS NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS records_identity ON records (connection, kind, external_id)",
    "CREATE INDEX IF NOT EXISTS records_sku ON records (connection, sku)",
    "CREATE UNIQUE INDEX IF NOT EXISTS sync_runs_one_at_a_time ON sync_runs (connection, kind)"
    " WHERE finished_at IS NULL",
    "CREATE INDEX IF NOT EXISTS sync_runs_latest ON sync_runs (connection, kind, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS issues_open_once ON issues (record, rule, field) WHERE closed_at IS NULL",
    "CREATE INDEX IF NOT EXISTS issues_by_pattern ON issues (pattern, state, id)",
    "CREATE INDEX IF NOT EXISTS issues_unsuggested ON issues (id) WHERE suggested_at IS NULL AND closed_at IS NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS issue_patterns_signature ON issue_patterns (merchant, signature_hash)",
    "CREATE UNIQUE INDEX IF NOT EXISTS auto_rules_program ON auto_correction_rules (pattern_id, program_hash)",
    "CREATE INDEX IF NOT EXISTS decisions_in_order ON correction_decisions (pattern_id, sequence)",
    "CREATE UNIQUE INDEX IF NOT EXISTS decisions_sequence ON correction_decisions (sequence)",
    "CREATE UNIQUE INDEX IF NOT EXISTS applications_one_open ON applications (issue)"
    " WHERE state IN ('pending', 'pushed', 'undoing')",
    "CREATE INDEX IF NOT EXISTS applications_due ON applications (id) WHERE state IN ('pending', 'pushed', 'undoing')",
    "CREATE UNIQUE INDEX IF NOT EXISTS alerts_open_once ON alerts (merchant, subject) WHERE closed_at IS NULL",
    "CREATE INDEX IF NOT EXISTS audit_log_by_subject ON audit_log (subject, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS audit_log_chain ON audit_log (previous_hash)",
)
