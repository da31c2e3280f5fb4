from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.indexes import INDEXES
from core.store.tables import Merchant

ID = "2026-11-23T18:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The indexes"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        for statement in INDEXES:
            await Merchant.raw(statement)

    manager.add_raw(run)
    return manager
