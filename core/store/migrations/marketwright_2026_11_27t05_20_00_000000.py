from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSON, BigInt, Boolean
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T05:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What platforms object to, and which records a whole pull brought"

PLAIN = {
    "default": None,
    "null": True,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}
COLUMNS = (
    ("Record", "records", "verdicts", JSON, {}),
    ("Record", "records", "seen_in", BigInt, {}),
    ("SyncRun", "sync_runs", "round", BigInt, {}),
    ("SyncRun", "sync_runs", "complete", Boolean, {"default": False, "null": False}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for table_class, table, name, column, params in COLUMNS:
        manager.add_column(
            table_class_name=table_class,
            tablename=table,
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params={**PLAIN, **params},
            schema=None,
        )
    return manager
