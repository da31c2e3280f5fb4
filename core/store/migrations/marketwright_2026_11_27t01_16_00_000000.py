from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import ModelCall

ID = "2026-11-27T01:16:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A question stands once for its merchant"

STATEMENTS = (
    "CREATE UNIQUE INDEX IF NOT EXISTS model_calls_once ON model_calls (merchant, request_hash)",
    "CREATE INDEX IF NOT EXISTS model_calls_of_pattern ON model_calls (pattern, asked_at)",
    "CREATE INDEX IF NOT EXISTS model_calls_of_issue ON model_calls (issue)",
    "CREATE INDEX IF NOT EXISTS model_calls_unanswered ON model_calls (id)"
    " WHERE state IN ('failed', 'postponed', 'asking')",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await ModelCall.raw(statement)

    manager.add_raw(run)
    return manager
