from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import Recipient

ID = "2026-11-27T05:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A recipient is told each thing once; what pulls brought until now is counted as syncs"

STATEMENTS = (
    'CREATE UNIQUE INDEX IF NOT EXISTS recipients_of_user ON recipients ("user") WHERE "user" IS NOT NULL',
    "CREATE UNIQUE INDEX IF NOT EXISTS subscriptions_once ON subscriptions (recipient, about)",
    "CREATE UNIQUE INDEX IF NOT EXISTS told_alerts_once ON told_alerts (subscription, alert)",
    "CREATE INDEX IF NOT EXISTS digests_waiting ON digests (due_at) WHERE state = 'waiting'",
    "CREATE INDEX IF NOT EXISTS digests_newest ON digests (subscription, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS model_spending_once ON model_spending (day, merchant, currency)",
    "CREATE UNIQUE INDEX IF NOT EXISTS sync_counts_once ON sync_counts (connection, hour)",
    "CREATE INDEX IF NOT EXISTS model_calls_newest ON model_calls (merchant, id)",
    "CREATE INDEX IF NOT EXISTS alerts_opened ON alerts (created_at)",
    "INSERT INTO sync_counts (connection, hour, records, issues)"
    " SELECT connection, started_at, SUM(seen), SUM(issues) FROM sync_runs WHERE seen > 0"
    " GROUP BY connection, started_at",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await Recipient.raw(statement)

    manager.add_raw(run)
    return manager
