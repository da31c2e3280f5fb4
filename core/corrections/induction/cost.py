"""How much a program says: its description length, in the coin of one letter of a constant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.corrections import pieces
from core.corrections.induction.strings import price_of
from core.corrections.steps import STEPS
from core.model.corrections import Program, Step

_BASES = {"set_value": 8.0, "default": 8.0, "copy_field": 4.0, "template": 4.0, "map_value": 8.0, "pick_by_word": 8.0,
          "replace_words": 6.0, "rearrange": 2.0, "write_measure": 3.0, "write_number": 2.5, "convert_date": 2.0,
          "only_where": 0.5, "country_code": 1.6, "name_unit": 1.6}  # fmt: skip
MEMORY = frozenset({"set_value", "default", "map_value", "pick_by_word", "replace_words"})
"""Steps that remember values. Outside a table's entries they say nothing."""


_FREE = frozenset({"old", "new", "to", "text", "before", "after", "joiner", "separator", "pattern", "replacement"})


def cost_of(program: Program) -> float:
    """Return the description length of a program."""
    return sum(_step_cost(step) for step in program)


def remembers(program: Program) -> bool:
    """Tell whether a program is a memory of values rather than a way of writing them."""
    return any(name in MEMORY for step in program for name in step)


def _step_cost(step: Step) -> float:
    ((name, given),) = step.items()
    base = _BASES.get(name, 1.0 if STEPS[name].notation else 2.0)
    if name == "rearrange":
        return base + _rearrange_cost(str(given["to"])) + 0.3 * len(given.get("like", ()))
    if name in ("map_value", "pick_by_word", "replace_words"):
        table = next(value for value in given.values() if isinstance(value, Mapping))
        return base + sum(1.0 + 0.3 * (len(str(key)) + len(str(value))) for key, value in table.items())
    if name == "change_case":
        return base + 0.6
    if name == "convert_date":
        return base + 0.8 * len(given["reads"]) + 0.1 * len(given["writes"])
    return base + sum(_argument_cost(argument, value) for argument, value in given.items())


def _argument_cost(argument: str, value: Any) -> float:
    if isinstance(value, str):
        return 0.4 + 0.6 * len(value) if argument in _FREE else 0.6
    if isinstance(value, Mapping):
        return sum(1.0 + 0.2 * len(str(name)) for name in value.values())
    if isinstance(value, list | tuple):
        return sum(0.3 for _ in value)
    return 1.0


def _rearrange_cost(to: str) -> float:
    total, end = 0.0, 0
    for match in pieces.PLACEHOLDER.finditer(to):
        total += _constant_cost(to[end : match.start()]) + price_of(match.group(1))
        end = match.end()
    return total + _constant_cost(to[end:])


def _constant_cost(text: str) -> float:
    each = sum(2.0 if letter.isdigit() else 1.0 if letter.isalpha() else 0.6 for letter in text)
    return each + (0.8 if text else 0.0)
