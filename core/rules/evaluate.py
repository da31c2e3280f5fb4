"""Compiled packs: a record in, its violations out. No input or output, and no exception for any JSON value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.errors import NotFound
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules.checks import CHECKS
from core.rules.compile import Evaluator, Found, compile_rules
from core.rules.messages import render
from core.rules.pack import Pack, Rule


@dataclass(frozen=True, eq=False)
class CompiledPack:
    """A pack with what it inherits, ready to judge records. `name` is `shopify@2026.11`."""

    pack: Pack
    rules: tuple[Rule, ...]
    _evaluators: Mapping[RecordKind, Evaluator] = field(repr=False)
    _by_id: Mapping[str, Rule] = field(repr=False)

    @property
    def name(self) -> str:
        """Return `channel@version`."""
        return self.pack.name

    def evaluate(self, kind: RecordKind, record: Record) -> list[Violation]:
        """Return every violation of `record`, in the order of the rules."""
        if not isinstance(record, dict):
            return []
        found: list[Found] = []
        self._evaluators[kind](record, found.append)
        if not found:
            return []
        if len(found) > 1:
            found.sort(key=_place)
        return [self._violation(*row) for row in found]

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id; NotFound where the pack has none of that name."""
        try:
            return self._by_id[rule_id]
        except KeyError:
            raise NotFound(f"{self.name} has no rule {rule_id}.") from None

    def _violation(self, place: int, path: str, value: Any, others: tuple[Any, ...]) -> Violation:
        rule = self.rules[place]
        return Violation(
            rule=rule.id,
            title=rule.title,
            pack=self.pack.name,
            category=rule.category,
            severity=rule.severity,
            field=path,
            message=message(rule, path, value, others),
            actual=value,
            fix=rule.fix,
            fix_safety=rule.fix_safety,
        )


def message(rule: Rule, path: str, value: Any, others: tuple[Any, ...]) -> str:
    """Fill the message of a rule with the value found, its measure and what is allowed."""
    if len(rule.message) == 1:
        return rule.message[0]
    check = CHECKS[rule.check]
    values: dict[str, Any] = dict(rule.arguments)
    fields = [
        parameter.name
        for parameter in check.parameters
        if parameter.is_field and rule.arguments[parameter.name] is not None
    ]
    values.update(zip(fields, others, strict=True))
    actual = check.actual(value) if check.actual is not None else value
    values = {"field": path, **values, "value": value, "actual": actual}
    return render(rule.message, values)


def compile_pack(pack: Pack, inherited: tuple[Rule, ...] = ()) -> CompiledPack:
    """Compile a pack over the rules it inherits; its own rules replace inherited ones of the same id."""
    own = {rule.id: rule for rule in pack.rules}
    kept = [own.pop(rule.id, rule) for rule in inherited if rule.id not in pack.without]
    rules = (*kept, *own.values())
    ruleset = _Ruleset(digests=(pack.digest, *dict.fromkeys(rule.digest for rule in kept)), rules=rules)
    return CompiledPack(pack, rules, _evaluators(ruleset), {rule.id: rule for rule in rules})


def breaks(compiled: CompiledPack, kind: RecordKind, before: Record, after: Record) -> list[Violation]:
    """Return the violations of `after` that `before` did not have: same rule, same field counts as had."""
    had = {(violation.rule, violation.field) for violation in compiled.evaluate(kind, before)}
    return [violation for violation in compiled.evaluate(kind, after) if (violation.rule, violation.field) not in had]


@dataclass(frozen=True)
class _Ruleset:
    """Rules which are the same rules where the files they come from are the same text."""

    digests: tuple[str, ...]
    rules: tuple[Rule, ...] = field(compare=False)


@lru_cache(maxsize=256)
def _evaluators(ruleset: _Ruleset) -> Mapping[RecordKind, Evaluator]:
    return {kind: compile_rules(ruleset.rules, kind) for kind in RecordKind}


def _place(row: Found) -> int:
    return row[0]
