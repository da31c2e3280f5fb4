"""A pack's own cases: read with the pack, run by its test command and in CI."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from core.corrections import apply
from core.errors import MarketwrightError
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules import falls
from core.rules.across import Across
from core.rules.checks import ACROSS
from core.rules.document import Map, Seq, plain
from core.rules.evaluate import CompiledPack, breaks
from core.rules.pack import Case, Rule

MOST_CASES = 50
MOST_COPIES = 100_000
_KEYS = frozenset({"pass", "fail", "fixed", "beside", "before"})


class CaseFailure(msgspec.Struct, frozen=True, kw_only=True):
    """One case that did not come out as written."""

    pack: str
    rule: str
    line: int
    reason: str


def read(given: Any, line: int, kind: RecordKind, check: str) -> tuple[Case, ...]:
    """Read `cases:` of one rule; ValueError where none fails, or one cannot be read.

    `{repeat: "x", times: 256}` stands for long text, and `{repeat: {…}, times: 251}` for many items. Only a rule
    across records has cases `beside` other records, and `before` only one that compares versions.
    """
    if not isinstance(given, Seq) or len(given) > MOST_CASES:
        raise ValueError(f"a rule has cases: a list of at most {MOST_CASES} records that pass or fail")
    cases = tuple(_case(item, place, kind) for item, place in zip(given, given.lines, strict=True))
    if check not in ACROSS and any(case.beside or case.before is not None for case in cases):
        raise ValueError("only a rule across records has cases with `beside` or `before`")
    if all(case.passes for case in cases):
        raise ValueError(f"a rule has at least one case that fails (the rule stands in line {line})")
    return cases


def run(pack: CompiledPack) -> list[CaseFailure]:
    """Run every case of every rule of a pack, inherited ones too, each by the rules of a day on which it counts."""
    return [
        CaseFailure(pack=rule.pack, rule=rule.id, line=case.line, reason=_by(pack, rule, reason))
        for rule in pack.rules
        for case in rule.cases
        for reason in _judge(pack.on(day_of(rule)), rule, case)
    ]


def _by(pack: CompiledPack, rule: Rule, reason: str) -> str:
    return reason if rule.pack == pack.name else f"in {pack.name}: {reason}"


def day_of(rule: Rule) -> date:
    """Return the last day on which a rule counts."""
    return date.max if rule.until is None else rule.until - timedelta(days=1)


def _judge(pack: CompiledPack, rule: Rule, case: Case) -> list[str]:
    across = rule.check in ACROSS
    found = among(pack.across, rule, case) if across else pack.evaluate(rule.kind, case.record)
    violated = [violation.field for violation in found if violation.rule == rule.id]
    if case.passes:
        return [f"should pass, and is violated at {', '.join(violated)}"] if violated else []
    if not violated:
        return ["should fail, and passes"]
    if case.fixed is None:
        return []
    changes = [change for field in violated for change in apply.run(rule.fix, case.record, field)]
    try:
        after = apply.patch(case.record, changes)
    except MarketwrightError as error:
        return [f"the fix cannot be applied: {error.message}"]
    wrong = [
        f"{name} should be fixed to {wanted!r}, and is {after.get(name)!r}"
        for name, wanted in case.fixed.items()
        if not apply.same(after.get(name), wanted)
    ]
    new = breaks(pack, rule.kind, case.record, after)
    return wrong + [f"the fix breaks {violation.rule} at {violation.field}" for violation in new]


def among(across: Across, rule: Rule, case: Case) -> list[Violation]:
    """Return what the record of a case violates beside others, or after its last version."""
    if rule.check == "max_drop":
        return [] if case.before is None else falls.compare(across, rule.kind, case.before, case.record)[0]
    return across.together([(rule.kind, case.record), *case.beside])[0]


def _case(item: Any, line: int, kind: RecordKind) -> Case:
    if not isinstance(item, Map) or not item.keys() <= _KEYS or ("pass" in item) == ("fail" in item):
        raise ValueError("a case is {pass: record}, or {fail: record} with {fixed: fields} where there is a fix")
    before = item.get("before")
    if not (before is None or isinstance(before, Map)):
        raise ValueError("`before` is the record's last version: field names and values")
    if "fixed" in item and "fail" not in item:
        raise ValueError("only a case that fails is fixed")
    record, fixed = item.get("pass", item.get("fail")), item.get("fixed")
    if not isinstance(record, Map) or not (fixed is None or isinstance(fixed, Map)):
        raise ValueError("a case holds a record: field names and values")
    return Case(
        passes="pass" in item,
        record=_expanded(plain(record)),
        fixed=_expanded(plain(fixed)),
        line=line,
        beside=tuple(_beside(other, kind) for other in _several(item.get("beside"))),
        before=_expanded(plain(before)),
    )


def _several(given: Any) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, Seq) or not all(isinstance(other, Map) for other in given) or len(given) > MOST_CASES:
        raise ValueError(f"`beside` is a list of at most {MOST_CASES} records")
    return given


def _beside(given: Map, kind: RecordKind) -> tuple[RecordKind, Record]:
    """Read `{stock: {…}}`, or a record of the rule's own kind."""
    other: Any = given
    if len(given) == 1 and next(iter(given)) in tuple(RecordKind):
        ((name, other),) = given.items()
        kind = RecordKind(name)
    if not isinstance(other, Map):
        raise ValueError("a case holds a record: field names and values")
    record: Record = _expanded(plain(other))
    return kind, record


def _expanded(value: Any) -> Any:
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() != {"repeat", "times"}:
        return {key: _expanded(held) for key, held in value.items()}
    times, repeated = value["times"], _expanded(value["repeat"])
    if not isinstance(times, int) or not 0 <= times <= MOST_COPIES:
        raise ValueError(f"times is a number up to {MOST_COPIES}")
    if isinstance(repeated, str) and len(repeated) * times <= MOST_COPIES * 10:
        return repeated * times
    if times > 5_000 or isinstance(repeated, str):
        raise ValueError("a case repeats too much")
    return [apply.patch({"item": repeated}, ())["item"] for _ in range(times)]
