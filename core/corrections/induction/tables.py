"""What is remembered rather than understood: tables of values and of words, constants, and values of other fields."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from core.corrections import apply
from core.corrections.induction.examples import Example, Runner
from core.corrections.paths import without_indices
from core.corrections.steps.rearranged import folded_words
from core.corrections.steps.values import folded, missing
from core.model.corrections import Program, Step

LONGEST_KEY = 80
MOSTLY = 0.8
"""The share of the pairs of one value that must agree before its outcome is remembered."""

UNSURE = 0.03
"""How often at most a word may tell the outcome wrong of pairs that were left out, half a time added."""

_COPIED = ("title", "sku", "external_id", "brand", "gtin", "mpn", "description", "product_type", "category", "handle",
           "price", "compare_at_price", "tax_class", "variants[].sku", "variants[].price", "billing_address.country",
           "buyer.name", "buyer.phone")  # fmt: skip
_LETTER = re.compile(r"[^\W\d_]+")


def table(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield a table of the values seen, where it is a vocabulary: some entry or some outcome was seen twice."""
    mapping = _agreed((one.before, one.after) for one in examples)
    counts = Counter(one.before for one in examples if isinstance(one.before, str))
    outcomes = Counter(repr(after) for after in mapping.values())
    if len(examples) >= 2 and mapping and (max(counts.values()) >= 2 or max(outcomes.values()) >= 2):
        yield ({"map_value": {"mapping": mapping}},)


def folded_table(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield a table without regard to letter case and signs, where a value was seen in two spellings."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for one in examples:
        if isinstance(one.before, str):
            spellings[folded(one.before)].add(one.before)
    if any(len(several) > 1 for several in spellings.values()):
        pairs = ((folded(one.before), one.after) for one in examples if isinstance(one.before, str))
        mapping = _agreed((key, after) for key, after in pairs if key)
        if mapping:
            yield ({"map_value": {"mapping": mapping, "fold": True}},)


def _agreed(pairs: Any) -> dict[str, Any]:
    """Return the outcome of each value on which its pairs agree."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    values: dict[str, Any] = {}
    for before, after in pairs:
        if isinstance(before, str) and not missing(before) and len(before) <= LONGEST_KEY:
            outcomes[before][repr(after)] += 1
            values[repr(after)] = after
    agreed = {before: counts.most_common(1)[0] for before, counts in outcomes.items()}
    return {before: values[name] for before, (name, times) in agreed.items()
            if times >= MOSTLY * outcomes[before].total()}  # fmt: skip


def words(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield a table of the words that were written in another way between parts that stayed."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in examples:
        before, after = one.text, one.wanted
        if before is None or after is None:
            continue
        if _LETTER.sub("\0", before).split("\0") != _LETTER.sub("\0", after).split("\0"):
            continue
        if _LETTER.fullmatch(before):
            continue
        for old, new in zip(_LETTER.findall(before), _LETTER.findall(after), strict=True):
            found[old][new] += 1
    table = {old: news.most_common(1)[0][0] for old, news in found.items()
             if news.most_common(1)[0][1] >= MOSTLY * news.total()}  # fmt: skip
    twice = any(counts.total() > 1 for old, counts in found.items() if table.get(old, old) != old)
    if twice and len(table) <= 500:
        yield ({"replace_words": {"words": table}},)


def telling_words(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield a table of words that tell the outcome, if they tell it right of pairs that are left out."""
    known: dict[str, tuple[frozenset[str], str, Any]] = {}
    for one in examples:
        if isinstance(one.before, str) and len(one.before) <= 200 and folded(one.before):
            said = frozenset(word for word in folded_words(one.before) if len(word) > 1 and not word.isdigit())
            known.setdefault(folded(one.before), (said, repr(one.after), one.after))
    outcomes = Counter(name for _, name, _ in known.values())
    if len(known) < 4 or len(outcomes) * 2 > len(known):
        return
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for said, name, _ in known.values():
        for word in said:
            counts[word][name] += 1
    values = {name: value for _, name, value in known.values()}
    for least in (2, 3, 4, 6):
        right, wrong = _left_out(known.values(), counts, least)
        if right >= 3 and (wrong + 0.5) <= UNSURE * (right + wrong):
            told = {word: values[next(iter(names))] for word, names in counts.items()
                    if len(names) == 1 and names.total() >= least}  # fmt: skip
            if told:
                yield ({"pick_by_word": {"words": told}},)
            return


def _left_out(known: Any, counts: dict[str, Counter[str]], least: int) -> tuple[int, int]:
    """Count how often the words of each value tell its outcome, that value left out."""
    right = wrong = 0
    for said, name, _ in known:
        told: set[str] = set()
        for word in said:
            rest = {other: times - (other == name) for other, times in counts[word].items()}
            rest = {other: times for other, times in rest.items() if times}
            if len(rest) == 1 and sum(rest.values()) >= least:
                told |= rest.keys()
        if len(told) == 1:
            right += told == {name}
            wrong += told != {name}
    return right, wrong


def constant(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield the outcome that all of them have, as a constant; of several short values a table remembers it instead."""
    first = examples[0].after if examples else None
    if not examples or not all(apply.same(one.after, first) for one in examples):
        return
    values = {one.before for one in examples if isinstance(one.before, str) and not missing(one.before)}
    if len(values) < 2 or any(len(value) > LONGEST_KEY for value in values):
        name = "default" if all(missing(one.before) for one in examples) else "set_value"
        yield ({name: {"to": first}},)


def elsewhere(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs that take what was wanted from other fields, one of them or several in a text."""
    seen: set[str] = set()
    for one in examples[:4]:
        for step in (*_copied(one), *_template(one)):
            if repr(step) not in seen:
                seen.add(repr(step))
                yield (step,)


def _copied(example: Example) -> Iterator[Step]:
    if missing(example.after):
        return
    own = without_indices(example.field)
    extra = (name for name, value in list(example.record.items())[:80]
             if name not in _COPIED and "." not in name and value == example.after)  # fmt: skip
    for pattern in (*_COPIED, *extra):
        step: Step = {"copy_field": {"field": pattern}}
        if pattern == own:
            continue
        try:
            if apply.same(Runner((step,))(example), example.after):
                yield step
        except ValueError:
            continue


def _template(example: Example) -> Iterator[Step]:
    """Write what was wanted with other fields in it, longest first; only where two of them stand in it."""
    after, record, field = example.after, example.record, example.field
    if not isinstance(after, str) or len(after) > 500 or "{" in after or "}" in after:
        return
    named = [(name, value) for name, value in list(record.items())[:80]
             if isinstance(value, str) and len(value) >= 3 and value in after and name != field]  # fmt: skip
    text, used = after, 0
    for name, value in sorted(named, key=lambda item: -len(item[1])):
        if value in re.sub(r"\{[^}]*\}", " ", text) and "{" not in value:
            text, used = text.replace(value, "{" + name + "}", 1), used + 1
    if used >= 2:
        yield {"template": {"text": text}}
