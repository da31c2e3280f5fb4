"""What is lawful in a pack and still unwise: rules nothing proves, fixes nothing tries, personal data shown, titles
that tell people nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from core.model.records import RecordKind
from core.rules import messages
from core.rules.evaluate import CompiledPack
from core.rules.pack import Compound, Condition, Rule, Test

PERSONAL = ("buyer.", "shipping_address.", "billing_address.")
_SHOWING = frozenset({"actual", "value"})


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend in a pack. `code` is stable: `no_pass_case`, `untried_fix`, …"""

    pack: str
    rule: str
    line: int
    code: str
    message: str


def lint(pack: CompiledPack) -> list[Finding]:
    """Return what is unwise in a pack's own rules, in their order."""
    return [
        Finding(pack=pack.name, rule=rule.id, line=rule.line, code=code, message=message)
        for rule in pack.pack.rules
        for code, message in (
            *_title(rule, pack),
            *_proof(rule),
            *_privacy(rule),
            *_logic(rule),
            *_twins(rule, pack.pack.rules),
        )
    ]


def _title(rule: Rule, pack: CompiledPack) -> Iterator[tuple[str, str]]:
    """Look at a title, which people read beside the channel and among those of all rules, inherited ones too."""
    words = rule.title.split()
    if words[0][0].islower() or rule.title.endswith(".") or (len(words) > 2 and all(it[0].isupper() for it in words)):
        yield "title_style", "A title begins with a capital, goes on in small letters, and ends without a full stop."
    for name in sorted({pack.pack.channel, pack.pack.title.lower()}):
        if re.search(rf"\b{re.escape(name)}\b", rule.title.lower()):
            yield "title_names_channel", f"The title names {name}; it always stands beside the channel."
    namesakes = [other.id for other in pack.rules if other.title == rule.title and other.id != rule.id]
    if namesakes:
        yield "same_title", f"Its title is also that of {namesakes[0]}, so people cannot tell them apart."


def _proof(rule: Rule) -> Iterator[tuple[str, str]]:
    if not any(case.passes for case in rule.cases):
        yield "no_pass_case", "No case passes, so a check that always fails would go unseen."
    if rule.fix and not any(case.fixed is not None for case in rule.cases):
        yield "untried_fix", "The rule has a fix, and no case says what it makes."
    if not rule.fix and any(case.fixed is not None for case in rule.cases):
        yield "fixed_without_fix", "A case is fixed, and the rule has no fix."


def _privacy(rule: Rule) -> Iterator[tuple[str, str]]:
    shown = _SHOWING.intersection(rule.wording().placeholders)
    if rule.kind is RecordKind.ORDER and shown and rule.field.startswith(PERSONAL):
        yield "personal_data", f"The message shows {{{min(shown)}}} of {rule.field}, which is personal data."


def _logic(rule: Rule) -> Iterator[tuple[str, str]]:
    for test in _required(rule.when):
        if test.field == rule.field and test.check == "missing" and rule.check != "required":
            yield "unreachable", f"The rule looks at {rule.field} only where it is missing."
    if rule.check == "required" and any(
        test.field == rule.field and test.check == "required" for test in _required(rule.when)
    ):
        yield "unreachable", f"The rule asks for {rule.field} only where it is there."
    low, high = rule.arguments.get("minimum"), rule.arguments.get("maximum")
    if low is not None and high is not None and low > high:
        yield "contradiction", f"Nothing lies between {messages.shown(low)} and {messages.shown(high)}."


def _twins(rule: Rule, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    for other in rules:
        if other is rule:
            return
        if (other.kind, other.test, other.when) == (rule.kind, rule.test, rule.when):
            yield "twin", f"It checks the same as {other.id} in line {other.line}."


def _required(condition: Condition | None) -> Iterator[Test]:
    """Yield the tests that must all hold."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Compound) and condition.joined == "all":
        for part in condition.parts:
            yield from _required(part)
