"""Many rows as one argument. Both databases bound the arguments of a statement, and a statement a row is slow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from piccolo.querystring import QueryString

from core.store.engine import is_sqlite
from core.store.rows import to_json


def given(rows: Iterable[Mapping[str, Any]], **columns: str) -> QueryString:
    """Return a table of `rows` as part of a statement, as the open database reads JSON. `columns` are names and types.

    Names and types are ours; what comes from outside travels in the argument.
    """
    if is_sqlite():
        picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
        sql = f"(SELECT {picked} FROM json_each({{}}))"  # noqa: S608
    else:
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        sql = f"(SELECT * FROM json_to_recordset({{}}) AS given({typed}))"  # noqa: S608
    return QueryString(sql, to_json(list(rows)))
