"""Asks the sources in order, keeps what truly mends the issue and breaks nothing, and ranks it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from core.context import Context
from core.corrections import apply
from core.errors import NotFound, Refused
from core.model.corrections import Change, Source
from core.model.issues import Violation
from core.model.records import Record
from core.rules.evaluate import CompiledPack
from core.store.auto_rules import AutoRuleRow
from core.store.issues import IssueRow
from core.store.records import RecordRow
from core.suggest import builtin, learned
from core.suggest.local.known import Known
from core.suggest.local.models import Models
from core.suggest.local.propose import propose as propose_locally
from core.suggest.proposal import Proposal

NO_MODELS = Models()
PRIOR_STRENGTH = 4.0
"""How many decisions the confidence that a source claims weighs, once people have decided on its program."""


def propose(
    context: Context,
    pack: CompiledPack,
    issue: IssueRow,
    record: RecordRow,
    rules: Sequence[AutoRuleRow],
    rejected: Collection[str] = (),
    models: Models = NO_MODELS,
) -> list[Proposal]:
    """Return at most `max_suggestions` proposals for an issue that `pack` found, best first.

    `rules` are what its pattern has learned, `rejected` the programs that people refused for this very issue:
    what they do is not proposed to it again; `models` is what the merchant's own catalogue taught.
    """
    if not context.tuning.ai_monitoring.enabled:
        return []
    known = Known(models, issue.channel)
    candidates = [
        *learned.propose(rules, record.record, issue.field, known),
        *builtin.propose(issue, record.record, known),
        *propose_locally(models, issue, record.kind, record.record, _limits(pack, issue)),
    ]
    decided = {rule.program_hash: rule for rule in rules}
    refused = {_result(one) for one in candidates if one.program_hash in rejected}
    offered = [_tempered(one, decided.get(one.program_hash)) for one in candidates if _result(one) not in refused]
    return _sound(pack, record, issue, rank(offered), context.tuning.ai_monitoring.max_suggestions)


def rank(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return proposals by expected success, of those with one result the first."""
    best: dict[tuple[tuple[str, str], ...], Proposal] = {}
    for one in proposals:
        best.setdefault(_result(one), one)
    return sorted(best.values(), key=lambda one: -one.confidence)


def _result(one: Proposal) -> tuple[tuple[str, str], ...]:
    return tuple((change.field, repr(change.after)) for change in one.changes)


def _sound(
    pack: CompiledPack, record: RecordRow, issue: IssueRow, ranked: Iterable[Proposal], most: int
) -> list[Proposal]:
    """Return the first of them that mend the issue, as `mends` tells it; the record itself is judged once for all."""
    if issue.rule in pack.across.ids:
        return []
    before: set[tuple[str, str]] | None = None
    found: list[Proposal] = []
    for one in ranked:
        if len(found) == most:
            break
        try:
            after = apply.patch(record.record, one.changes)
        except (NotFound, Refused):
            continue
        remaining = {(left.rule, left.field) for left in pack.evaluate(record.kind, after)}
        if (issue.rule, issue.field) in remaining:
            continue
        if remaining and before is None:
            before = {(held.rule, held.field) for held in pack.evaluate(record.kind, record.record)}
        if not remaining or (before is not None and remaining <= before):
            found.append(one)
    return found


def _tempered(one: Proposal, rule: AutoRuleRow | None) -> Proposal:
    """Let what people decided on a program of another source weigh in its confidence."""
    if rule is None or one.source is Source.LEARNED or not rule.approvals + rule.rejections:
        return one
    times = rule.approvals + rule.rejections
    expected = (one.confidence * PRIOR_STRENGTH + rule.approvals) / (PRIOR_STRENGTH + times)
    return msgspec.structs.replace(one, confidence=expected)


def _limits(pack: CompiledPack, issue: IssueRow) -> Mapping[str, Any]:
    try:
        return pack.rule(issue.rule).arguments
    except (KeyError, NotFound):
        return {}


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
