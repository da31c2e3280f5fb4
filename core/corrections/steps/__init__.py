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
    rearranged,
    repairs,
    text,
    values,
)


@dataclass(frozen=True)
class StepKind:
    """One step: its function, how a sentence speaks of it, and whether it leaves the value equal."""

    name: str
    function: Callable[..., Any]
    says: str | Callable[[dict[str, Any]], str]
    notation: bool = False

    @property
    def asks_catalogue(self) -> bool:
        """Say whether its answer hangs on what the merchant's catalogue taught."""
        return any(parameter.is_catalogue for parameter in parameters(self.function))


def _table(*kinds: tuple[Callable[..., Any], str | Callable[[dict[str, Any]], str], bool]) -> dict[str, StepKind]:
    return {function.__name__: StepKind(function.__name__, function, says, same) for function, says, same in kinds}


def _rearranged(given: dict[str, Any]) -> str:
    where = f" where it reads like {pieces.said_like(given['like'])}" if given["like"] else ""
    return f"write “{pieces.said(given['to'])}”{where}"


def _only_where(given: dict[str, Any]) -> str:
    parts = [f"it reads like {pieces.said_like(given['like'])}"] if given["like"] else []
    if given["but_not"]:
        more = f" or {len(given['but_not']) - 3} more" if len(given["but_not"]) > 3 else ""
        parts.append(f"it is not {' or '.join(f'“{one}”' for one in given['but_not'][:3])}{more}")
    return f"only where {' and '.join(parts) or 'it is text'}"


def _measured(given: dict[str, Any]) -> str:
    names = given["names"] or {}
    written = given["text"].replace("{number}", "‹number›").replace("{unit}", "‹unit›")
    phrase = f"write the measure as “{written}”"
    if given["unit"]:
        phrase += f", converted to {given['unit']}"
    elif names:
        phrase += f" with {', '.join(str(name) for name in list(names.values())[:4])}"
        phrase += f" and {len(names) - 4} more units" if len(names) > 4 else ""
    if given["places"] is not None:
        phrase += f", rounded to {given['places']} decimals"
    return phrase + (f"; a bare number is in {given['bare']}" if given["bare"] else "")


def _number_written(given: dict[str, Any]) -> str:
    phrase = f"write the number with “{given['decimal']}” before decimals"
    if given["grouping"]:
        phrase += f" and “{given['grouping']}” between thousands"
    if given["places"] is not None:
        phrase += f", {'rounded to' if given['rounds'] else 'with'} {given['places']} decimals"
    if str(given["times"]) != "1":
        phrase += f", times {given['times']}"
    around = f"{given['before']}‹number›{given['after']}"
    return phrase + (f", as “{around}”" if around != "‹number›" else "")


def _date_converted(given: dict[str, Any]) -> str:
    return f"read the date as {' or '.join(given['reads'])} and write it as {given['writes']}"


def _looked_up(given: dict[str, Any]) -> str:
    return "look the value up in a table: {mapping}" + (", letter case and signs aside" if given["fold"] else "")


def _kept(given: dict[str, Any]) -> str:
    return f"keep only {given['keep'].replace('_', ' ')}"


def _rejoined(given: dict[str, Any]) -> str:
    at = "commas, semicolons or slashes" if given["separator"] is None else "“{separator}”"
    return f"split it at {at} and join it by “{{joiner}}”" + (", each item once" if given["unique"] else "")


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
    (values.map_value, _looked_up, False),
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
    (rearranged.rearrange, _rearranged, False),
    (rearranged.only_where, _only_where, True),
    (rearranged.keep_only, _kept, False),
    (rearranged.rejoin, _rejoined, False),
    (rearranged.replace_words, "replace words by a table: {words}", False),
    (rearranged.pick_by_word, "write what a word in it says: {words}", False),
    (formats.write_number, _number_written, False),
    (formats.write_measure, _measured, False),
    (formats.convert_date, _date_converted, False),
    (derived.weight_from_dimensions, "compute the weight from the dimensions", False),
    (known.brand_by_catalogue, "take the brand from the title, as your other products name it", False),
    (known.category_by_catalogue, "sort by title and description, as your other products are", False),
    (known.value_by_catalogue, "write what your other products have where the same fields agree", False),
    (known.weight_by_catalogue, "compute the weight from the dimensions, as heavy as your other products are", False),
    (describe.description_from_record, "write what the record says about it ({language})", False),
)
