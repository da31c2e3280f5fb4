from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-27T05:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Local models are learned anew: they weigh other pieces of words than before"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        assert engine is not None
        await engine._run_in_new_connection("DELETE FROM local_models")

    manager.add_raw(run)
    return manager
