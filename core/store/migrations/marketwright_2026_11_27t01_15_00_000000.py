from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSON, UUID, BigInt, BigSerial, Integer, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T01:15:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What was asked of language models"

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
CALLS = (
    ("id", BigSerial, {"primary_key": True}),
    ("merchant", BigInt, {"default": 0}),
    ("pattern", UUID, NOTHING),
    ("issue", BigInt, {"default": 0}),
    ("model", Varchar, {"length": 200, "default": ""}),
    ("request", JSON, {"default": "{}"}),
    ("request_hash", Varchar, {"length": 64, "default": ""}),
    ("state", Varchar, {"length": 20, "default": ""}),
    ("answer", Text, NOTHING),
    ("reason", Text, NOTHING),
    ("input_tokens", Integer, {"default": 0}),
    ("output_tokens", Integer, {"default": 0}),
    ("attempts", Integer, {"default": 0}),
    ("asked_at", Timestamptz, NOTHING),
    ("answered_at", Timestamptz, NOTHING),
)
BUDGETS = (
    ("day", Varchar, {"length": 10, "default": "", "primary_key": True}),
    ("calls", BigInt, {"default": 0}),
    ("tokens", BigInt, {"default": 0}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for table_class, table, columns in (
        ("ModelCall", "model_calls", CALLS),
        ("ModelBudget", "model_budgets", BUDGETS),
    ):
        manager.add_table(class_name=table_class, tablename=table, schema=None, columns=None)
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
