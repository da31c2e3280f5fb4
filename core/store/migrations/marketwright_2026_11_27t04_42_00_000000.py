from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import UUID, BigSerial, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T04:42:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Which learned corrections a merchant shares with others"

PLAIN = {
    "null": False,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}
COLUMNS = (
    ("id", BigSerial, {"primary_key": True}),
    ("auto_rule", UUID, {"default": None, "unique": True}),
    ("shared_by", Varchar, {"length": 100, "default": ""}),
    ("shared_at", Timestamptz, {"default": None}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    manager.add_table(class_name="SharedCorrection", tablename="shared_corrections", schema=None, columns=None)
    for name, column, params in COLUMNS:
        manager.add_column(
            table_class_name="SharedCorrection",
            tablename="shared_corrections",
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params={**PLAIN, **params},
            schema=None,
        )
    return manager
