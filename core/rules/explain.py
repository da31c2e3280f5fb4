"""A rule told in words: what it asks, where, why, since when, what mends it, and the cases that prove it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from core.corrections.apply import describe
from core.corrections.arguments import defaults
from core.corrections.numerals import written
from core.corrections.regex import Regex
from core.rules.checks import check_of
from core.rules.messages import Message
from core.rules.pack import Case, Condition, Rule, Test

_LONGEST = 300
_JOINED = {"all": " and ", "any": " or "}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words. `message` shows its placeholders in braces, `cases` are told as they are written."""

    rule: str
    pack: str
    title: str
    what: str
    why: str
    kind: str
    category: str
    severity: str
    source: str
    confidence: str
    message: str
    languages: tuple[str, ...]
    effective: str | None
    fix: str | None
    fix_safety: str | None
    cases: tuple[str, ...]


def explain(rule: Rule) -> Explanation:
    """Tell a rule in words."""
    wording = rule.wording()
    return Explanation(
        rule=rule.id,
        pack=rule.pack,
        title=wording.title,
        what=what(rule),
        why=(check_of(rule.check).function.__doc__ or "").split("\n\n")[0].strip(),
        kind=rule.kind.value,
        category=rule.category.value,
        severity=rule.severity.value,
        source=rule.source,
        confidence=rule.confidence.value,
        message=_as_written(wording.forms["other"]),
        languages=tuple(rule.wordings),
        effective=effective(rule),
        fix=describe(rule.fix) if rule.fix else None,
        fix_safety=rule.fix_safety.value if rule.fix_safety else None,
        cases=tuple(_case(case) for case in rule.cases),
    )


def what(rule: Rule) -> str:
    """Say what a rule asks of which field, and where."""
    asks = _test(rule.test)
    return asks if rule.when is None else f"{asks}, where {_condition(rule.when)}"


def effective(rule: Rule) -> str | None:
    """Say from which day a rule counts and when it ends, None where it always counts."""
    parts = [f"from {rule.since}" if rule.since else "", f"until the day before {rule.until}" if rule.until else ""]
    return " ".join(part for part in parts if part) or None


def _test(test: Test) -> str:
    check = check_of(test.check)
    usual = defaults(check.function)
    given = [f"{name} {_shown(value)}" for name, value in test.arguments.items() if usual.get(name, ...) != value]
    return f"{test.field}: {test.check}" + (f" ({', '.join(given)})" if given else "")


def _condition(condition: Condition, *, nested: bool = False) -> str:
    if isinstance(condition, Test):
        return _test(condition)
    parts = [_condition(part, nested=True) for part in condition.parts]
    if condition.joined == "not":
        return f"not {parts[0]}"
    told = _JOINED[condition.joined].join(parts)
    return f"({told})" if nested and len(parts) > 1 else told


def _case(case: Case) -> str:
    told = f"{'passes' if case.passes else 'fails'}: {_json(case.record)}"
    for kind, other in case.beside:
        told += f"; beside {kind} {_json(other)}"
    if case.before is not None:
        told += f"; before {_json(case.before)}"
    return told if case.fixed is None else f"{told}; fixed to {_json(case.fixed)}"


def _shown(value: Any) -> str:
    if isinstance(value, Regex):
        return value.source
    if isinstance(value, Decimal):
        return written(value)
    return _json(value) if isinstance(value, list | tuple | dict | bool) else str(value)


def _json(value: Any) -> str:
    text = msgspec.json.encode(_short(value)).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _short(value: Any) -> Any:
    """Return a value with long texts and lists cut: cases try limits, and nobody reads 256 times x."""
    if isinstance(value, str) and len(value) > 60:
        return f"{value[:30]}… ({len(value)} characters)"
    if isinstance(value, list | tuple):
        return [_short(item) for item in value[:5]] + ([f"… ({len(value)} items)"] if len(value) > 5 else [])
    return {name: _short(held) for name, held in value.items()} if isinstance(value, dict) else value


def _as_written(message: Message) -> str:
    return "".join(f"{{{piece}}}" if place % 2 else piece for place, piece in enumerate(message))
