"""Steps on whole values: constants, tables, other fields, lists."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.corrections import paths
from core.corrections.abstains import Abstains
from core.corrections.arguments import FieldValue, Json, WholeRecord

_GAPS = re.compile(r"[\s_‐‑–-]+")
_SIGNS = re.compile(r" ?([^\w\s]) ?")
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_\-.]{0,80})\}")


def set_value(value: object, *, to: Json) -> object:
    """Write this very value, whatever was there."""
    return to


def default(value: object, *, to: Json) -> object:
    """Write this value where there is none."""
    return to if missing(value) else value


def map_value(value: object, *, mapping: Mapping[str, Json], fold: bool = False) -> object:
    """Look the value up in a table; leave alone what is not in it.

    Where it may `fold`, the keys are as `folded` gives them, so that neither letter case nor spaces matter.
    """
    if not isinstance(value, str):
        raise Abstains
    key = folded(value) if fold else value
    if key not in mapping:
        raise Abstains
    return mapping[key]


def folded(text: str) -> str:
    """Return a text in lower case, with one space for several and for hyphens, none at signs nor at the ends."""
    return _SIGNS.sub(r"\1", _GAPS.sub(" ", text.casefold())).strip(" .,;:!")


def copy_field(value: object, *, field: FieldValue) -> object:
    """Take the value of another field."""
    if missing(field):
        raise Abstains
    return field


def template(value: object, *, text: str, record: WholeRecord) -> str:
    """Fill a text with fields of the record, as in `{brand} {title}`; abstain where one is missing."""

    def filled(match: re.Match[str]) -> str:
        found = paths.get(record, match.group(1))
        if missing(found) or isinstance(found, bool) or not isinstance(found, str | int | float):
            raise Abstains
        return str(found).strip() if not isinstance(found, int) or abs(found) < 10**30 else ""

    written = _PLACEHOLDER.sub(filled, text)
    if not written.strip() or len(written) > 100_000:
        raise Abstains
    return written


def drop_items(value: object, *, values: tuple[str, ...] = ("",), key: str | None = None) -> list[object]:
    """Remove from a list the items (or the objects whose `key`) that are empty or among `values`."""
    items = _items(value)

    def stays(item: object) -> bool:
        judged = item.get(key) if key is not None and isinstance(item, dict) else item
        return not missing(judged) and not (isinstance(judged, str) and judged.strip() in values)

    return [item for item in items if stays(item)]


def unique_items(value: object) -> list[object]:
    """Keep the first of items that are equal, letter case aside."""
    seen: list[object] = []
    kept = []
    texts: set[str] = set()
    for item in _items(value):
        if isinstance(item, str):
            if item.casefold().strip() in texts:
                continue
            texts.add(item.casefold().strip())
        elif item in seen:
            continue
        else:
            seen.append(item)
        kept.append(item)
    return kept


def first_items(value: object, *, limit: int) -> list[object]:
    """Keep the first `limit` items of a list."""
    if limit < 0:
        raise Abstains
    return _items(value)[:limit]


def missing(value: object) -> bool:
    """Say whether there is nothing: no value, white space, an empty list or object."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def _items(value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > 5_000:
        raise Abstains
    return value
