from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import Application

ID = "2026-11-27T04:51:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "One canary for a rule and a connection, one unfinished undo for a list"

STATEMENTS = (
    "CREATE UNIQUE INDEX IF NOT EXISTS canaries_once ON canaries (auto_rule, connection, push)",
    "CREATE UNIQUE INDEX IF NOT EXISTS undos_once ON undos (digest) WHERE finished_at IS NULL",
    "CREATE INDEX IF NOT EXISTS undos_newest ON undos (merchant, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS undo_items_once ON undo_items (undo, application)",
    "CREATE INDEX IF NOT EXISTS undo_items_by_state ON undo_items (undo, state, id)",
    "CREATE INDEX IF NOT EXISTS applications_of_rule ON applications (auto_rule, connection, id)"
    " WHERE auto_rule IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS applications_of_program ON applications (pattern, program_hash, id)",
    "CREATE INDEX IF NOT EXISTS applications_of_batch ON applications (batch, id) WHERE batch IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS applications_to_check ON applications (merchant, id)"
    " WHERE is_sampled AND audit_verdict IS NULL AND state = 'verified'",
    "CREATE INDEX IF NOT EXISTS applications_laid ON applications (record)"
    " WHERE NOT push AND state IN ('pushed', 'verified')",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await Application.raw(statement)

    manager.add_raw(run)
    return manager
