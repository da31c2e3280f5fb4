"""Find the simplest program that explains what people did: from before and after, the steps between.

Candidates come from the first pair and must explain every other one. They are asked for in the order of how much
they would also do elsewhere: notation first, then text, other fields, tables, and a constant last. A constant is
never learned from several different outcomes, and a table only where some entry was seen twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from core.corrections import apply
from core.corrections.paths import get, without_indices
from core.corrections.steps.values import missing
from core.model.corrections import Program, Step
from core.model.records import Record

Pair = tuple[Record, str, Any]
"""A record as it was, the field, and the value that a person wanted there."""

PLAIN: tuple[Step, ...] = (
    {"trim": {}},
    {"collapse_spaces": {}},
    {"remove_control_characters": {}},
    {"normalise_gtin": {}},
    {"parse_number": {}},
    {"parse_number": {"decimal": ","}},
    {"parse_number": {"decimal": "."}},
    {"format_date": {}},
    {"format_date": {"order": "day_first"}},
    {"format_date": {"order": "month_first"}},
    {"format_phone": {}},
    {"remove_repeated_words": {}},
    {"remove_scripts": {}},
    {"strip_html": {}},
    {"change_case": {"to": "upper"}},
    {"change_case": {"to": "lower"}},
    {"change_case": {"to": "title"}},
    {"change_case": {"to": "sentence"}},
    {"drop_items": {}},
    {"unique_items": {}},
    {"brand_from_title": {}},
    {"weight_from_dimensions": {}},
)
_COPIED = ("title", "sku", "external_id", "brand", "gtin", "mpn", "description", "product_type", "category", "handle",
           "price", "compare_at_price", "tax_class", "variants[].sku", "variants[].price", "billing_address.country",
           "buyer.name", "buyer.phone")  # fmt: skip
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST_KEY = 80


def induce(pairs: Sequence[Pair]) -> Program | None:
    """Return the simplest program that turns each before into its after, None where there is none."""
    if not pairs or all(apply.same(get(record, field), after) for record, field, after in pairs):
        return None
    return next((program for program in candidates(pairs) if explains(program, pairs)), None)


def explains(program: Program, pairs: Sequence[Pair]) -> bool:
    """Say whether `program` turns each before into exactly its after."""
    return all(apply.same(_after(program, record, field), after) for record, field, after in pairs)


def candidates(pairs: Sequence[Pair]) -> Iterator[Program]:
    """Yield programs worth trying, simplest first."""
    record, field, after = pairs[0]
    before = get(record, field)
    singles = [*PLAIN, *_numbers(after), *_shortened(pairs)]
    yield from ((step,) for step in singles)
    yield from _pairs_of(singles, record, field, before)
    yield from ((step,) for step in _replaced(before, after))
    yield from ((step,) for step in _copied(record, field, after))
    yield from ((step,) for step in _template(record, field, after))
    yield from ((step,) for step in _table(pairs))
    if all(apply.same(other, after) for _, _, other in pairs):
        yield ({"default" if all(missing(get(r, f)) for r, f, _ in pairs) else "set_value": {"to": after}},)


def _after(program: Program, record: Record, field: str) -> Any:
    changes = apply.run(program, record, field)
    return changes[0].after if changes else get(record, field)


def _pairs_of(singles: Sequence[Step], record: Record, field: str, before: Any) -> Iterator[Program]:
    """Yield programs of two steps whose first does something to the first value."""
    for first in singles:
        if not apply.same(_after((first,), record, field), before):
            yield from ((first, second) for second in singles if second is not first)


def _numbers(after: Any) -> Iterator[Step]:
    """Take the number of decimals from what was wanted."""
    if isinstance(after, str) and (match := re.fullmatch(r"-?[0-9]+(?:\.([0-9]{1,10}))?", after, re.ASCII)):
        places = len(match.group(1) or "")
        yield {"decimal_places": {"places": places}}
        yield {"round_to": {"places": places}}


def _shortened(pairs: Sequence[Pair]) -> Iterator[Step]:
    """Find a limit that cuts every text where it was cut: round numbers first, then the longest result."""
    texts = [(get(record, field), after) for record, field, after in pairs]
    cut = [(str(before), str(after)) for before, after in texts
           if isinstance(before, str) and isinstance(after, str) and len(after) < len(before)]  # fmt: skip
    if not cut or not all(before.startswith(after) for before, after in cut):
        return
    longest = max(len(after) for _, after in cut)
    for limit in (60, 65, 70, 75, 80, 100, 120, 128, 132, 150, 160, 200, 250, 255, 500):
        if longest <= limit < longest + 25:
            yield {"shorten_at_word": {"limit": limit}}
    yield {"shorten_at_word": {"limit": longest}}


def _replaced(before: Any, after: Any) -> Iterator[Step]:
    """Find the words that changed between the parts that stayed."""
    if not isinstance(before, str) or not isinstance(after, str) or max(len(before), len(after)) > 2_000:
        return
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    gone, come = "".join(old[start : len(old) - end]), "".join(new[start : len(new) - end])
    if gone and gone != before and len(gone) <= _LONGEST_KEY and len(come) <= _LONGEST_KEY:
        yield {"replace": {"old": gone, "new": come}}


def _copied(record: Record, field: str, after: Any) -> Iterator[Step]:
    """Find another field that holds what was wanted."""
    own = without_indices(field)
    for pattern in _COPIED:
        step: Step = {"copy_field": {"field": pattern}}
        if pattern != own and not missing(after) and apply.same(_after((step,), record, field), after):
            yield step


def _template(record: Record, field: str, after: Any) -> Iterator[Step]:
    """Write what was wanted with other fields in it, longest first; only where two of them stand in it."""
    if not isinstance(after, str) or len(after) > 500:
        return
    named = [(name, value) for name, value in record.items()
             if isinstance(value, str) and len(value) >= 3 and value in after and name != field]  # fmt: skip
    text, used = after.replace("{", "").replace("}", ""), 0
    if text != after:
        return
    for name, value in sorted(named, key=lambda item: -len(item[1])):
        if value in re.sub(r"\{[^}]*\}", " ", text) and "{" not in value:
            text, used = text.replace(value, "{" + name + "}", 1), used + 1
    if used >= 2:
        yield {"template": {"text": text}}


def _table(pairs: Sequence[Pair]) -> Iterator[Step]:
    """Collect a table from the pairs, where it is a vocabulary: some entry or some outcome was seen twice."""
    mapping: dict[str, Any] = {}
    befores: Counter[str] = Counter()
    for record, field, after in pairs:
        before = get(record, field)
        if not isinstance(before, str) or missing(before) or len(before) > _LONGEST_KEY:
            return
        if before in mapping and not apply.same(mapping[before], after):
            return
        mapping[before] = after
        befores[before] += 1
    outcomes = Counter(repr(after) for after in mapping.values())
    if len(pairs) >= 2 and (max(befores.values()) >= 2 or max(outcomes.values()) >= 2):
        yield {"map_value": {"mapping": mapping}}
