"""A rulepack file → `Pack`. What is not in the language is refused with file, line, rule and reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from core.corrections import apply
from core.corrections.steps import STEPS
from core.errors import Refused, RulepackError
from core.model.corrections import Program, Safety
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules import cases, conditions, messages
from core.rules.checks import CHECKS
from core.rules.document import Map, Seq, plain, read
from core.rules.pack import Confidence, Pack, Rule, Test

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

CHANNEL = re.compile(r"[a-z][a-z0-9_]{1,40}")
VERSION = re.compile(r"20[0-9]{2}\.[0-9]{2}(\.[0-9]{1,4})?")
RULE_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,5}")
MOST_RULES = 1_000
LONGEST_TITLE = 48
_PACK_KEYS = frozenset({"rulepack", "version", "title", "extends", "without", "rules"})
_RULE_KEYS = frozenset(
    {"id", "title", "kind", "category", "severity", "field", "check", "when", "message", "source", "fix",
     "fix_safety", "cases", "confidence"}
)  # fmt: skip


def parse(text: str, file: str) -> Pack:
    """Read one rulepack; RulepackError where it is not one."""
    document = read(text, file)
    if not isinstance(document, Map):
        raise RulepackError(file, 1, None, "a rulepack is a mapping")
    _only(document, _PACK_KEYS, file, None)
    channel = _match(document, "rulepack", CHANNEL, file)
    version = _match(document, "version", VERSION, file)
    extends = document.get("extends")
    if extends is not None and (not isinstance(extends, str) or extends.count("@") != 1):
        raise RulepackError(file, document.lines["extends"], None, "extends names a pack: common@2026.11")
    without = document.get("without", [])
    if not isinstance(without, list) or not all(isinstance(name, str) for name in without):
        raise RulepackError(file, document.lines["without"], None, "without is a list of rule ids")
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return Pack(
        channel=channel,
        version=version,
        title=str(document.get("title") or channel),
        file=file,
        digest=digest,
        rules=_rules(document, _Place(file, f"{channel}@{version}", digest)),
        extends=extends,
        without=tuple(without),
    )


@dataclass(frozen=True)
class _Place:
    """Where rules are read from."""

    file: str
    pack: str
    digest: str


def _rules(document: Map, place: _Place) -> tuple[Rule, ...]:
    given, file = document.get("rules"), place.file
    if not isinstance(given, Seq) or len(given) > MOST_RULES:
        raise RulepackError(file, document.lines.get("rules"), None, f"rules is a list of at most {MOST_RULES}")
    rules: dict[str, Rule] = {}
    for item, line in zip(given, given.lines, strict=True):
        rule = _Reader(item, line, place).rule()
        if rule.id in rules:
            raise RulepackError(file, line, rule.id, f"the id stands twice, first in line {rules[rule.id].line}")
        rules[rule.id] = rule
    return tuple(rules.values())


class _Reader:
    """Reads one rule; keeps the place for what it has to refuse."""

    def __init__(self, item: Any, line: int, place: _Place) -> None:
        self.file, self.line, self.place = place.file, line, place
        self.id: str | None = None
        if not isinstance(item, Map):
            raise self.refusal("a rule is a mapping")
        self.item = item

    def rule(self) -> Rule:
        """Return the rule, or say why not."""
        self.id = self.text("id", 80)
        if not RULE_ID.fullmatch(self.id):
            raise self.refusal("an id is lower-case words joined by dots", "id")
        _only(self.item, _RULE_KEYS, self.file, self.id)
        kind = self.choice("kind", RecordKind)
        field = self.text("field", 120)
        severity = self.choice("severity", Severity)
        confidence = self.choice("confidence", Confidence, Confidence.CONFIRMED)
        if confidence is Confidence.UNCONFIRMED and severity is not Severity.WARNING:
            raise self.refusal("what is unconfirmed may only warn", "severity")
        test = self.test(kind, field)
        when = self.item.get("when")
        message = self.text("message", 400)
        fix = self.fix()
        return Rule(
            id=self.id,
            title=self.title(),
            kind=kind,
            category=self.choice("category", Category),
            severity=severity,
            field=field,
            check=test.check,
            arguments=test.arguments,
            when=None if when is None else self.within("when", lambda: conditions.read(when, kind, field)),
            text=message,
            message=self.within("message", lambda: messages.parse(message, _names(test))),
            source=self.text("source", 400),
            pack=self.place.pack,
            digest=self.place.digest,
            line=self.line,
            fix=fix,
            fix_safety=self.safety(fix),
            cases=self.within("cases", lambda: cases.read(self.item.get("cases"), self.line)),
            confidence=confidence,
        )

    def title(self) -> str:
        """Read `title:`, one short line that is the same for every record."""
        title = self.text("title", LONGEST_TITLE)
        if "{" in title or "}" in title:
            raise self.refusal("a title has no placeholders; they belong in the message", "title")
        if title != " ".join(title.split()) or not title.isprintable():
            raise self.refusal("a title is one line, without needless spaces", "title")
        return title

    def test(self, kind: RecordKind, field: str) -> Test:
        """Read `check:`, a name or one name with its arguments."""
        given = self.item.get("check")
        if isinstance(given, str):
            given = {given: None}
        if not isinstance(given, dict) or len(given) != 1:
            raise self.refusal("check is one check by name, with its arguments", "check")
        ((name, arguments),) = given.items()
        return self.within("check", lambda: conditions.test(name, plain(arguments), kind, field, field))

    def fix(self) -> Program:
        """Read `fix:`, a list of steps."""
        given = self.item.get("fix")
        if given is None:
            return ()
        if not isinstance(given, list) or not given:
            raise self.refusal("fix is a list of steps", "fix")
        try:
            return apply.normalise(plain(given))
        except Refused as error:
            raise self.refusal(error.message, "fix") from error

    def safety(self, fix: Program) -> Safety | None:
        """Read `fix_safety:`; only steps that leave the value equal are safe."""
        if not fix:
            if "fix_safety" in self.item:
                raise self.refusal("fix_safety without a fix", "fix_safety")
            return None
        safety = self.choice("fix_safety", Safety)
        if safety is Safety.SAFE:
            for step in fix:
                if not STEPS[next(iter(step))].notation:
                    reason = f"a safe fix changes notation only; {next(iter(step))} changes content"
                    raise self.refusal(reason, "fix_safety")
        return safety

    def text(self, key: str, longest: int) -> str:
        """Read text that must be there."""
        value = self.item.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.refusal(f"{key} is missing, or is not text of at most {longest} characters", key)
        return value

    def choice(self, key: str, kind: type[E], fallback: E | None = None) -> E:
        """Read one word of a closed set."""
        value = self.item.get(key, fallback)
        try:
            return kind(str(value))
        except ValueError as error:
            raise self.refusal(f"{key} is one of {', '.join(kind)}", key) from error

    def within(self, key: str, read: Callable[[], T]) -> T:
        """Turn the reason of a ValueError into a refusal with its place."""
        try:
            return read()
        except ValueError as error:
            raise self.refusal(str(error), key) from error

    def refusal(self, reason: str, key: str | None = None) -> RulepackError:
        """Return the error for this rule, at the line of `key` where it stands."""
        line = self.item.lines.get(key, self.line) if key else self.line
        return RulepackError(self.file, line, self.id, reason)


def _names(test: Test) -> frozenset[str]:
    return messages.BUILT_IN | {parameter.name for parameter in CHECKS[test.check].parameters}


def _only(given: Map, known: frozenset[str], file: str, rule: str | None) -> None:
    for key in given:
        if key not in known:
            reason = f"unknown key {key[:40]!r} (known: {', '.join(sorted(known))})"
            raise RulepackError(file, given.lines[key], rule, reason)


def _match(document: Map, key: str, form: re.Pattern[str], file: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise RulepackError(file, document.lines.get(key, 1), None, f"{key} is missing or has not its form")
    return value
