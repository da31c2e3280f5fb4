"""The shipped packs, and a way to write a pack of one rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.rules import CompiledPack, Library
from core.rules.evaluate import compile_pack
from core.rules.parse import parse

ROOT = Path(__file__).resolve().parents[3]

RULE = """rulepack: demo
version: 2026.11
rules:
  - id: demo.rule
    title: Refused
    kind: {kind}
    category: format_validation
    severity: error
    field: {field}
    check: {check}
    message: {message}
    source: "a test"
    cases: [{{fail: {{}}}}]
"""


ARGUMENTS: dict[str, dict[str, Any]] = {
    "equals": {"to": "ab"}, "min_length": {"limit": 2}, "max_length": {"limit": 3}, "max_bytes": {"limit": 4},
    "min_bytes": {"limit": 3},
    "max_visible_length": {"limit": 3}, "min_visible_length": {"limit": 2}, "pattern": {"regex": "^[ab]+$"},
    "forbidden_pattern": {"regex": "a.b"}, "one_of": {"values": ["a", "5"], "ignore_case": True},
    "not_in": {"values": ["b", "1"], "ignore_case": True}, "contains_none_of": {"words": ["ab"]},
    "max_word_repeats": {"limit": 1, "shortest": 1},
    "range": {"minimum": "0.5", "above": 0, "maximum": 4, "below": "3.25"},
    "multiple_of": {"step": 5}, "decimals": {"places": 2}, "max_decimals": {"places": 1},
    "currency_decimals": {"currency": "currency", "exact": True}, "gtin": {"digits": ["13"]},
    "phone": {"country": "status"}, "postal_code": {"country": "status"}, "region": {"country": "status"},
    "extension": {"allowed": ["jpg"]}, "date_form": {"form": "YYYY-MM-DD"}, "date_range": {"earliest": "2026-01-01"},
    "html_tags": {"allowed": ["p"]}, "item_count": {"minimum": 2, "maximum": 2}, "unique_within": {"key": "sku"},
    "unique_combinations": {"key": "options"}, "items_one_of": {"values": ["a"]}, "items_none_of": {"values": ["a"]},
    "items_include": {"values": ["a"]}, "total_bytes": {"limit": 4}, "longest_side": {"minimum": 500},
    "shortest_side": {"maximum": 500}, "max_pixels": {"limit": 90_000}, "aspect_ratio": {"minimum": 1, "maximum": 2},
    "inside_categories": {"paths": ["a"]}, "outside_categories": {"paths": ["a"]},
    "plausible_for_dimensions": {"dimensions": "dimensions"}, "has_every_option": {"of": "options"},
}  # fmt: skip
BETWEEN = (
    "greater_than", "not_above", "less_than", "not_below", "equals", "contains", "lacks", "differs_from",
    "not_before", "not_after",
)  # fmt: skip
ARGUMENTS |= {f"{name}_field": {"field": "status"} for name in BETWEEN}
"""Good arguments for each check that has to have some."""


@pytest.fixture(scope="session")
def check_arguments() -> dict[str, dict[str, Any]]:
    """Return good arguments for each check that has to have some."""
    return ARGUMENTS


@pytest.fixture(scope="session")
def library() -> Library:
    """Open the packs that travel with the program."""
    return Library.open([ROOT / "rulepacks"])


@pytest.fixture
def one_rule() -> Callable[..., CompiledPack]:
    """Return a function that compiles a pack of one rule."""

    def build(field: str, check: str, *, kind: str = "product", message: str = '"no"', more: str = "") -> CompiledPack:
        text = RULE.format(kind=kind, field=field, check=check, message=message)
        return compile_pack(parse(text + more, "demo.yaml"))

    return build
