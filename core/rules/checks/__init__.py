"""The checks that rules are made of, by name. A check's keyword-only parameters are its YAML schema."""

from __future__ import annotations

from core.rules.checks.across import ACROSS
from core.rules.checks.codes import CODES
from core.rules.checks.kinds import Check
from core.rules.checks.lists import LISTS
from core.rules.checks.markup import MARKUP
from core.rules.checks.numbers import NUMBERS
from core.rules.checks.presence import PRESENCE
from core.rules.checks.text import TEXT

CHECKS: dict[str, Check] = {
    check.name: check for group in (PRESENCE, TEXT, NUMBERS, CODES, MARKUP, LISTS, ACROSS) for check in group
}

__all__ = ["CHECKS", "Check"]
