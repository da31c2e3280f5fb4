"""Is there anything?"""

from __future__ import annotations

from core.corrections.apply import same
from core.corrections.arguments import Json
from core.rules.checks.kinds import Check, Suspicion, define


def required(value: object) -> bool:
    """Hold when there is something: not null, not white space, not an empty list or object."""
    if isinstance(value, str):
        return bool(value) and not value.isspace()
    return value is not None and not (isinstance(value, list | dict) and not value)


def missing(value: object) -> bool:
    """Hold when there is nothing. It is mostly wanted in conditions."""
    return not required(value)


def equals(value: object, *, to: Json) -> bool:
    """Hold when the value is exactly this JSON value, `1` and `true` told apart."""
    return same(value, to)


PRESENCE: tuple[Check, ...] = (
    define(
        required, Suspicion(text="value.isspace()", number=None, items=None, other="not value"), judges_missing=True
    ),
    define(missing, judges_missing=True),
    define(equals),
)
