"""Patterns that may be similar to others, and have learned something: found by rule, by field and by family of rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.knowledge.signature import Signature
from core.knowledge.similar import family_of, leaf_of
from core.store import patterns
from core.store.auto_rules import AutoRuleRow, read
from core.store.listings.where import one_of
from core.store.patterns import PatternRow
from core.store.rows import from_json
from core.store.tables import AutoCorrectionRule, IssuePattern

SHARED = 0
"""The merchant that holds the patterns which everyone may see."""
OF_A_RULE = 40
OF_A_FIELD = 20
OF_A_FAMILY = 20
"""Most patterns that are looked at for one rule, one name of a field, one family of rules: the surest of them."""


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern with the corrections that people approved for it."""

    pattern_id: str
    merchant: int
    signature: Signature
    title: str
    rules: tuple[AutoRuleRow, ...]


_SOME = """
SELECT * FROM (SELECT p.pattern_id, p.merchant, p.pattern_signature, p.issue_description FROM issue_patterns p
WHERE p.{column} = {{}} AND p.merchant IN ({{}}, {{}}) AND p.phase <> 'detected'
ORDER BY p.confidence DESC LIMIT {most}) AS q{number}
"""
_RULES = """
SELECT * FROM auto_correction_rules WHERE pattern_id IN {} AND approvals > 0 AND is_active = {}
ORDER BY confidence DESC, approvals DESC, auto_rule_id
"""
_WAITING = """
SELECT p.pattern_id FROM issue_patterns p
WHERE p.merchant = {} AND p.pattern_id <> {} AND (p.issue_type = {} OR p.leaf = {} OR p.family = {})
AND EXISTS (SELECT 1 FROM issues i WHERE i.pattern = p.pattern_id AND i.state = 'open' AND i.suggested_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM suggestions s WHERE s.issue = i.id))
ORDER BY p.last_seen_at DESC, p.pattern_id LIMIT {}
"""


async def taught(merchant: int, signatures: Iterable[Signature]) -> list[Taught]:
    """Return patterns of a merchant and shared ones which have learned something and may be similar to one of these.

    Three indexed looks for each rule, field and family, all in one statement; each takes a bounded number.
    """
    looks = _looks(merchant, signatures)
    if not looks:
        return []
    rows = await IssuePattern.raw(" UNION ALL ".join(["{}"] * len(looks)), *looks)
    found = {str(row["pattern_id"]): row for row in rows}
    rules: dict[str, list[AutoRuleRow]] = {}
    if found:
        for row in await AutoCorrectionRule.raw(_RULES, one_of([row["pattern_id"] for row in found.values()]), True):
            rules.setdefault(str(row["pattern_id"]), []).append(read(row))
    return [_taught(found[pattern_id], mine) for pattern_id, mine in rules.items()]


async def waiting(pattern: PatternRow) -> list[PatternRow]:
    """Return patterns of the same merchant that share rule, field or family, and have open issues without suggestion.

    The last seen first, a bounded number of them.
    """
    cause = pattern.cause
    rows = await IssuePattern.raw(
        _WAITING, pattern.merchant, uuid.UUID(pattern.pattern_id), cause.rule, leaf_of(cause.field),
        family_of(cause.rule), OF_A_RULE,
    )  # fmt: skip
    found = await patterns.many(str(row["pattern_id"]) for row in rows)
    return [found[str(row["pattern_id"])] for row in rows]


def _looks(merchant: int, signatures: Iterable[Signature]) -> Sequence[QueryString]:
    wanted: dict[tuple[str, str], int] = {}
    for one in signatures:
        wanted["issue_type", one.rule] = OF_A_RULE
        wanted["leaf", leaf_of(one.field)] = OF_A_FIELD
        wanted["family", family_of(one.rule)] = OF_A_FAMILY
    return [
        QueryString(_SOME.format(column=column, most=most, number=number), value, merchant, SHARED)
        for number, ((column, value), most) in enumerate(sorted(wanted.items()))
    ]


def _taught(row: dict[str, Any], rules: Sequence[AutoRuleRow]) -> Taught:
    return Taught(
        pattern_id=str(row["pattern_id"]),
        merchant=row["merchant"],
        signature=msgspec.convert(from_json(row["pattern_signature"]), Signature),
        title=row["issue_description"],
        rules=tuple(rules),
    )
