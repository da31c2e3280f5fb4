"""The rules of a pack that look across records: what they want to know of each, and what they find. Pure.

Rules are judged from a shelf of keys, whether it was filled from a database, a file, or the records of a case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from core.corrections import paths
from core.model.issues import Violation
from core.model.records import Record, RecordKind
from core.rules.checks.across import ACROSS, IGNORED, Peers
from core.rules.keys import SCALE, Key, KeyReader, Probe, demand_key, item_key, name_of, stock_key, value_key
from core.rules.messages import ENGLISH, render
from core.rules.pack import Rule
from core.rules.shelf import MOST_COUNTED, MOST_NAMED, Member, Named, Shelf, Subject, call, gathered, named

_SAID = ("id", "kind", "category", "severity", "field", "check", "arguments", "when", "wordings")
_ENCODER = msgspec.json.Encoder(order="sorted", enc_hook=str)
_FLAGS = {"c": "ignore_case", "p": "ignore_punctuation", "d": "digits_only"}


class Compared:
    """Rules across records compiled, whatever the edition and the language that they are told in."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.ids = frozenset(rule.id for rule in rules)
        asked = {rule.id: _probes(rule) for rule in rules if rule.check != "max_drop"}
        self.subjects = [_subject(rule, asked[rule.id]) for rule in rules if rule.id in asked]
        probes = [probe for several in asked.values() for probe in several]
        self.reader = KeyReader(probes, rules[0]) if probes else None
        self.falls = [
            (rule, KeyReader((Probe(rule.id, rule.kind, rule.field, rule.when, item_key),), rule))
            for rule in rules
            if rule.check == "max_drop"
        ]
        said = [[getattr(rule, name) for name in _SAID] for rule in rules]
        self.digest = hashlib.sha256(_ENCODER.encode(said)).hexdigest()[:16]


class Across:
    """The rules across records of one edition, in one language. `ids` are their names.

    `fingerprint` tells what they ask for and say: a record with another one has to be looked at again.
    """

    def __init__(self, compared: Compared, edition: str, language: str = ENGLISH) -> None:
        self.compared, self.edition, self.language = compared, edition, language
        self.ids, self.subjects = compared.ids, compared.subjects
        self.fingerprint = compared.digest + ("" if language == ENGLISH else f"-{language[:3]}")

    def keys(self, kind: RecordKind, record: Record) -> tuple[Key, ...]:
        """Return what is to be known of a record."""
        reader = self.compared.reader
        return () if reader is None else reader.read(kind, record)

    def violations(self, members: Iterable[Member], record: Record, shelf: Shelf) -> list[Violation]:
        """Return what a record, of which `members` are the keys, violates by what is on the shelf."""
        judged = [(subject, it) for it in members for subject in self.subjects if subject.own == it.key.name]
        found = [self.violation(subject, it, paths.get(record, it.key.path), shelf) for subject, it in judged]
        return [violation for violation in found if violation is not None]

    def violation(self, subject: Subject, member: Member, actual: Any, shelf: Shelf) -> Violation | None:
        """Return what a rule says of one key, None where it holds. `actual` is the value as it was received."""
        rule, peers = subject.rule, _peers_of(subject, member, actual, shelf)
        if ACROSS[rule.check].function(peers, **rule.arguments):
            return None
        said = {
            "count": peers.count if peers.count < MOST_COUNTED else f"{MOST_COUNTED}+",
            "others": list(peers.others),
            "asked": _number(peers.asked),
        }
        return self.said(rule, member.key.path, actual, said)

    def together(self, records: Sequence[tuple[RecordKind, Record]]) -> list[list[Violation]]:
        """Return what each of some records violates, where these are all there are."""
        members = [
            [Member(place, key, named(kind, record)) for key in self.keys(kind, record)]
            for place, (kind, record) in enumerate(records)
        ]
        shelf = gathered(self.subjects, (it for several in members for it in several))
        return [self.violations(own, record, shelf) for own, (_, record) in zip(members, records, strict=True)]

    def said(self, rule: Rule, path: str, actual: Any, said: Mapping[str, Any]) -> Violation:
        """Return a violation; `said` fills its message beside the value and the arguments."""
        values = {"field": path, **rule.arguments, "value": actual, "actual": actual, **said}
        return self.repeated(rule, path, actual, render(rule.wording(self.language), values, self.language))

    def repeated(self, rule: Rule, path: str, actual: Any, message: str) -> Violation:
        """Return a violation whose message is known already."""
        return Violation(
            rule=rule.id,
            title=rule.wording(self.language).title,
            pack=self.edition,
            category=rule.category,
            severity=rule.severity,
            field=path,
            message=message,
            actual=actual,
        )


def _subject(rule: Rule, asked: Sequence[Probe]) -> Subject:
    peers = asked if rule.check == "unique_across" else asked[1:]
    return Subject(rule, asked[0].name, tuple(dict.fromkeys(probe.name for probe in peers)))


def _probes(rule: Rule) -> list[Probe]:
    """Return where a rule finds its keys: first those that it judges, then those that it judges them by."""
    given, kind, when = rule.arguments, rule.kind, rule.when
    if rule.check == "covers_orders":
        ignored = frozenset(status.strip().lower() for status in given["ignored"])
        kept = None if ignored == frozenset(IGNORED) else sorted(ignored)
        orders = name_of(RecordKind.ORDER, "lines[].sku", "demand", kept)
        return [
            Probe(name_of(kind, rule.field, "stock", when), kind, rule.field, when, stock_key),
            Probe(orders, RecordKind.ORDER, "lines[].sku", None, demand_key(ignored), adds_up=True),
        ]
    flags = "".join(flag for flag, argument in _FLAGS.items() if given.get(argument))
    wanted = [(rule.field, when)]
    if rule.check == "known_across":
        wanted.append((given["field"], None))
    elif given["also"] is not None:
        wanted.append((given["also"], when))
    return [Probe(name_of(kind, field, flags, when), kind, field, when, value_key(flags)) for field, when in wanted]


def _peers_of(subject: Subject, member: Member, actual: Any, shelf: Shelf) -> Peers:
    if subject.is_demand:
        demand = shelf.demands.get((subject.others[0], member.key.pair))
        if demand is None:
            return Peers()
        held = sum(it.key.amount or 0 for it in shelf.members.get(member.key.pair, ()))
        return Peers(demand.count, tuple(call(it, None, 0) for it in demand.orders), demand.asked, held)
    others: dict[int, Named] = {}
    for name in subject.others:
        for it in shelf.members.get((name, member.key.value), ()):
            if it.record != member.record:
                others.setdefault(it.record, it.named)
    first = tuple(call(others[record], actual, record) for record in sorted(others)[:MOST_NAMED])
    return Peers(len(others), first)


def _number(amount: int) -> Any:
    whole, rest = divmod(amount, SCALE)
    return whole if not rest else f"{amount / SCALE:g}"
