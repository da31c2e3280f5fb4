from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import BigInt, BigSerial, Bytea, ForeignKey, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "2026-11-27T01:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What merchants' own catalogues taught"


class Merchant(Table, tablename="merchants", schema=None):
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
MERCHANT = {
    "references": Merchant,
    "on_delete": OnDelete.cascade,
    "on_update": OnUpdate.cascade,
    "target_column": None,
    "unique": True,
}
COLUMNS = (
    ("id", BigSerial, {"primary_key": True}),
    ("merchant", ForeignKey, MERCHANT),
    ("models", Bytea, {"default": b""}),
    ("sample", Bytea, {"default": b""}),
    ("checksum", Varchar, {"length": 64, "default": ""}),
    ("read_at", Timestamptz, {"default": None}),
    ("read_record", BigInt, {"default": 0}),
    ("learned_at", Timestamptz, {"default": None}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    manager.add_table(class_name="LocalModel", tablename="local_models", schema=None, columns=None)
    for name, column, params in COLUMNS:
        manager.add_column(
            table_class_name="LocalModel",
            tablename="local_models",
            column_name=name,
            db_column_name=name,
            column_class_name=column.__name__,
            column_class=column,
            params={**PLAIN, **params},
            schema=None,
        )
    return manager
