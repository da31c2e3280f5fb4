"""What a rulepack is once it is read: frozen, with the line of each rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from core.model.corrections import Program, Safety
from core.model.issues import Category, Severity
from core.model.records import Record, RecordKind
from core.rules.messages import ENGLISH, Wording


class Confidence(StrEnum):
    """How sure the source of a rule is. What is unconfirmed only warns."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """One check on one field: `check` by name, `arguments` bound; arguments that are fields are patterns."""

    field: str
    check: str
    arguments: Mapping[str, Any]


class Compound(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions joined: `all`, `any`, or `not` (of one)."""

    joined: str
    parts: tuple[Test | Compound, ...]


Condition = Test | Compound


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One record that a rule must pass or must fail; `fixed` holds the fields wanted after the rule's fix.

    A rule across records sees it `beside` others, and after the version `before`.
    """

    passes: bool
    record: Record
    fixed: Record | None
    line: int
    beside: tuple[tuple[RecordKind, Record], ...] = ()
    before: Record | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `title` names it for people, whatever the record; `wordings` holds title and message by language.

    `pack` is the `name@version` it was written in, `line` its line there, `digest` the hash of that file. It counts
    from the day `since` on and ends before the day `until` (UTC), where they are given.
    """

    id: str
    title: str
    kind: RecordKind
    category: Category
    severity: Severity
    field: str
    check: str
    arguments: Mapping[str, Any]
    wordings: Mapping[str, Wording]
    source: str
    pack: str
    digest: str
    line: int
    when: Condition | None = None
    fix: Program = ()
    fix_safety: Safety | None = None
    cases: tuple[Case, ...] = ()
    confidence: Confidence = Confidence.CONFIRMED
    since: date | None = None
    until: date | None = None

    def counts_on(self, day: date) -> bool:
        """Tell whether the rule is in effect on a day."""
        return (self.since is None or day >= self.since) and (self.until is None or day < self.until)

    def wording(self, language: str = ENGLISH) -> Wording:
        """Return title and message in a language, in English where they are not translated."""
        return self.wordings.get(language) or self.wordings[ENGLISH]

    @property
    def test(self) -> Test:
        """Return what the rule checks, without its condition."""
        return Test(field=self.field, check=self.check, arguments=self.arguments)


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `without` names inherited rules that do not count here; `digest` is the hash of its text;
    `languages` are those of its messages, English first."""

    channel: str
    version: str
    title: str
    file: str
    digest: str
    rules: tuple[Rule, ...]
    extends: str | None = None
    without: tuple[str, ...] = ()
    languages: tuple[str, ...] = (ENGLISH,)

    @property
    def name(self) -> str:
        """Return `channel@version`."""
        return f"{self.channel}@{self.version}"
