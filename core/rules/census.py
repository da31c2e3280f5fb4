"""How many rules and cases each pack has: counted, for the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from core.model.issues import Category
from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack
from core.rules.pack import Confidence


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds itself; `inherited` counts the rules that it takes from the pack it extends."""

    pack: str
    title: str
    rules: int
    inherited: int
    by_kind: dict[str, int]
    by_category: dict[str, int]
    fixes: int
    cases: int
    unconfirmed: int
    languages: tuple[str, ...]


def count(pack: CompiledPack) -> Count:
    """Count one pack."""
    rules = pack.pack.rules
    kinds, categories = Counter(rule.kind for rule in rules), Counter(rule.category for rule in rules)
    return Count(
        pack=pack.name,
        title=pack.pack.title,
        rules=len(rules),
        inherited=len(pack.rules) - len(rules),
        by_kind={kind.value: kinds[kind] for kind in RecordKind},
        by_category={category.value: categories[category] for category in Category},
        fixes=sum(bool(rule.fix) for rule in rules),
        cases=sum(len(rule.cases) for rule in rules),
        unconfirmed=sum(rule.confidence is Confidence.UNCONFIRMED for rule in rules),
        languages=pack.pack.languages,
    )


def markdown(packs: Iterable[CompiledPack]) -> str:
    """Return the table of the documentation."""
    kinds, categories = [kind.value for kind in RecordKind], [category.value for category in Category]
    heads = ["pack", "rules", *kinds, *categories, "fixes", "cases", "unconfirmed", "inherited", "languages"]
    lines = [f"| {' | '.join(heads)} |", f"|---{'|---:' * (len(heads) - 2)}|---|"]
    for one in map(count, packs):
        numbers = [one.rules, *one.by_kind.values(), *one.by_category.values()]
        numbers += [one.fixes, one.cases, one.unconfirmed, one.inherited]
        lines.append(f"| `{one.pack}` | {' | '.join(map(str, numbers))} | {', '.join(one.languages)} |")
    return "\n".join(lines) + "\n"
