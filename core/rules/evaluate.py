"""Compiled packs: a record in, its violations out. No input or output, and no exception for any JSON value."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from core.corrections import paths
from core.errors import NotFound
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules.across import Across, Compared
from core.rules.checks import ACROSS, CHECKS
from core.rules.compile import Evaluator, Found, compile_rules
from core.rules.layout import Layout, fields_of
from core.rules.messages import ENGLISH, render
from core.rules.pack import Pack, Rule


@dataclass(frozen=True, eq=False)
class CompiledPack:
    """A pack with what it inherits, ready to judge records. `name` is `shopify@2026.11`.

    `edition` is what was judged by: the name, and behind a `+` the day of the newest of its rules with a date. A
    pack whose rules have dates is read for a day with `on`; as a whole it judges by all of them at once. `mark` tells
    the rules of others that are with it, such as what the platform publishes: `shopify@2026.11+r3f9c2d1`. `language`
    is that of its messages.
    """

    pack: Pack
    rules: tuple[Rule, ...]
    edition: str
    _by_id: Mapping[str, Rule] = field(repr=False)
    mark: str = ""
    _engines: dict[RecordKind, Engine] = field(default_factory=dict, repr=False)
    language: str = ENGLISH

    @property
    def name(self) -> str:
        """Return `channel@version`."""
        return self.pack.name

    def on(self, day: date) -> CompiledPack:
        """Return the pack with the rules that count on a day."""
        if not self.turns:
            return self
        return _edition(self, max((turn for turn in self.turns if turn <= day), default=None))

    @cached_property
    def turns(self) -> frozenset[date]:
        """Return the days on which a rule begins or ends."""
        return frozenset(turn for rule in self.rules for turn in (rule.since, rule.until) if turn is not None)

    @cached_property
    def stamp(self) -> str:
        """Return the edition with a hash of what its rules were read from: the same stamp, the same issues."""
        texts = "\n".join(f"{rule.digest} {rule.id}" for rule in self.rules)
        spoken = "" if self.language == ENGLISH else f"-{self.language}"
        return f"{self.edition}#{hashlib.sha256(texts.encode()).hexdigest()[:8]}{spoken}"

    def narrowed(self, names: Collection[str]) -> CompiledPack:
        """Return the pack with only those of its rules that are named."""
        rules = tuple(rule for rule in self.rules if rule.id in names)
        return _compiled(self.pack, rules, self.edition, self.mark).speaking(self.language)

    def speaking(self, language: str) -> CompiledPack:
        """Return the pack with messages in a language, in English where they are not translated."""
        return self if language == self.language else replace(self, language=language)

    @property
    def latest(self) -> CompiledPack:
        """Return the pack as it will be once every date of its rules has come."""
        return self.on(date.max)

    @cached_property
    def across(self) -> Across:
        """Return the rules that look across records, which `evaluate` does not."""
        rules = tuple(rule for rule in self.rules if rule.check in ACROSS)
        ruleset = _Ruleset(tuple((rule.digest, rule.id) for rule in rules), rules)
        return Across(_compared(ruleset), self.edition, self.language)

    @cached_property
    def alone(self) -> tuple[Rule, ...]:
        """Return the rules that judge a record by itself."""
        return tuple(rule for rule in self.rules if rule.check not in ACROSS)

    @cached_property
    def _ruleset(self) -> _Ruleset:
        return _Ruleset(tuple((rule.digest, rule.id) for rule in self.alone), self.alone)

    def engine(self, kind: RecordKind) -> Engine:
        """Return what judges one kind of record, compiled the first time; packs of the same text share it."""
        engine = self._engines.get(kind)
        if engine is None:
            engine = self._engines[kind] = _engine(self._ruleset, kind)
        return engine

    def evaluate(self, kind: RecordKind, record: Record, language: str | None = None) -> list[Violation]:
        """Return what `record` alone violates, in the order of the rules, with messages in `language` or its own."""
        if not isinstance(record, dict):
            return []
        engine = self.engine(kind)
        found: list[Found] = []
        try:
            engine.by_struct(msgspec.convert(record, engine.struct), found.append)
        except (msgspec.ValidationError, RecursionError):
            found.clear()
            engine.by_data(record, found.append)
        return self._told(engine, record, found, language) if found else []

    def evaluate_json(self, kind: RecordKind, data: bytes | str, language: str | None = None) -> list[Violation]:
        """Return every violation of a record in JSON, as `evaluate` does and faster than decoding it first.

        msgspec.DecodeError, UnicodeDecodeError or RecursionError where it is no JSON. What is no object has no
        violations.
        """
        engine = self.engine(kind)
        found: list[Found] = []
        try:
            engine.by_struct(engine.decoder.decode(data), found.append)
        except msgspec.ValidationError:
            return self.evaluate(kind, msgspec.json.decode(data), language)
        return self._told(engine, data, found, language) if found else []

    def _told(
        self, engine: Engine, record: Record | bytes | str, found: list[Found], language: str | None
    ) -> list[Violation]:
        """Return the violations of what was found, with the values as they stand in the record."""
        found.sort(key=_place)
        if not engine.structural.isdisjoint(row[0] for row in found):
            plain = record if isinstance(record, dict) else msgspec.json.decode(record)
            found = [self._plain(row, plain) if row[0] in engine.structural else row for row in found]
        return [self._violation(row, language or self.language) for row in found]

    def _plain(self, found: Found, record: Record) -> Found:
        """Return what was found with its values as plain data, where they had been decoded into structs."""
        place, path, _, _ = found
        rule = self.alone[place]
        others = tuple(paths.get(record, paths.bind(field, path)) for field in fields_of(rule.test))
        return place, path, paths.get(record, path), others

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id; NotFound where the pack has none of that name."""
        try:
            return self._by_id[rule_id]
        except KeyError:
            raise NotFound(f"{self.name} has no rule {rule_id}.") from None

    def _violation(self, found: Found, language: str) -> Violation:
        place, path, value, others = found
        rule = self.alone[place]
        return Violation(
            rule=rule.id,
            title=rule.wording(language).title,
            pack=self.edition,
            category=rule.category,
            severity=rule.severity,
            field=path,
            message=message(rule, path, value, others, language),
            actual=value,
            fix=rule.fix,
            fix_safety=rule.fix_safety,
        )


