from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import RequirementSet

ID = "2026-11-26T23:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A connection has one requirement set of a name"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        await RequirementSet.raw(
            "CREATE UNIQUE INDEX IF NOT EXISTS requirement_sets_identity ON requirement_sets (connection, name)"
        )

    manager.add_raw(run)
    return manager
