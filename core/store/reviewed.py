"""What people decided in a time, for a look at how they decide."""

from __future__ import annotations

from datetime import datetime

from piccolo.querystring import QueryString

from core.knowledge.attention import Reviewed
from core.model.corrections import Verdict
from core.store.decisions import reviewer_of
from core.store.listings.where import all_of
from core.store.past import own
from core.store.rows import utc
from core.store.tables import CorrectionDecision

MOST = 20_000
_DECIDED = """
SELECT d.reviewer, d.decided_by, d.decided_at, d.human_decision FROM correction_decisions d
JOIN issue_patterns p ON p.pattern_id = d.pattern_id LEFT JOIN issues i ON i.id = d.issue
WHERE {} ORDER BY d.sequence DESC LIMIT {}
"""


async def since(scope: int | None, begin: datetime, reviewer: int | None = None) -> list[Reviewed]:
    """Return the newest decisions since a time, in time order, of one account or of all; at most 20,000."""
    where = [own(scope), QueryString("d.decided_at >= {}", begin)]
    if reviewer is not None:
        where.append(QueryString("d.reviewer = {}", reviewer))
    rows = await CorrectionDecision.raw(_DECIDED, all_of(where), MOST)
    return [
        Reviewed(
            reviewer=reviewer_of(row),
            name=row["decided_by"],
            at=utc(row["decided_at"]),
            verdict=Verdict(row["human_decision"]),
        )
        for row in reversed(rows)
    ]
