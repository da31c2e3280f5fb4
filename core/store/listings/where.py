"""Conditions of a listing, joined to SQL: values travel as parameters, never as text."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from piccolo.querystring import QueryString

from core.errors import NotFound

Condition = QueryString | None
NOTHING = QueryString("1 = 0")


def if_given(sql: str, value: Any) -> Condition:
    """Return the condition with its value, None where no value is given.

    Text with a NUL matches nothing: PostgreSQL refuses it as a parameter.
    """
    if value is None or value == "":
        return None
    return NOTHING if isinstance(value, str) and "\0" in value else QueryString(sql, value)


def all_of(conditions: Iterable[Condition]) -> QueryString:
    """Join the conditions that are given; without any all rows match."""
    given = [condition for condition in conditions if condition is not None]
    if not given:
        return QueryString("1 = 1")
    return QueryString(" AND ".join(["({})"] * len(given)), *given)


def one_of(values: Sequence[Any]) -> QueryString:
    """Return a parenthesised list of values for IN; an empty one matches nothing."""
    return QueryString(f"({', '.join(['{}'] * len(values))})", *values) if values else QueryString("(NULL)")


def containing(columns: Sequence[str], text: str | None) -> Condition:
    """Match rows in which one of the columns contains the text, whatever its case."""
    if text is None or not text.strip():
        return None
    if "\0" in text:
        return NOTHING
    escaped = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    tests = [f"LOWER({column}) LIKE {{}} ESCAPE '\\'" for column in columns]
    return QueryString(" OR ".join(tests), *[f"%{escaped}%"] * len(columns))


def as_uuid(text: str, what: str) -> uuid.UUID:
    """Read an id that came from outside; what is no UUID does not exist."""
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFound(f"There is no such {what}.") from error
