from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import JSON, BigSerial, ForeignKey, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "2026-11-26T23:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What platforms publish of their requirements"


class Connection(Table, tablename="connections", schema=None):
    id = BigSerial(primary_key=True)


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
CONNECTION = {
    "references": Connection,
    "on_delete": OnDelete.cascade,
    "on_update": OnUpdate.cascade,
    "target_column": None,
}
NOTHING = {"default": None, "null": True}
SETS = (
    ("id", BigSerial, {"primary_key": True}),
    ("connection", ForeignKey, CONNECTION),
    ("name", Varchar, {"length": 200, "default": ""}),
    ("version", Varchar, {"length": 200, **NOTHING}),
    ("checksum", Varchar, {"length": 64, "default": ""}),
    ("requirements", JSON, {"default": "[]"}),
    ("skipped", JSON, {"default": "[]"}),
    ("fetched_at", Timestamptz, NOTHING),
)
CONNECTIONS = (
    ("requirements", Varchar, {"length": 64, **NOTHING}),
    ("requirements_at", Timestamptz, NOTHING),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    manager.add_table(class_name="RequirementSet", tablename="requirement_sets", schema=None, columns=None)
    for table_class, table, columns in (
        ("RequirementSet", "requirement_sets", SETS),
        ("Connection", "connections", CONNECTIONS),
    ):
        for name, column, params in columns:
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
