"""What another edition of a pack means for records, counted as they stream by: who newly fails, who newly passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from core.model.issues import Severity, Violation
from core.model.records import RecordKind
from core.rules.diff import Difference, affected, diff
from core.rules.evaluate import CompiledPack

MOST_EXAMPLES = 12
MOST_OF_ONE_RULE = 6

Subject = tuple[int, RecordKind, bytes | str]
"""A record's id, its kind, and its content in JSON."""


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A record that newly fails or newly passes, and the first error that it gets or loses."""

    record_id: int
    rule: str
    field: str
    message: str


class Outlook:
    """Judges records by two editions; a record fails where it has an error. It holds counts and a few examples only.

    `newly` counts by rule the records that violate it now and did not at this severity, `no_longer` those that did.
    """

    def __init__(self, old: CompiledPack, new: CompiledPack) -> None:
        self.difference: Difference = diff(old, new)
        differs = affected(old, new)
        self.kinds = differs.kinds
        names = {rule.id for rule in (*old.rules, *new.rules)} - differs.kept
        self._old, self._new = old.narrowed(names), new.narrowed(names)
        self._shared = new.narrowed(differs.kept)
        self.judged = self.newly_fail = self.newly_pass = 0
        self.newly: Counter[str] = Counter()
        self.no_longer: Counter[str] = Counter()
        self.failing: list[Turned] = []
        self.passing: list[Turned] = []

    def look(self, subjects: Iterable[Subject]) -> None:
        """Judge some records."""
        for subject in subjects:
            self._judge(*subject)

    def _judge(self, record_id: int, kind: RecordKind, data: bytes | str) -> None:
        self.judged += 1
        before, after = self._old.evaluate_json(kind, data), self._new.evaluate_json(kind, data)
        if not before and not after:
            return
        self.newly.update(rule for rule, _ in _names(after) - _names(before))
        self.no_longer.update({one.rule for one in before} - {one.rule for one in after})
        failed, fails = _errors(before), _errors(after)
        if bool(failed) == bool(fails) or _errors(self._shared.evaluate_json(kind, data)):
            return
        if fails:
            self.newly_fail += 1
            _keep(self.failing, record_id, fails[0])
        else:
            self.newly_pass += 1
            _keep(self.passing, record_id, failed[0])


def _names(violations: list[Violation]) -> set[tuple[str, Severity]]:
    return {(one.rule, one.severity) for one in violations}


def _errors(violations: list[Violation]) -> list[Violation]:
    return [one for one in violations if one.severity is Severity.ERROR]


def _keep(examples: list[Turned], record_id: int, violation: Violation) -> None:
    """Keep an example; not many of one rule, so that the others are seen too."""
    alike = sum(one.rule == violation.rule for one in examples)
    if len(examples) < MOST_EXAMPLES and alike < MOST_OF_ONE_RULE:
        turned = Turned(record_id=record_id, rule=violation.rule, field=violation.field, message=violation.message)
        examples.append(turned)
