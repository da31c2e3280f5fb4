from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import (
    JSON,
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "2026-11-27T04:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Canaries, undos of many, and the audit of what applied itself"


class Connection(Table, tablename="connections", schema=None):
    id = BigSerial(primary_key=True)


class Undo(Table, tablename="undos", schema=None):
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
NOTHING = {"default": None, "null": True}
CASCADE = {"on_delete": OnDelete.cascade, "on_update": OnUpdate.cascade, "target_column": None}
CANARIES = (
    ("id", BigSerial, {"primary_key": True}),
    ("auto_rule", UUID, {"default": None}),
    ("connection", ForeignKey, {"references": Connection, **CASCADE}),
    ("push", Boolean, {"default": True}),
    ("stage", Varchar, {"length": 20, "default": "first"}),
    ("reason", Text, NOTHING),
    ("salt", Varchar, {"length": 40, "default": ""}),
    ("began", BigInt, {"default": 0}),
    ("changed_at", Timestamptz, {"default": None}),
)
UNDOS = (
    ("id", BigSerial, {"primary_key": True}),
    ("merchant", BigInt, {"default": 0}),
    ("scope", JSON, {"default": "{}"}),
    ("digest", Varchar, {"length": 64, "default": ""}),
    ("size", Integer, {"default": 0}),
    ("asked_by", Varchar, {"length": 100, "default": ""}),
    ("asked_at", Timestamptz, {"default": None}),
    ("finished_at", Timestamptz, NOTHING),
)
ITEMS = (
    ("id", BigSerial, {"primary_key": True}),
    ("undo", ForeignKey, {"references": Undo, **CASCADE}),
    ("application", BigInt, {"default": 0, "index": True}),
    ("state", Varchar, {"length": 20, "default": "waiting"}),
    ("message", Text, NOTHING),
    ("settled_at", Timestamptz, NOTHING),
)
APPLICATIONS = (
    ("batch", Varchar, {"length": 40, **NOTHING}),
    ("asked_by", Varchar, {"length": 100, **NOTHING}),
    ("audit_verdict", Varchar, {"length": 20, **NOTHING}),
    ("audited_by", Varchar, {"length": 100, **NOTHING}),
    ("audited_at", Timestamptz, NOTHING),
)
RULES = (("began", BigInt, {"default": 0}),)
NEW = (("Canary", "canaries", CANARIES), ("Undo", "undos", UNDOS), ("UndoItem", "undo_items", ITEMS))
CHANGED = (("Application", "applications", APPLICATIONS), ("AutoCorrectionRule", "auto_correction_rules", RULES))


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for table_class, table, _ in NEW:
        manager.add_table(class_name=table_class, tablename=table, schema=None, columns=None)
    for table_class, table, columns in (*NEW, *CHANGED):
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
