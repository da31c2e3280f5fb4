"""Regular expressions as tests that stand in the compiled rules."""

from __future__ import annotations

from typing import Any

from core.corrections.regex import Regex

_TESTS = {
    "contains": "constant in value",
    "begins": "value.startswith(constant)",
    "ends": "value.endswith(constant)",
    "consists": "not value.strip(constant)",
    "matches": "constant(value) is not None",
}


def found_by(regex: Regex) -> tuple[str, dict[str, Any]]:
    """Return a test that is true where the expression is found in `value`, and the constants that it names."""
    if regex.shape is None:
        return "constant(value)", {"constant": regex.found}
    return _TESTS[regex.shape.test], {"constant": regex.shape.constant}
