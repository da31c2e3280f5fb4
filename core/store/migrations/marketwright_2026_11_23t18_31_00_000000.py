from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.engine import is_sqlite
from core.store.tables import AuditEntry

ID = "2026-11-23T18:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The audit log takes no update and no delete"

SQLITE = tuple(
    f"CREATE TRIGGER audit_log_no_{verb.lower()} BEFORE {verb} ON audit_log"
    " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRES = (
    "CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log"
    " FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        for statement in SQLITE if is_sqlite() else POSTGRES:
            await AuditEntry.raw(statement)

    manager.add_raw(run)
    return manager
