from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.querystring import QueryString

from core.store.given import given
from core.store.rows import from_json
from core.store.tables import IssuePattern, PatternGrouping

ID = "2026-11-27T04:31:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Patterns that have learned are found by rule, field and family; groupings by merchant"

INDEXES = (
    "CREATE INDEX IF NOT EXISTS patterns_taught_by_rule ON issue_patterns (issue_type, merchant, confidence DESC)"
    " WHERE phase <> 'detected'",
    "CREATE INDEX IF NOT EXISTS patterns_taught_by_leaf ON issue_patterns (leaf, merchant, confidence DESC)"
    " WHERE phase <> 'detected'",
    "CREATE INDEX IF NOT EXISTS patterns_taught_by_family ON issue_patterns (family, merchant, confidence DESC)"
    " WHERE phase <> 'detected'",
)
AT_ONCE = 1000


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="marketwright", description=DESCRIPTION)

    async def run():
        after = None
        while True:
            beyond = QueryString("1 = 1") if after is None else QueryString("pattern_id > {}", after)
            rows = await IssuePattern.raw(
                "SELECT pattern_id, issue_type, pattern_signature FROM issue_patterns WHERE {} ORDER BY pattern_id"
                f" LIMIT {AT_ONCE}",  # noqa: S608
                beyond,
            )
            if not rows:
                break
            after = rows[-1]["pattern_id"]
            parts = [
                {
                    "id": str(row["pattern_id"]),
                    "leaf": from_json(row["pattern_signature"]).get("field", "").rsplit(".", 1)[-1][:200],
                    "family": row["issue_type"].rsplit(".", 1)[-1][:120],
                }
                for row in rows
            ]
            await IssuePattern.raw(
                "UPDATE issue_patterns SET leaf = t.leaf, family = t.family FROM {} AS t"
                " WHERE CAST(issue_patterns.pattern_id AS text) = t.id",
                given(parts, id="text", leaf="text", family="text"),
            )
        for statement in INDEXES:
            await IssuePattern.raw(statement)
        await PatternGrouping.raw(
            "CREATE INDEX IF NOT EXISTS pattern_groupings_standing ON pattern_groupings (merchant, id)"
            " WHERE undone_at IS NULL"
        )

    manager.add_raw(run)
    return manager
