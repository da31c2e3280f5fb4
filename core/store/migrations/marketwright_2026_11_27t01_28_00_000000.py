from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Integer
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-27T01:28:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What people elsewhere thought of a correction that was taken over"

PLAIN = {
    "default": 0,
    "null": False,
    "primary_key": False,
    "unique": False,
    "index": False,
    "index_method": IndexMethod.btree,
    "choices": None,
    "db_column_name": None,
    "secret": False,
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)
    for name in ("carried_approvals", "carried_rejections"):
        manager.add_column(
            table_class_name="AutoCorrectionRule",
            tablename="auto_correction_rules",
            column_name=name,
            db_column_name=name,
            column_class_name="Integer",
            column_class=Integer,
            params=PLAIN,
            schema=None,
        )
    return manager
