"""A day at the desk with titles of two shapes, which people group by hand."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.corrections import Mode
from core.store.tables import Application, AuditEntry, CorrectionDecision, Issue, IssuePattern, PatternGrouping


class Day:
    """The desk, and what one looks at while patterns are grouped."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk

    async def by_shape(self, shape: str, rule: str = "title.spaces") -> str:
        """Return the pattern of a rule and a shape."""
        rows = await IssuePattern.select(IssuePattern.pattern_id, IssuePattern.pattern_signature).where(
            (IssuePattern.issue_type == rule) & IssuePattern.split_by.is_null()
        )
        [found] = [row for row in rows if f'"shape":"{shape}"' in row["pattern_signature"].replace(" ", "")]
        return str(found["pattern_id"])

    async def stand(self, mode: Mode = Mode.SUGGEST) -> int:
        """Fill a shop with titles that have double spaces (D0 to D3) or spaces at an edge (E0 to E2); return it."""
        for number in range(4):
            self.desk.shop.put(f"D{number}", title=f"Enamel  kettle {number}")
        for number in range(3):
            self.desk.shop.put(f"E{number}", title=f" Copper kettle {number}")
        connection = await self.desk.connect(mode)
        await self.desk.pull(connection)
        return int(connection)

    async def decide(self, act: Any, *names: str) -> None:
        """Decide on the title issues of these products, in this order."""
        for name in names:
            rows = await Issue.raw(
                "SELECT i.id FROM issues i JOIN records r ON r.id = i.record WHERE r.external_id = {} AND i.rule = {}"
                " AND i.state = 'open'", name, "title.spaces",
            )  # fmt: skip
            await act(self.desk.house, self.desk.reviewer, rows[0]["id"])
            await self.desk.run()

    async def pattern_of(self, name: str) -> str:
        """Return the pattern of a product's newest title issue."""
        rows = await Issue.raw(
            "SELECT i.pattern FROM issues i JOIN records r ON r.id = i.record WHERE r.external_id = {} AND i.rule = {}"
            " ORDER BY i.id DESC", name, "title.spaces",
        )  # fmt: skip
        return str(rows[0]["pattern"])

    async def everything(self) -> dict[str, Any]:
        """Return what stands of all issues, decisions, applications and patterns, to be compared."""
        return {
            "issues": await Issue.select(Issue.id, Issue.pattern, Issue.natural_hash).order_by(Issue.id),
            "decisions": await CorrectionDecision.select(
                CorrectionDecision.sequence, CorrectionDecision.pattern_id
            ).order_by(CorrectionDecision.sequence),
            "applications": await Application.select(Application.id, Application.pattern).order_by(Application.id),
            "patterns": await IssuePattern.select(
                IssuePattern.pattern_id, IssuePattern.occurrence_count, IssuePattern.confidence, IssuePattern.phase,
                IssuePattern.merged_into,
            ).order_by(IssuePattern.pattern_id),
            "groupings": await PatternGrouping.count().where(PatternGrouping.undone_at.is_null()),
            "audit": await AuditEntry.count().where(AuditEntry.action.is_in(["pattern.split", "pattern.merge"])),
        }  # fmt: skip


@pytest.fixture
def day(desk: Any) -> Day:
    """Return a day at the desk."""
    return Day(desk)
