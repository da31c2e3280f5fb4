"""The checks that rules are made of, by name. A check's keyword-only parameters are its YAML schema."""

from __future__ import annotations

from core.rules.checks.across import ACROSS, AcrossCheck
from core.rules.checks.addresses import ADDRESSES
from core.rules.checks.between import BETWEEN
from core.rules.checks.codes import CODES
from core.rules.checks.images import IMAGES
from core.rules.checks.kinds import Check
from core.rules.checks.lists import LISTS
from core.rules.checks.markup import MARKUP
from core.rules.checks.measures import MEASURES
from core.rules.checks.numbers import NUMBERS
from core.rules.checks.presence import PRESENCE
from core.rules.checks.restrictions import RESTRICTIONS
from core.rules.checks.text import TEXT
from core.rules.checks.wording import WORDING

CHECKS: dict[str, Check] = {
    check.name: check
    for group in (
        PRESENCE, TEXT, WORDING, NUMBERS, MEASURES, CODES, MARKUP, LISTS, IMAGES, RESTRICTIONS, ADDRESSES, BETWEEN,
    )
    for check in group
}  # fmt: skip


def check_of(name: str) -> Check | AcrossCheck:
    """Return a check of either table by its name: of one record, or across records."""
    return ACROSS.get(name) or CHECKS[name]


__all__ = ["ACROSS", "CHECKS", "Check", "check_of"]
