"""What is lawful in a pack and still unwise.

Rules that nothing proves or that cannot live with others, fixes that nothing tries, expressions that cost, personal
data shown, titles that tell people nothing, translations begun and not finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from core.corrections.regex import Regex
from core.model.records import RecordKind
from core.rules.contradict import contradicts, impossible, must_hold, shadowed
from core.rules.evaluate import CompiledPack
from core.rules.pack import Rule

PERSONAL = ("buyer.", "shipping_address.", "billing_address.")
LARGEST_EXPRESSION = 2_000
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
            *_logic(rule, pack),
            *_cost(rule),
            *_languages(rule, pack),
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


def _logic(rule: Rule, pack: CompiledPack) -> Iterator[tuple[str, str]]:
    """Look for conditions that nothing meets, and for rules of the pack that this one cannot live with."""
    for test in must_hold(rule.when):
        if test.field == rule.field and test.check == "missing" and rule.check != "required":
            yield "unreachable", f"The rule looks at {rule.field} only where it is missing."
        if test.field == rule.field and test.check == "required" and rule.check == "required":
            yield "unreachable", f"The rule asks for {rule.field} only where it is there."
    why = impossible(rule)
    if why is not None:
        yield "unreachable" if rule.when is not None else "contradiction", why
    for other in pack.rules:
        if other.id != rule.id and contradicts(rule, other):
            yield "contradiction", f"No value satisfies both it and {other.id}."
        elif other.id != rule.id and shadowed(rule, other):
            yield "shadowed", f"It is violated only where {other.id} is too, which is stricter and no less severe."


def _cost(rule: Rule) -> Iterator[tuple[str, str]]:
    """Look for expressions that are large: they are linear in the text, and slow by their own size."""
    for name, value in rule.arguments.items():
        if isinstance(value, Regex) and value.size > LARGEST_EXPRESSION:
            yield "costly", f"The {name} compiles to {value.size} instructions; {LARGEST_EXPRESSION} are much."


def _languages(rule: Rule, pack: CompiledPack) -> Iterator[tuple[str, str]]:
    """Look for what is not translated into a language that the pack has begun, and for what a translation drops."""
    for language in pack.pack.languages:
        if language not in rule.wordings:
            yield "untranslated", f"It has no title and message in {language}."
        elif dropped := rule.wording().placeholders - rule.wording(language).placeholders:
            yield "untold", f"The message in {language} does not name {{{min(dropped)}}}, which the English one does."


def _twins(rule: Rule, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    for other in rules:
        if other is rule:
            return
        same = (other.kind, other.test, other.when, other.since, other.until)
        if same == (rule.kind, rule.test, rule.when, rule.since, rule.until):
            yield "twin", f"It checks the same as {other.id} in line {other.line}."
