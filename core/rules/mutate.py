"""Rules weakened and tightened a little: what no case of a rule notices is not proven by its cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from core.corrections.arguments import defaults
from core.corrections.numerals import written
from core.corrections.regex import Regex, regex
from core.rules.across import Across, Compared
from core.rules.cases import CaseFailure, among
from core.rules.checks import ACROSS, check_of
from core.rules.compile import compile_rules
from core.rules.evaluate import CompiledPack
from core.rules.pack import Case, Compound, Condition, Rule

_FREE = frozenset({"shortest", "longest", "lightest", "heaviest"})
"""Arguments that tune a measure rather than state a limit."""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """How many mutants were tried, and those that every case let live."""

    tried: int
    survivors: tuple[CaseFailure, ...]


def survey(pack: CompiledPack) -> Survey:
    """Try every mutant of a pack's own rules against the cases of its rule."""
    tried = 0
    survivors = []
    for rule in pack.pack.rules:
        for what, mutant in mutants(rule):
            tried += 1
            if not noticed(mutant):
                reason = f"no case notices {what}"
                survivors.append(CaseFailure(pack=pack.name, rule=rule.id, line=rule.line, reason=reason))
    return Survey(tried=tried, survivors=tuple(survivors))


def noticed(mutant: Rule) -> bool:
    """Tell whether one of the rule's own cases comes out otherwise."""
    if mutant.check in ACROSS:
        across = Across(Compared((mutant,)), mutant.pack)
        return any(bool(among(across, mutant, case)) == case.passes for case in mutant.cases)
    evaluate = compile_rules((mutant,), mutant.kind)
    return any(_violated(evaluate, case) == case.passes for case in mutant.cases)


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield each small change of a rule with its name: limits off by one, switches, anchors, conditions left out."""
    check = check_of(rule.check)
    own = {name: value for name, value in rule.arguments.items() if defaults(check.function).get(name, ...) != value}
    for name, value in own.items():
        for what, other in _variants(value):
            if name not in _FREE:
                changed: Mapping[str, Any] = {**rule.arguments, name: other}
                yield f"{name} {what}", msgspec.structs.replace(rule, arguments=changed)
    if rule.when is not None:
        yield "its condition left out", msgspec.structs.replace(rule, when=None)
        for place, less in enumerate(_without_a_part(rule.when), start=1):
            yield f"part {place} of its condition left out", msgspec.structs.replace(rule, when=less)


def _variants(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield f"{str(value).lower()} → {str(not value).lower()}", not value
    elif isinstance(value, int | Decimal):
        step = _step(value)
        for other in (value + step, value - step):
            yield f"{_shown(value)} → {_shown(other)}", other
    elif isinstance(value, Regex):
        if value.source.startswith("^"):
            yield "without ^", regex(value.source.removeprefix("^"))
        if value.source.endswith("$") and not value.source.endswith("\\$"):
            yield "without $", regex(value.source.removesuffix("$"))


def _step(value: int | Decimal) -> int | Decimal:
    """Return one unit of the last place that a limit is written with."""
    if isinstance(value, int):
        return 1
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(min(0, exponent if isinstance(exponent, int) else 0))


def _shown(value: int | Decimal) -> str:
    return written(value) if isinstance(value, Decimal) else str(value)


def _without_a_part(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Compound) and condition.joined != "not" and len(condition.parts) > 1:
        for place in range(len(condition.parts)):
            yield Compound(joined=condition.joined, parts=condition.parts[:place] + condition.parts[place + 1 :])


def _violated(evaluate: Any, case: Case) -> bool:
    found: list[Any] = []
    evaluate(case.record, found.append)
    return bool(found)
