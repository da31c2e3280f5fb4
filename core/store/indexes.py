"""Indexes beyond those that the tables declare: composite unique ones, partial ones, and those that listings page by.

Piccolo's own composite `Unique` is a syntax error on SQLite, so all of them are plain statements that both databases
speak. The migration `indexes` runs them.
"""

from __future__ import annotations

INDEXES: tuple[str, ...] = (
    "CREATE UNIQUE INDEX IF NOT EXISTS deliveries_once ON deliveries (connection, dedupe_key)",
    "CREATE INDEX IF NOT EXISTS deliveries_unhandled ON deliveries (id) WHERE handled_at IS NULL",
    "CREATE UNIQUE INDEX IF NOT EXISTS records_identity ON records (connection, kind, external_id)",
    "CREATE INDEX IF NOT EXISTS records_of_connection ON records (connection, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS records_sku ON records (connection, sku)",
    "CREATE UNIQUE INDEX IF NOT EXISTS sync_runs_one_at_a_time ON sync_runs (connection) WHERE finished_at IS NULL",
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
    # What the listings page by. A partial one repeats its listing's condition word by word, or no planner takes it.
    "CREATE INDEX IF NOT EXISTS issues_queue ON issues (merchant, benefit DESC, id DESC) WHERE state = 'open'",
    "CREATE INDEX IF NOT EXISTS issues_queue_of_all ON issues (benefit DESC, id DESC) WHERE state = 'open'",
    "CREATE INDEX IF NOT EXISTS issues_queue_by_age ON issues (merchant, id) WHERE state = 'open'",
    "CREATE INDEX IF NOT EXISTS issues_queue_by_pattern ON issues (merchant, pattern, benefit DESC, id DESC)"
    " WHERE state = 'open'",
    "CREATE INDEX IF NOT EXISTS issues_open_of_record ON issues (record) WHERE state = 'open'",
    "CREATE INDEX IF NOT EXISTS issues_open_of_connection ON issues (connection) WHERE state = 'open'",
    "CREATE INDEX IF NOT EXISTS issues_closed ON issues (merchant, closed_at DESC, id DESC)"
    " WHERE closed_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS issues_closed_of_all ON issues (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS applications_newest ON applications (merchant, id)",
    "CREATE INDEX IF NOT EXISTS applications_of_pattern ON applications (pattern, id)",
    "CREATE INDEX IF NOT EXISTS applications_of_decision ON applications (decision) WHERE decision IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS applications_failed ON applications (merchant) WHERE state = 'failed'",
    "CREATE INDEX IF NOT EXISTS decisions_by_person ON correction_decisions (decided_by, sequence)",
    "CREATE INDEX IF NOT EXISTS patterns_last_seen ON issue_patterns (merchant, last_seen_at, pattern_id)",
    "CREATE INDEX IF NOT EXISTS records_newest ON records (merchant, id) WHERE deleted_at IS NULL",
    "CREATE INDEX IF NOT EXISTS sync_runs_newest ON sync_runs (connection, id)",
    "CREATE INDEX IF NOT EXISTS alerts_newest ON alerts (merchant, id)",
    "CREATE INDEX IF NOT EXISTS audit_log_of_merchant ON audit_log (merchant, id)",
)
