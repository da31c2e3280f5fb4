"""One rule of a rulepack file → `Rule`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from core.corrections import apply
from core.corrections.steps import STEPS
from core.errors import Refused, RulepackError
from core.model.corrections import Program, Safety
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules import cases, conditions, messages
from core.rules.bind_across import bind_across
from core.rules.checks import ACROSS, check_of
from core.rules.document import Map, plain
from core.rules.messages import ENGLISH, Wording
from core.rules.pack import Confidence, Rule, Test

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

RULE_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,5}")
LONGEST_TITLE = 48
LONGEST_MESSAGE = 400
_KEYS = frozenset(
    {"id", "title", "kind", "category", "severity", "field", "check", "when", "effective", "message", "source", "fix",
     "fix_safety", "cases", "confidence"}
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where rules are read from."""

    file: str
    pack: str
    digest: str


class Reader:
    """Reads one rule; keeps the place for what it has to refuse."""

    def __init__(self, item: Any, line: int, place: Place) -> None:
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
        only(self.item, _KEYS, self.file, self.id)
        kind = self.choice("kind", RecordKind)
        field = self.text("field", 120)
        severity = self.choice("severity", Severity)
        confidence = self.choice("confidence", Confidence, Confidence.CONFIRMED)
        if confidence is Confidence.UNCONFIRMED and severity is not Severity.WARNING:
            raise self.refusal("what is unconfirmed may only warn", "severity")
        test = self.test(kind, field)
        when = self.item.get("when")
        title = self.title(self.item)
        fix = self.fix(test)
        since, until = self.effective()
        return Rule(
            id=self.id,
            title=title,
            kind=kind,
            category=self.choice("category", Category),
            severity=severity,
            field=field,
            check=test.check,
            arguments=test.arguments,
            when=None if when is None else self.within("when", lambda: conditions.read(when, kind, field)),
            wordings={ENGLISH: self.wording(title, self.item, test)},
            source=self.text("source", 400),
            pack=self.place.pack,
            digest=self.place.digest,
            line=self.line,
            fix=fix,
            fix_safety=self.safety(fix),
            cases=self.within("cases", lambda: cases.read(self.item.get("cases"), self.line, kind, test.check)),
            confidence=confidence,
            since=since,
            until=until,
        )

    def translated(self, rule: Rule, given: Map) -> Wording:
        """Read a rule's title and message in another language."""
        self.id, self.item = rule.id, given
        only(given, frozenset({"title", "message"}), self.file, rule.id)
        return self.wording(self.title(given), given, rule.test)

    def wording(self, title: str, given: Map, test: Test) -> Wording:
        """Read `message:`, text or its plural forms."""
        message = given.get("message")
        for form in message.values() if isinstance(message, dict) else [message]:
            if not isinstance(form, str) or not form.strip() or len(form) > LONGEST_MESSAGE:
                raise self.refusal(
                    f"message is missing, or is not text of at most {LONGEST_MESSAGE} characters", "message"
                )
        return self.within("message", lambda: messages.read(title, plain(message), _names(test)))

    def effective(self) -> tuple[date | None, date | None]:
        """Read `effective:`, the day from which the rule counts and the day on which it no longer does."""
        given = self.item.get("effective")
        if given is None:
            return None, None
        if not isinstance(given, Map) or not given or not given.keys() <= {"from", "until"}:
            raise self.refusal("effective is {from: YYYY-MM-DD, until: YYYY-MM-DD}, or one of them", "effective")
        since = self.within("effective", lambda: _day(given.get("from")))
        until = self.within("effective", lambda: _day(given.get("until")))
        if since is not None and until is not None and since >= until:
            raise self.refusal("effective ends before it begins", "effective")
        return since, until

    def title(self, item: Map) -> str:
        """Read `title:`, one short line that is the same for every record."""
        title = item.get("title")
        if not isinstance(title, str) or not title.strip() or len(title) > LONGEST_TITLE:
            raise self.refusal(f"title is missing, or is not text of at most {LONGEST_TITLE} characters", "title")
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
        if name in ACROSS:
            when = plain(self.item.get("when"))
            return self.within("check", lambda: bind_across(name, plain(arguments), kind, field, when))
        return self.within("check", lambda: conditions.test(name, plain(arguments), kind, field, field))

    def fix(self, test: Test) -> Program:
        """Read `fix:`, a list of steps."""
        given = self.item.get("fix")
        if given is None:
            return ()
        if test.check in ACROSS:
            raise self.refusal("a rule across records has no fix: what mends one record depends on others", "fix")
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


def only(given: Map, known: frozenset[str], file: str, rule: str | None) -> None:
    """Refuse keys that the language does not have."""
    for key in given:
        if key not in known:
            reason = f"unknown key {key[:40]!r} (known: {', '.join(sorted(known))})"
            raise RulepackError(file, given.lines[key], rule, reason)


def _names(test: Test) -> frozenset[str]:
    says = ACROSS[test.check].says if test.check in ACROSS else frozenset()
    return messages.BUILT_IN | {parameter.name for parameter in check_of(test.check).parameters} | says


def _day(value: Any) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("a day is written as YYYY-MM-DD")
    return date.fromisoformat(value)
