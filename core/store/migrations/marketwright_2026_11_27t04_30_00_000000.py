from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSON, UUID, BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T04:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "By what similar patterns are found, and how people group patterns by hand"

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
NONE = {"default": None, "null": True}
GROUPINGS = ("PatternGrouping", "pattern_groupings")
PATTERNS = ("IssuePattern", "issue_patterns")
COLUMNS = (
    (*GROUPINGS, "id", BigSerial, {"primary_key": True}),
    (*GROUPINGS, "merchant", BigInt, {"default": 0}),
    (*GROUPINGS, "kind", Varchar, {"length": 10, "default": ""}),
    (*GROUPINGS, "source", UUID, {"default": None}),
    (*GROUPINGS, "source_hash", Varchar, {"length": 64, "default": ""}),
    (*GROUPINGS, "condition", JSON, NONE),
    (*GROUPINGS, "target", UUID, NONE),
    (*GROUPINGS, "target_signature", JSON, NONE),
    (*GROUPINGS, "target_title", Text, NONE),
    (*GROUPINGS, "reason", Text, NONE),
    (*GROUPINGS, "made_by", Varchar, {"length": 100, "default": ""}),
    (*GROUPINGS, "made_at", Timestamptz, {"default": None}),
    (*GROUPINGS, "undone_by", Varchar, {"length": 100, **NONE}),
    (*GROUPINGS, "undone_at", Timestamptz, NONE),
    (*PATTERNS, "leaf", Varchar, {"length": 200, "default": ""}),
    (*PATTERNS, "family", Varchar, {"length": 120, "default": ""}),
    (*PATTERNS, "merged_into", UUID, NONE),
    (*PATTERNS, "split_by", BigInt, NONE),
    ("Issue", "issues", "natural_hash", Varchar, {"length": 64, **NONE}),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    manager.add_table(class_name=GROUPINGS[0], tablename=GROUPINGS[1], schema=None, columns=None)
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
