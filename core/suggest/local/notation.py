"""Programs of known steps that may mend how a value is written, by the field and the shape of the value.

The rule itself decides which of them is right: what does not end the issue is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.corrections.apply import run
from core.corrections.steps import STEPS
from core.knowledge.shapes import shape_of
from core.knowledge.signature import field_without_indices
from core.model.corrections import Program, Safety
from core.model.records import Record
from core.suggest.local.offer import Offer

_PRICES = frozenset({"price", "compare_at_price", "total", "shipping_total", "tax_total", "unit_price"})
_NUMBERS = frozenset({"value", "length", "width", "height", "quantity", "lead_time_days", "warranty_months"})
_LISTS = frozenset({"images", "tags", "bullets", "options"})
_LONG = frozenset({"title", "description", "bullets", "handle"})


def offers(record: Record, field: str, actual: Any, limits: Mapping[str, Any]) -> list[Offer]:
    """Return what these programs make of the value, the surest first; `limits` are the arguments of the rule."""
    found: list[Offer] = []
    for program, confidence, why in _programs(field, actual, limits):
        changes = run(program, record, field)
        if changes and all(one.changes != changes for one in found):
            safety = Safety.SAFE if all(STEPS[name].notation for step in program for name in step) else Safety.REVIEW
            found.append(Offer(program=program, changes=changes, confidence=confidence, evidence=(why,), safety=safety))
    return found


def _programs(field: str, actual: Any, limits: Mapping[str, Any]) -> Iterator[tuple[Program, float, str]]:
    path = field_without_indices(field)
    leaf = path.rsplit(".", 1)[-1]
    if leaf == "gtin":
        yield ({"normalise_gtin": {}},), 0.80, "The digits are the same and the check digit is right."
        yield ({"restore_gtin": {}},), 0.65, "With its leading zeros back the check digit is right."
    elif leaf in _PRICES | _NUMBERS:
        yield from _numeric(leaf)
    elif path in ("weight", "dimensions") or path.endswith(".weight"):
        yield ({"read_measure": {}},), 0.65, "Number and unit stand in one text."
    elif leaf in ("unit", "country"):
        step = "name_unit" if leaf == "unit" else "country_code"
        yield ({step: {}},), 0.75, "It is the same by another name."
    elif leaf == "phone":
        country = f"{path.rpartition('.')[0]}.country" if "address" in path else "shipping_address.country"
        yield ({"format_phone": {"country": country}},), 0.80, "It is a valid number of that country."
    elif leaf == "postal_code":
        country = f"{path.rpartition('.')[0]}.country"
        yield ({"format_postal_code": {"country": country}},), 0.80, "That is how its country writes it."
    elif leaf.endswith(("_at", "date")):
        yield ({"format_date": {}},), 0.75, "The date can be read in one way only."
    elif isinstance(actual, list) or leaf in _LISTS:
        yield ({"unique_items": {}},), 0.60, "Items stand twice."
        yield ({"drop_items": {}},), 0.60, "There are empty items."
    if isinstance(actual, str):
        yield from _textual(leaf, actual, limits)


def _numeric(leaf: str) -> Iterator[tuple[Program, float, str]]:
    yield ({"parse_number": {}},), 0.80, "The number can be read in one way only."
    if leaf in _PRICES:
        yield ({"decimal_places": {"places": 2}},), 0.80, "The number stays equal."
        yield ({"parse_number": {}}, {"decimal_places": {"places": 2}}), 0.75, "The number can be read in one way only."
        yield ({"round_to": {"places": 2}},), 0.45, "Rounded half up: the amount changes by less than a cent."
        yield ({"decimal_places": {"places": 0}},), 0.75, "The number stays equal."


def _textual(leaf: str, actual: str, limits: Mapping[str, Any]) -> Iterator[tuple[Program, float, str]]:
    shape = shape_of(actual)
    tidy: Program = ({"remove_control_characters": {}}, {"collapse_spaces": {}}, {"trim": {}})
    yield tidy, 0.75, "Only invisible characters and spaces change."
    if shape == "script":
        yield ({"remove_scripts": {}},), 0.60, "Only active content goes."
    if shape in ("html", "script"):
        yield ({"strip_html": {}}, *tidy), 0.60, "The words stay; the markup goes."
    if shape == "shouting":
        yield ({"change_case": {"to": "title"}},), 0.50, "The words stay; capitals go."
    limit = limits.get("max_length", limits.get("limit"))
    if leaf in _LONG and isinstance(limit, int) and not isinstance(limit, bool) and len(actual) > limit:
        repeated: Program = ({"remove_repeated_words": {}}, *tidy)
        yield repeated, 0.55, "Words that stand twice in a row go."
        shortened = "Whole words within the limit stay."
        yield (*tidy, {"shorten_at_word": {"limit": limit}}), 0.55, shortened
    elif leaf in _LONG:
        yield ({"remove_repeated_words": {}},), 0.50, "Words that stand twice in a row go."
