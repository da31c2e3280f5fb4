from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Varchar
from piccolo.columns.indexes import IndexMethod

from core.store.engine import is_sqlite
from core.store.tables import Record

ID = "2026-11-26T23:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The version of its rulepack that a connection is judged by, and the one before; records by connection"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for name in ("rulepack_used", "rulepack_before"):
        manager.add_column(
            table_class_name="Connection",
            tablename="connections",
            column_name=name,
            db_column_name=name,
            column_class_name="Varchar",
            column_class=Varchar,
            params={
                "length": 40,
                "default": None,
                "null": True,
                "primary_key": False,
                "unique": False,
                "index": False,
                "index_method": IndexMethod.btree,
                "choices": None,
                "db_column_name": None,
                "secret": False,
            },
            schema=None,
        )

    async def run():
        if not is_sqlite():
            await Record.raw("ALTER TABLE records ALTER COLUMN checked_with TYPE varchar(120)")
        await Record.raw(
            "CREATE INDEX IF NOT EXISTS records_of_connection ON records (connection, id) WHERE deleted_at IS NULL"
        )

    manager.add_raw(run)
    return manager
