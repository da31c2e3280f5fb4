from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import JSON, BigInt, BigSerial, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

ID = "2026-11-27T05:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Who is told of what; what models cost; what syncs bring"


class User(Table, tablename="users", schema=None):
    id = BigSerial(primary_key=True)


class Connection(Table, tablename="connections", schema=None):
    id = BigSerial(primary_key=True)


class Recipient(Table, tablename="recipients", schema=None):
    id = BigSerial(primary_key=True)


class Subscription(Table, tablename="subscriptions", schema=None):
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
KEY = ("id", BigSerial, {"primary_key": True})


def of(table, *, null=False):
    return {
        "references": table,
        "on_delete": OnDelete.cascade,
        "on_update": OnUpdate.cascade,
        "target_column": None,
        "null": null,
    }


TABLES = (
    ("Recipient", "recipients", (
        KEY,
        ("kind", Varchar, {"length": 10, "default": ""}),
        ("merchant", BigInt, NOTHING),
        ("user", ForeignKey, of(User, null=True)),
        ("address", Varchar, {"length": 2000, "default": ""}),
        ("sealed", Text, NOTHING),
        ("token", Varchar, {"length": 64, "default": "", "unique": True}),
        ("confirmed_at", Timestamptz, NOTHING),
        ("disabled_at", Timestamptz, NOTHING),
        ("disabled_reason", Text, NOTHING),
        ("created_at", Timestamptz, {"default": None}),
    )),
    ("Subscription", "subscriptions", (
        KEY,
        ("recipient", ForeignKey, of(Recipient)),
        ("about", Varchar, {"length": 20, "default": ""}),
        ("frequency", Varchar, {"length": 20, "default": ""}),
        ("hour", Integer, {"default": 6}),
        ("read_to", BigInt, {"default": 0}),
        ("since", Timestamptz, {"default": None}),
        ("digested_at", Timestamptz, {"default": None}),
    )),
    ("ToldAlert", "told_alerts", (
        KEY,
        ("subscription", ForeignKey, of(Subscription)),
        ("alert", BigInt, {"default": 0}),
    )),
    ("Digest", "digests", (
        KEY,
        ("subscription", ForeignKey, of(Subscription)),
        ("key", Varchar, {"length": 40, "default": "", "unique": True}),
        ("content", JSON, {"default": "{}"}),
        ("state", Varchar, {"length": 20, "default": "waiting"}),
        ("attempts", Integer, {"default": 0}),
        ("error", Text, NOTHING),
        ("due_at", Timestamptz, {"default": None}),
        ("held_until", Timestamptz, NOTHING),
        ("created_at", Timestamptz, {"default": None}),
        ("delivered_at", Timestamptz, NOTHING),
    )),
    ("SealedMailServer", "mail_servers", (
        KEY,
        ("sealed", Text, {"default": ""}),
        ("updated_at", Timestamptz, {"default": None}),
    )),
    ("ModelSpending", "model_spending", (
        KEY,
        ("day", Varchar, {"length": 10, "default": ""}),
        ("merchant", BigInt, {"default": 0}),
        ("currency", Varchar, {"length": 3, "default": ""}),
        ("calls", BigInt, {"default": 0}),
        ("input_tokens", BigInt, {"default": 0}),
        ("output_tokens", BigInt, {"default": 0}),
        ("cost", BigInt, {"default": 0}),
    )),
    ("SyncCount", "sync_counts", (
        KEY,
        ("connection", ForeignKey, of(Connection)),
        ("hour", Timestamptz, {"default": None}),
        ("records", BigInt, {"default": 0}),
        ("issues", BigInt, {"default": 0}),
    )),
)
ADDED = (
    ("ModelCall", "model_calls", "cost", BigInt, NOTHING),
    ("ModelCall", "model_calls", "currency", Varchar, {"length": 3, **NOTHING}),
    ("Suggestion", "suggestions", "model_call", BigInt, NOTHING),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    def add(table_class, table, name, column, params):
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

    for table_class, table, columns in TABLES:
        manager.add_table(class_name=table_class, tablename=table, schema=None, columns=None)
        for name, column, params in columns:
            add(table_class, table, name, column, params)
    for one in ADDED:
        add(*one)
    return manager
