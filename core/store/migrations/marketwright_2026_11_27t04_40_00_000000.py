from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import BigInt, Boolean
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T04:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Decisions name their reviewer by number, and merchants say whether they receive shared corrections"

PLAIN = {
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}
COLUMNS = (
    ("CorrectionDecision", "correction_decisions", "reviewer", BigInt, {"default": None, "null": True}),
    ("Merchant", "merchants", "receives_shared", Boolean, {"default": False, "null": False}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for owner, table, name, column, params in COLUMNS:
        manager.add_column(
            table_class_name=owner,
            tablename=table,
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params={**PLAIN, **params},
            schema=None,
        )
    return manager
