"""The fix that the rule itself brings."""

from __future__ import annotations

from core.corrections import apply
from core.corrections.catalogue import Catalogue
from core.model.corrections import Safety, Source
from core.model.records import Record
from core.store.issues import IssueRow
from core.suggest.proposal import Proposal

PRIOR = {Safety.SAFE: 0.75, Safety.REVIEW: 0.60, Safety.DISPLAY: 0.40}
"""Confidence before anybody has decided, by safety. It orders suggestions; it never opens the gate."""


def propose(issue: IssueRow, record: Record, catalogue: Catalogue | None = None) -> list[Proposal]:
    """Return what the rule's fix would do, if it has one that changes something."""
    if not issue.fix or issue.fix_safety is None:
        return []
    changes = apply.run(issue.fix, record, issue.field, catalogue)
    if not changes:
        return []
    return [
        Proposal(
            source=Source.BUILTIN,
            program=issue.fix,
            program_hash=apply.program_hash(issue.fix),
            changes=changes,
            confidence=PRIOR[issue.fix_safety],
            evidence=(f"The rulepack {issue.pack} brings this fix for {issue.rule}.",),
            safety=issue.fix_safety,
        )
    ]
