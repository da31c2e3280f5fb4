"""Requirements that a platform publishes → rules, bound and checked as those of a rulepack are.

What cannot be a rule is left out with its reason: an unknown check or field, an expression that RE2 refuses, limits
between which nothing lies. Nothing that is published can raise here, and sizes are bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from core.model.issues import Severity
from core.model.records import RecordKind
from core.model.requirements import Requirement, RequirementSet, Skipped
from core.rules import conditions, messages, published_words
from core.rules.checks import CHECKS
from core.rules.contradict import impossible, shadowed
from core.rules.messages import BUILT_IN, ENGLISH
from core.rules.pack import Rule
from core.rules.reader import LONGEST_MESSAGE, LONGEST_TITLE

MOST_IN_SET = 2_000
MOST_RULES = 5_000
MOST_SKIPPED = 500
LARGEST = 256_000
LONGEST_FIELD = 120
LONGEST_SOURCE = 400
_LONGEST_TEXT = 300
_DEEPEST = 12
_MOST_ALIKE = 20
_UNREADABLE = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that a platform's requirements came to, and what was left out."""

    rules: tuple[Rule, ...]
    skipped: tuple[Skipped, ...]


def sound(given: RequirementSet) -> RequirementSet:
    """Return what can be stored of a set that a plugin gave: typed, plain JSON, bounded; the rest as skipped."""
    kept: list[Requirement] = []
    skipped = [Skipped(_cut(one.what), _cut(one.reason)) for one in given.skipped]
    for place, one in enumerate(given.requirements or ()):
        if place >= MOST_IN_SET:
            skipped.append(Skipped("the rest", f"A set has at most {MOST_IN_SET} requirements."))
            break
        try:
            kept.append(_stored(one))
        except _UNREADABLE as error:
            skipped.append(Skipped(_named(one), f"It cannot be stored: {_cut(str(error))}"))
    found = read([msgspec.structs.replace(given, requirements=tuple(kept))], "0" * 64)
    told = [*skipped, *found.skipped]
    return msgspec.structs.replace(given, requirements=tuple(kept), skipped=tuple(told[:MOST_SKIPPED]))


def read(sets: Sequence[RequirementSet], checksum: str) -> Published:
    """Return the rules of stored sets, which `checksum` stands for, in the order of the sets."""
    rules: dict[str, Rule] = {}
    skipped: list[Skipped] = []
    seen: set[bytes] = set()
    for one in (one for part in sets for one in part.requirements or ()):
        same = msgspec.json.encode(one, order="sorted")
        if same in seen:
            continue
        seen.add(same)
        if len(rules) >= MOST_RULES:
            skipped.append(Skipped("the rest", f"At most {MOST_RULES} rules are made of what a platform publishes."))
            break
        try:
            rule = _rule(one, _free(published_words.identity(one), rules), checksum)
        except ValueError as error:
            skipped.append(Skipped(_named(one), _cut(_sentence(str(error)))))
            continue
        rules[rule.id] = rule
    return Published(rules=tuple(rules.values()), skipped=tuple(skipped))


