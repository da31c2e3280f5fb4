from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSON, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T04:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Earlier decisions that speak for a program that was found later, and programs that took others' place"

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
    ("CorrectionDecision", "correction_decisions", "reproduces", JSON, {}),
    ("AutoCorrectionRule", "auto_correction_rules", "replaced_by", Varchar, {"length": 64}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for table, tablename, name, column, params in COLUMNS:
        manager.add_column(
            table_class_name=table,
            tablename=tablename,
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params={**PLAIN, **params},
            schema=None,
        )
    return manager