def message(rule: Rule, path: str, value: Any, others: tuple[Any, ...], language: str = ENGLISH) -> str:
    """Fill the message of a rule with the value found, its measure and what is allowed."""
    wording = rule.wording(language)
    if len(wording.forms) == 1 and not wording.placeholders:
        return wording.forms["other"][0]
    check = CHECKS[rule.check]
    values: dict[str, Any] = dict(rule.arguments)
    fields = [
        parameter.name
        for parameter in check.parameters
        if parameter.is_field and rule.arguments[parameter.name] is not None
    ]
    values.update(zip(fields, others, strict=True))
    values = {"field": path, **values, "value": value, "actual": check.measure(value, rule.arguments)}
    return render(wording, values, language)


def compile_pack(pack: Pack, inherited: tuple[Rule, ...] = ()) -> CompiledPack:
    """Compile a pack over the rules it inherits; its own rules replace inherited ones of the same id."""
    own = {rule.id: rule for rule in pack.rules}
    kept = [own.pop(rule.id, rule) for rule in inherited if rule.id not in pack.without]
    return _compiled(pack, (*kept, *own.values()), pack.name)


def with_rules(whole: CompiledPack, rules: tuple[Rule, ...], mark: str) -> CompiledPack:
    """Return a pack that judges by more rules than its own, told in its edition by `mark`."""
    return _compiled(whole.pack, (*whole.rules, *rules), f"{whole.name}+{mark}", mark)


def _compiled(pack: Pack, rules: tuple[Rule, ...], edition: str, mark: str = "") -> CompiledPack:
    return CompiledPack(pack, rules, edition, {rule.id: rule for rule in rules}, mark)


@lru_cache(maxsize=256)
def _edition(whole: CompiledPack, begun: date | None) -> CompiledPack:
    """Return the rules of `whole` that count once `begun`, the last of its dates, has come."""
    counting = tuple(rule for rule in whole.rules if rule.counts_on(begun or date.min))
    edition = "+".join(part for part in (whole.name, whole.mark, str(begun or "")) if part)
    return _compiled(whole.pack, counting, edition, whole.mark)


def breaks(compiled: CompiledPack, kind: RecordKind, before: Record, after: Record) -> list[Violation]:
    """Return the violations of `after` that `before` did not have: same rule, same field counts as had."""
    had = {(violation.rule, violation.field) for violation in compiled.evaluate(kind, before)}
    return [violation for violation in compiled.evaluate(kind, after) if (violation.rule, violation.field) not in had]


@dataclass(frozen=True)
class _Ruleset:
    """Rules that are the same where they have the same ids and come from files of the same text."""

    names: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...] = field(compare=False)


@dataclass(frozen=True)
class Engine:
    """What judges one kind of record: functions on plain data and on structs, and what decodes JSON into these.

    `structural` are the places of rules whose value is a list of structs, which nobody but the function can read.
    """

    by_data: Evaluator
    by_struct: Evaluator
    struct: Any
    decoder: msgspec.json.Decoder[Any]
    structural: frozenset[int]


@lru_cache(maxsize=512)
def _engine(ruleset: _Ruleset, kind: RecordKind) -> Engine:
    rules = ruleset.rules
    layout = Layout([rule for rule in rules if rule.kind is kind], kind)
    return Engine(
        by_data=compile_rules(rules, kind),
        by_struct=compile_rules(rules, kind, layout),
        struct=layout.struct,
        decoder=msgspec.json.Decoder(layout.struct),
        structural=frozenset(
            place for place, rule in enumerate(rules) if rule.kind is kind and layout.is_structural(rule.test)
        ),
    )


@lru_cache(maxsize=256)
def _compared(ruleset: _Ruleset) -> Compared:
    return Compared(ruleset.rules)


def _place(row: Found) -> int:
    return row[0]
