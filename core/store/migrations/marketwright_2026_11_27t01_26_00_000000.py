from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import Record

ID = "2026-11-27T01:26:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A merchant's products are read in the order in which they changed"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        await Record.raw("CREATE INDEX IF NOT EXISTS records_changed ON records (merchant, kind, updated_at, id)")

    manager.add_raw(run)
    return manager
