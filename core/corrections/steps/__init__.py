"""The steps that programs are made of, by name.

A step is a pure function of the value; its keyword-only parameters are its arguments in YAML. `notation` marks the
steps after which the value is still the same value: only those may stand in a fix that is `safe`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.corrections import pieces
from core.corrections.arguments import parameters
from core.corrections.steps import (
    codes,
    derived,
    describe,
    formats,
    known,
    markup,
    numbers,
    phrases,
    rearranged,
    repairs,
    text,
    values,
)


@dataclass(frozen=True)
class StepKind:
    """One step: its function, how a sentence speaks of it, and whether it leaves the value equal.

    `check` refuses with ValueError arguments that fit their types and still mean nothing.
    """

    name: str
    function: Callable[..., Any]
    says: str | Callable[[dict[str, Any]], str]
    notation: bool = False
    check: Callable[[dict[str, Any]], None] | None = None

    @property
    def asks_catalogue(self) -> bool:
        """Say whether its answer hangs on what the merchant's catalogue taught."""
        return any(parameter.is_catalogue for parameter in parameters(self.function))


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "rearrange": lambda bound: pieces.check(bound["to"], bound["like"]),
    "only_where": lambda bound: pieces.check(None, bound["like"]),
    "write_measure": formats.check_units,
    "convert_date": formats.check_forms,
}


def _table(*kinds: tuple[Callable[..., Any], str | Callable[[dict[str, Any]], str], bool]) -> dict[str, StepKind]:
    return {
        function.__name__: StepKind(function.__name__, function, says, same, _CHECKS.get(function.__name__))
        for function, says, same in kinds
    }


STEPS: dict[str, StepKind] = _table(
    (text.trim, "remove spaces at both ends", True),
    (text.collapse_spaces, "make one space of several", True),
    (text.remove_control_characters, "remove invisible characters", True),
    (text.change_case, "write in {to} case", False),
    (text.shorten_at_word, "cut after the last whole word within {limit} characters", False),
    (text.replace, "replace “{old}” by “{new}”", False),
    (text.regex_replace, "replace what matches {pattern} by “{replacement}”", False),
    (text.remove_repeated_words, "write repeated words once", False),
    (markup.strip_html, "turn HTML into plain text", False),
    (markup.remove_scripts, "remove scripts and active content", False),
    (numbers.decimal_places, "write the number with {places} decimals", True),
    (numbers.currency_places, "write the amount with the decimals of its currency", True),
    (numbers.round_to, "round to {places} decimals", False),
    (numbers.parse_number, "write the number with a decimal point and nothing else", True),
    (numbers.convert_unit, "convert from {source} to {target}", False),
    (codes.normalise_gtin, "remove separators from the GTIN", True),
    (codes.format_date, "write the date as YYYY-MM-DD", True),
    (codes.format_phone, "write the phone number in international form", True),
    (values.set_value, "write “{to}”", False),
    (values.default, "write “{to}” where nothing stands", False),
    (values.map_value, phrases.looked_up, False),
    (values.copy_field, "copy {field}", False),
    (values.template, "write “{text}” with the record's own fields", False),
    (values.drop_items, "remove empty items", False),
    (values.unique_items, "remove items that stand twice", False),
    (values.first_items, "keep the first {limit} items", False),
    (derived.brand_from_title, "take the brand from the title", False),
    (repairs.restore_gtin, "restore the GTIN's leading zeros", False),
    (repairs.read_measure, "read the measure as a number with its unit", False),
    (repairs.name_unit, "write the unit by its sign", True),
    (repairs.country_code, "write the country as two letters", True),
    (repairs.format_postal_code, "write the postal code as its country does", True),
    (rearranged.rearrange, phrases.rearranged, False),
    (rearranged.only_where, phrases.only_where, True),
    (rearranged.keep_only, phrases.kept, False),
    (rearranged.rejoin, phrases.rejoined, False),
    (rearranged.replace_words, "replace words by a table: {words}", False),
    (rearranged.pick_by_word, "write what a word in it says: {words}", False),
    (formats.write_number, phrases.number_written, False),
    (formats.write_measure, phrases.measured, False),
    (formats.convert_date, phrases.date_converted, False),
    (derived.weight_from_dimensions, "compute the weight from the dimensions", False),
    (known.brand_by_catalogue, "take the brand from the title, as your other products name it", False),
    (known.category_by_catalogue, "sort by title and description, as your other products are", False),
    (known.value_by_catalogue, "write what your other products have where the same fields agree", False),
    (known.weight_by_catalogue, "compute the weight from the dimensions, as heavy as your other products are", False),
    (describe.description_from_record, "write what the record says about it ({language})", False),
)
