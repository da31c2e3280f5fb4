from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.engine import is_sqlite
from core.store.tables import Delivery

ID = "2026-11-23T18:32:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Bodies of deliveries are compressed by lz4 where PostgreSQL has it"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        if is_sqlite():
            return
        await Delivery.raw(
            "DO $$ BEGIN ALTER TABLE deliveries ALTER COLUMN body SET COMPRESSION lz4;"
            " EXCEPTION WHEN feature_not_supported OR syntax_error THEN NULL; END $$"
        )

    manager.add_raw(run)
    return manager
