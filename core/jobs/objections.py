"""What of a platform's verdicts stands for a record, and how they read as violations; no input or output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.corrections import apply
from core.errors import Rejected
from core.model.issues import Category, Violation
from core.model.records import Record, SourceRecord
from core.model.verdicts import PREFIX, KeptVerdict, Origin, PlatformVerdict
from core.store.issues import IssueRow

_LONGEST_RULE, _LONGEST_FIELD = 120, 200
_MOST = 50
"""Verdicts that are kept of one record and origin; a platform says no more than that of what can be mended."""


def standing(before: Sequence[KeptVerdict], source: SourceRecord) -> tuple[KeptVerdict, ...]:
    """Return the verdicts that stand once `source` is what the record is.

    Those told with a record replace those told so before. What a report said, or the refusal of a push, stands until
    the value that it was about is another one.
    """
    if source.deleted:
        return ()
    told = source.verdicts
    kept = [one for one in before if (told is None if one.origin is Origin.RECORD else _is_about(one, source.record))]
    return (*kept, *remembered(told or (), Origin.RECORD, source.record))


def replaced(
    before: Sequence[KeptVerdict], said: Sequence[PlatformVerdict], origin: Origin, record: Record
) -> tuple[KeptVerdict, ...]:
    """Return the verdicts with all of one origin replaced by what is said now."""
    others = [one for one in before if one.origin is not origin]
    return (*others, *remembered(said, origin, record))


def remembered(said: Iterable[PlatformVerdict], origin: Origin, record: Record) -> tuple[KeptVerdict, ...]:
    """Return verdicts as they are kept, with the values that they are about."""
    return tuple(
        KeptVerdict(verdict=one, origin=origin, value=apply.get(record, one.field) if one.field else None)
        for one in list(said)[:_MOST]
    )


def refusal(error: Rejected, field: str) -> PlatformVerdict:
    """Return what the refusal of a push says; of the field that was pushed where it names none."""
    return PlatformVerdict(code=error.code, message=error.message, field=error.field or field)


def violations(channel: str, kept: Sequence[KeptVerdict], record: Record) -> tuple[Violation, ...]:
    """Return verdicts as violations, one for each rule and field."""
    found: dict[tuple[str, str], Violation] = {}
    for one in kept:
        verdict = one.verdict
        rule, field = rule_of(verdict), verdict.field[:_LONGEST_FIELD]
        same = found.get((rule, field))
        message = verdict.message if same is None else f"{same.message} {verdict.message}"
        found[rule, field] = Violation(
            rule=rule,
            title=verdict.title or f"{channel}: {_words(verdict.code)}",
            pack=f"{channel}@platform",
            category=Category.MARKETPLACE_RULE,
            severity=verdict.severity,
            field=field,
            message=message,
            actual=apply.get(record, field) if field else None,
        )
    return tuple(found.values())


def rule_of(verdict: PlatformVerdict) -> str:
    """Return the id of the rule that a verdict is an issue of."""
    code = re.sub(r"[^\w.:/-]+", "_", verdict.code) or "unnamed"
    return f"{PREFIX}{code}"[:_LONGEST_RULE]


def upholds(kept: Sequence[KeptVerdict], issue: IssueRow) -> bool:
    """Tell whether the platform still says what an issue is about."""
    return any((rule_of(one.verdict), one.verdict.field[:_LONGEST_FIELD]) == (issue.rule, issue.field) for one in kept)


def _is_about(one: KeptVerdict, record: Record) -> bool:
    return not one.verdict.field or apply.get(record, one.verdict.field) == one.value


def _words(code: str) -> str:
    return re.sub(r"[_.:/-]+", " ", code).strip().lower() or "an objection of the platform"
