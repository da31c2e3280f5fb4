"""Which issues are one cause because people say so: splits and merges by hand, kept for the issues to come.

Where an issue belongs is a pure function of its natural signature, a few facts about it, and the groupings that stand.
One follows them from the natural signature on: a merge leads to its target, a split to a part where the facts meet its
condition; of several the oldest goes first. So making a grouping, and taking it back, is asking this function again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from core.knowledge.signature import PART, Signature
from core.model.issues import Violation
from core.model.records import Record, RecordKind

LONGEST = 200
"""Most characters of a fact, and of what it is compared with."""

_LEVELS = re.compile(r"\s*[>/|]\s*")


class Kind(StrEnum):
    """What a grouping does."""

    SPLIT = "split"
    MERGE = "merge"


class By(StrEnum):
    """The fact that a pattern is split by. `connection` is an account on the channel, by its id."""

    CATEGORY = "category"
    LOCALE = "locale"
    CONNECTION = "connection"
    SHAPE = "shape"
    VALUE = "value"
    BRAND = "brand"
    PRODUCT_TYPE = "product_type"


class How(StrEnum):
    """How a fact is compared. Letter case does not matter. A category is also what lies below it."""

    IS = "is"
    STARTS = "starts"
    CONTAINS = "contains"


OF_PRODUCTS = (By.CATEGORY, By.LOCALE, By.VALUE, By.BRAND, By.PRODUCT_TYPE)
"""Facts that only products have: nothing of an order's text is kept in a grouping, for it may be a buyer's."""

Facts = Mapping[By, str]
"""What is known of an issue; what is not is left out."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What leaves a pattern by a split. Without a `value` each value becomes a part of its own."""

    by: By
    how: How = How.IS
    value: str | None = None


class Grouping(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word that stands. `target` and `title` are those of the pattern that a merge leads to."""

    id: int
    kind: Kind
    source_hash: str
    condition: Condition | None = None
    target: Signature | None = None
    title: str | None = None


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where an issue belongs. `natural_hash` is None where no grouping led elsewhere; `split_by` is the split
    that made it a part."""

    signature: Signature
    natural_hash: str | None = None
    split_by: int | None = None
    title: str | None = None


def by_source(groupings: Iterable[Grouping]) -> dict[str, list[Grouping]]:
    """Return groupings by the signature they lead away from, the oldest first."""
    found: dict[str, list[Grouping]] = defaultdict(list)
    for one in sorted(groupings, key=lambda grouping: grouping.id):
        found[one.source_hash].append(one)
    return dict(found)


def place(groupings: Mapping[str, Sequence[Grouping]], natural: Signature, facts: Callable[[], Facts]) -> Placed:
    """Return where an issue of a natural signature belongs; `facts` are only asked for where they matter."""
    first = natural.hash() if groupings else ""
    if first not in groupings:
        return Placed(signature=natural)
    known = facts()
    here = Placed(signature=natural)
    seen, key = {first}, first
    while (step := _step(groupings.get(key, ()), here, known)) is not None:
        key = step.signature.hash()
        if key in seen:
            break
        seen.add(key)
        here = msgspec.structs.replace(step, natural_hash=first)
    return here


def _step(groupings: Sequence[Grouping], here: Placed, facts: Facts) -> Placed | None:
    for one in groupings:
        if one.target is not None:
            return Placed(signature=one.target, title=one.title)
        name = None if one.condition is None else part_name(one.condition, here.signature, facts)
        if name is not None:
            return Placed(signature=part_of(here.signature, name), title=here.title, split_by=one.id)
    return None


def part_of(signature: Signature, name: str) -> Signature:
    """Return the signature of a part; a part of a part has both names."""
    held = signature.context.get(PART)
    named = name if held is None else f"{held}; {name}"
    return msgspec.structs.replace(signature, context={**signature.context, PART: named})


def part_name(condition: Condition, signature: Signature, facts: Facts) -> str | None:
    """Return the name of the part that the facts belong to, None where they stay: `category is Kitchen`."""
    fact = facts.get(condition.by)
    if fact is None:
        return None
    if condition.value is None:
        return f"{condition.by} is {_own(condition.by, signature, fact)}"
    return spoken(condition) if meets(condition, fact) else None


def spoken(condition: Condition) -> str:
    """Return a condition in words, and the name of its part."""
    if condition.value is None:
        return f"each {condition.by.replace('_', ' ')} by itself"
    return f"{condition.by.replace('_', ' ')} {condition.how} {condition.value}"


def meets(condition: Condition, fact: str) -> bool:
    """Tell whether a fact meets a condition that has a value."""
    wanted = (condition.value or "").strip().casefold()
    if condition.how is How.CONTAINS:
        return wanted in fact.casefold()
    if condition.how is How.STARTS:
        return fact.casefold().startswith(wanted)
    if condition.by is By.CATEGORY:
        levels = _levels(wanted)
        return _levels(fact.casefold())[: len(levels)] == levels
    if condition.by is By.LOCALE:
        return fact.casefold().replace("-", "_") == wanted.replace("-", "_")
    return fact.casefold() == wanted


def _own(by: By, signature: Signature, fact: str) -> str:
    """Return the value that an issue is a part by: of a category the first level that the signature does not name."""
    if by is not By.CATEGORY:
        return fact
    depth = 2 if "category" in signature.context else 1
    return " > ".join(_levels(fact)[:depth])


def _levels(category: str) -> list[str]:
    return _LEVELS.split(category.strip())


def facts_of(kind: RecordKind, connection: int, shape: str, actual: Any, record: Mapping[str, Any]) -> dict[By, str]:
    """Return what a grouping may ask of an issue. Of an order nothing that people wrote."""
    found = {By.CONNECTION: str(connection), By.SHAPE: shape}
    if kind is RecordKind.PRODUCT:
        texts = {by: record.get(by) for by in OF_PRODUCTS if by is not By.VALUE} | {By.VALUE: actual}
        for by, text in texts.items():
            if isinstance(text, str | int | float) and not isinstance(text, bool) and str(text).strip():
                found[by] = str(text).strip()[:LONGEST]
    return found


def facts_of_violation(kind: RecordKind, connection: int, natural: Signature, one: Violation, record: Record) -> Facts:
    """Return the facts of an issue that is about to be opened."""
    return facts_of(kind, connection, natural.shape, one.actual, record)


def leads_back(edges: Mapping[str, Iterable[str]], source: str, target: str) -> bool:
    """Tell whether one comes from `target` to `source` along `edges`, so that a way from source to target would close
    a circle."""
    waiting, seen = [target], set()
    while waiting:
        here = waiting.pop()
        if here == source:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(edges.get(here, ()))
    return False


def reached(edges: Mapping[str, Iterable[str]], sources: Iterable[str]) -> set[str]:
    """Return the signatures that one comes to from some, these among them."""
    waiting, seen = list(sources), set[str]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(edges.get(here, ()))
    return seen