def beside(rules: Iterable[Rule], pack: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that say more than those of a pack: what it has word by word, or stricter, is not said twice."""
    known: dict[str, list[Rule]] = {}
    for rule in pack:
        known.setdefault(rule.field, []).append(rule)
    return tuple(rule for rule in rules if not any(_says(other, rule) for other in known.get(rule.field, ())))


def _says(other: Rule, rule: Rule) -> bool:
    """Tell whether a pack's rule finds all that another one would."""
    if other.kind is not rule.kind or other.when not in (None, rule.when) or other.since or other.until:
        return False
    if rule.severity is Severity.ERROR and other.severity is not Severity.ERROR:
        return False
    if other.check == rule.check == "one_of" and not other.arguments["ignore_case"]:
        return set(other.arguments["values"]) <= set(rule.arguments["values"])
    return other.test == rule.test or shadowed(rule, other)


def _stored(one: Requirement) -> Requirement:
    text = msgspec.json.encode(one)
    if len(text) > LARGEST:
        raise ValueError(f"it has more than {LARGEST} bytes")
    return msgspec.json.decode(text, type=Requirement)


def _rule(one: Requirement, rule_id: str, checksum: str) -> Rule:
    """Return the rule; ValueError with the reason where it is none."""
    if not 0 < len(one.field) <= LONGEST_FIELD:
        raise ValueError(f"a field has at most {LONGEST_FIELD} characters")
    if not one.source.strip():
        raise ValueError("it does not say where it is published")
    if _depth([one.arguments, one.when]) > _DEEPEST:
        raise ValueError("it is nested too deeply")
    test = conditions.test(one.check, dict(one.arguments), RecordKind.PRODUCT, one.field, one.field)
    _sensible(test.check, test.arguments)
    when = _when(one)
    title = published_words.title(one, LONGEST_TITLE)
    text = published_words.message(one)
    if isinstance(text, str) and not 0 < len(text.strip()) <= LONGEST_MESSAGE:
        raise ValueError(f"a message has 1 to {LONGEST_MESSAGE} characters")
    names = BUILT_IN | {parameter.name for parameter in CHECKS[one.check].parameters}
    rule = Rule(
        id=rule_id,
        title=title,
        kind=RecordKind.PRODUCT,
        category=published_words.category(one.check),
        severity=one.severity,
        field=one.field,
        check=test.check,
        arguments=test.arguments,
        when=None if when is None else conditions.read(when, RecordKind.PRODUCT, one.field),
        wordings={ENGLISH: messages.read(title, text, names)},
        source=one.source[:LONGEST_SOURCE],
        pack=f"{published_words.PREFIX}@{mark(checksum)}",
        digest=checksum,
        line=0,
        since=one.since,
        until=one.until,
    )
    if reason := impossible(rule):
        raise ValueError(reason)
    return rule


def mark(checksum: str) -> str:
    """Return what tells published requirements in the name of an edition: `r3f9c2d1`."""
    return f"r{checksum[:7]}"


def _sensible(check: str, arguments: Any) -> None:
    """Refuse arguments with which every product would be wrong."""
    if check in ("one_of", "items_one_of") and not any(value.strip() for value in arguments["values"]):
        raise ValueError("its list of values is empty")
    limit = arguments.get("limit")
    if check.startswith("max_") and limit is not None and limit <= 0:
        raise ValueError("its limit leaves nothing")
    if check == "item_count" and arguments["maximum"] is not None and arguments["maximum"] <= 0:
        raise ValueError("its limit leaves nothing")


def _when(one: Requirement) -> dict[str, Any] | None:
    """Return the condition of a requirement with its product type, category and marketplace, as rulepacks write it."""
    parts: list[dict[str, Any]] = []
    if one.product_type is not None:
        parts.append({"field": "product_type", "one_of": [one.product_type]})
    if one.category is not None:
        parts.append({"field": "category", "inside_categories": [one.category]})
    if one.marketplace is not None:
        parts.append({"field": "attributes.marketplace_id", "one_of": [one.marketplace]})
    if one.when is not None:
        own = one.when.get("all") if one.when.keys() == {"all"} else None
        parts.extend(own if isinstance(own, list) and own else [dict(one.when)])
    return {"all": parts} if len(parts) > 1 else parts[0] if parts else None


def _depth(given: Any, depth: int = 0) -> int:
    held = given.values() if isinstance(given, dict) else given if isinstance(given, list) else ()
    if depth > _DEEPEST:
        return depth
    return max((_depth(part, depth + 1) for part in held), default=depth)


def _free(rule_id: str, taken: dict[str, Rule]) -> str:
    """Return the id, numbered where several requirements are alike but for their arguments."""
    names = (rule_id, *(f"{rule_id}_{number}" for number in range(2, _MOST_ALIKE + 1)))
    for name in names:
        if name not in taken:
            return name
    raise ValueError(f"more than {_MOST_ALIKE} are alike")


def _named(one: Requirement) -> str:
    scope = getattr(one, "product_type", None) or getattr(one, "category", None)
    name = f"{getattr(one, 'field', '?')}: {getattr(one, 'check', '?')}"
    return _cut(f"{scope}, {name}" if scope else name)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else ".")


def _cut(text: str) -> str:
    clean = text.replace("\x00", "\ufffd").encode(errors="replace").decode()
    return clean if len(clean) <= _LONGEST_TEXT else f"{clean[: _LONGEST_TEXT - 1]}…"
