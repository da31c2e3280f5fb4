from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.store.tables import CorrectionDecision

ID = "2026-11-27T04:41:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Earlier decisions get their reviewer by name: names are unique and never change"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        await CorrectionDecision.raw(
            "UPDATE correction_decisions SET reviewer ="
            " (SELECT u.id FROM users u WHERE u.name = correction_decisions.decided_by) WHERE reviewer IS NULL"
        )
        await CorrectionDecision.raw("CREATE INDEX IF NOT EXISTS patterns_alike ON issue_patterns (signature_hash)")

    manager.add_raw(run)
    return manager
