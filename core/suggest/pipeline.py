"""Asks the sources in order, keeps what truly mends the issue and breaks nothing, and ranks it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from core.context import Context
from core.corrections import apply
from core.errors import NotFound, Refused
from core.model.corrections import Change
from core.model.issues import Violation
from core.model.records import Record
from core.rules.evaluate import CompiledPack
from core.store.auto_rules import AutoRuleRow
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest import builtin, learned
from core.suggest.proposal import Proposal


def propose(
    context: Context,
    pack: CompiledPack,
    issue: IssueRow,
    record: RecordRow,
    rules: Sequence[AutoRuleRow],
    rejected: Collection[str] = (),
) -> list[Proposal]:
    """Return at most `max_suggestions` proposals for an issue that `pack` found, best first.

    `rules` are what its pattern has learned, `rejected` the programs that people refused for this very issue: they
    are not proposed to it again.
    """
    if not context.tuning.ai_monitoring.enabled:
        return []
    candidates = [
        *learned.propose(rules, record.record, issue.field),
        *builtin.propose(issue, record.record),
    ]
    offered = [one for one in candidates if one.program_hash not in rejected]
    sound = [one for one in offered if mends(pack, record, issue, one.changes)]
    return rank(sound)[: context.tuning.ai_monitoring.max_suggestions]


def rank(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return proposals by expected success, of those with one result the first."""
    best: dict[tuple[tuple[str, str], ...], Proposal] = {}
    for one in proposals:
        best.setdefault(tuple((change.field, repr(change.after)) for change in one.changes), one)
    return sorted(best.values(), key=lambda one: -one.confidence)


def mends(pack: CompiledPack, record: RecordRow, issue: IssueRow, changes: Sequence[Change]) -> bool:
    """Tell whether the changes end the issue and violate no rule that held before.

    No change is known to end an issue across records: that depends on others, so that only a person proposes one.
    """
    if issue.rule in pack.across.ids:
        return False
    try:
        after = apply.patch(record.record, changes)
    except (NotFound, Refused):
        return False
    remaining = pack.evaluate(record.kind, after)
    if any((one.rule, one.field) == (issue.rule, issue.field) for one in remaining):
        return False
    return not new_violations(pack, record, remaining)


def new_violations(pack: CompiledPack, record: RecordRow, remaining: Sequence[Violation]) -> list[Violation]:
    """Return those violations which the record did not have before."""
    before = {(one.rule, one.field) for one in pack.evaluate(record.kind, record.record)}
    return [one for one in remaining if (one.rule, one.field) not in before]


def broken_by(pack: CompiledPack, record: RecordRow, after: Record) -> list[Violation]:
    """Return the rules that a corrected record would violate and did not violate before."""
    return new_violations(pack, record, pack.evaluate(record.kind, after))
