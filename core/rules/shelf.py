"""What is known of the values that several records may hold, and which of them a look at some records needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from core.model.records import Record, RecordKind
from core.rules.keys import Key, comparable
from core.rules.pack import Rule

MOST_COUNTED = 100
"""A message counts others up to here; then it says `100+`. Of a value that more records hold no more are fetched."""
MOST_NAMED = 3
ALL = 2**31 - 1

Pair = tuple[str, str]


class Named(msgspec.Struct, frozen=True):
    """What a record can be called by."""

    kind: RecordKind
    sku: str | None
    external_id: str | None
    title: str | None


class Member(msgspec.Struct, frozen=True):
    """A key of one record. `record` tells records apart and orders them."""

    record: int
    key: Key
    named: Named


class Demand(msgspec.Struct, frozen=True):
    """What orders ask for of one SKU since its stock was counted; `orders` are the first of them."""

    asked: int
    count: int
    orders: tuple[Named, ...]


class Shelf(msgspec.Struct, frozen=True):
    """Who holds which value, and what orders ask for, by the pair of the stock's key."""

    members: Mapping[Pair, Sequence[Member]] = {}
    demands: Mapping[tuple[str, Pair], Demand] = {}


class Subject(msgspec.Struct, frozen=True):
    """A rule and the names of the keys it compares: `own` ones are judged by those of the `others`."""

    rule: Rule
    own: str
    others: tuple[str, ...]

    @property
    def is_demand(self) -> bool:
        """Tell whether amounts are compared, and not only who holds a value."""
        return self.rule.check == "covers_orders"


class Wanted(msgspec.Struct, frozen=True):
    """What a look needs: pairs with the number of records to fetch of each, and what is asked of which stock."""

    members: dict[Pair, int] = {}
    demands: dict[tuple[str, str], set[str]] = {}
    """Values by the names of the stock's and of the orders' keys."""


def wanted(subjects: Sequence[Subject], own: Iterable[Pair], touched: Collection[Pair]) -> Wanted:
    """Return what is needed to judge records with the keys `own`, and all whose verdict `touched` keys may turn."""
    needed = Wanted()
    held, moved = _by_name(own), _by_name(touched)
    for subject in subjects:
        for value in held.get(subject.own, ()):
            _need(needed, subject, value, turns=False)
        for name in {subject.own, *subject.others}:
            for value in moved.get(name, ()):
                _need(needed, subject, value, turns=name in subject.others)
    return needed


def strangers(
    subjects: Sequence[Subject], touched: Collection[Pair], shelf: Shelf, inside: Collection[int]
) -> list[tuple[Subject, Member]]:
    """Return keys of records beyond `inside` whose verdict touched keys may have turned.

    Where more records than are counted share a value, one more or less turns nothing for the others.
    """
    found: dict[tuple[str, int, str], tuple[Subject, Member]] = {}
    moved = _by_name(touched)
    for subject in subjects:
        turning = {*subject.others, subject.own} if subject.is_demand else subject.others
        for value in {value for name in turning for value in moved.get(name, ())}:
            members = [it for it in shelf.members.get((subject.own, value), ()) if it.record not in inside]
            if subject.own in subject.others and len({it.record for it in members}) > MOST_COUNTED:
                continue
            for it in members:
                found[subject.rule.id, it.record, it.key.path] = (subject, it)
    return list(found.values())


def gathered(subjects: Sequence[Subject], members: Iterable[Member]) -> Shelf:
    """Put all keys of some records on a shelf."""
    shelf: dict[Pair, list[Member]] = {}
    for it in members:
        shelf.setdefault(it.key.pair, []).append(it)
    demands = {
        (subject.others[0], pair): demand
        for subject in subjects
        if subject.is_demand
        for pair, levels in shelf.items()
        if pair[0] == subject.own and (demand := _demand(levels, shelf.get((subject.others[0], pair[1]), ())))
    }
    return Shelf(shelf, demands)


def named(kind: RecordKind, record: Record) -> Named:
    """Return what a record can be called by."""
    sku, external_id = record.get("sku"), record.get("external_id")
    title = record.get("title") or record.get("number")
    return Named(kind, *(it if isinstance(it, str) and it else None for it in (sku, external_id, title)))


def call(it: Named, value: object, record: int) -> str:
    """Call a record by its SKU, or its external id where the SKU is the very `value`; an order by its number."""
    if it.kind is RecordKind.ORDER:
        return it.title or it.external_id or f"#{record}"
    if it.sku is not None and comparable(it.sku, "c") != comparable(value, "c"):
        return it.sku
    return it.external_id or it.title or f"#{record}"


def _by_name(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _need(needed: Wanted, subject: Subject, value: str, *, turns: bool) -> None:
    """Ask for those who hold a value; of a rule that names another field for all, where its verdict may turn."""
    own, others = (subject.own, value), subject.others
    if subject.is_demand:
        needed.members[own] = ALL
        needed.demands.setdefault((subject.own, others[0]), set()).add(value)
        return
    for name in others:
        needed.members[name, value] = max(needed.members.get((name, value), 0), MOST_COUNTED + 1)
    if own[0] not in others and turns:
        needed.members[own] = ALL


def _demand(levels: Sequence[Member], orders: Sequence[Member]) -> Demand | None:
    counted = max(it.key.at or 0 for it in levels)
    later = [it for it in orders if (it.key.at or 0) > counted]
    if not later:
        return None
    first = sorted({it.record: it.named for it in later}.items())[:MOST_NAMED]
    return Demand(sum(it.key.amount or 0 for it in later), len(later), tuple(it for _, it in first))
