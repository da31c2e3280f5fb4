from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import RecordKey

ID = "2026-11-26T23:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Records are found by their keys"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        await RecordKey.raw("CREATE INDEX IF NOT EXISTS record_keys_by_value ON record_keys (connection, name, value)")

    manager.add_raw(run)
    return manager
