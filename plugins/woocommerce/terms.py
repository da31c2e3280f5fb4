"""Categories, brands and tags by name: their ids, found in the store or, where that is harmless, made there."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from marketwright import NotFound, Rejected
from plugins.woocommerce.client import Store
from plugins.woocommerce.wire import Json, Term, objects, read

_PATHS = {"category": "/products/categories", "brand": "/products/brands", "tags": "/products/tags"}


async def categories(store: Store, names: Sequence[str], field: str) -> list[Json]:
    """Return references to categories. One that is not there is refused: it would change the shop's menus."""
    found = []
    for name in names:
        identity = await _find(store, "category", name, field)
        if identity is None:
            raise Rejected(
                f"The store has no category named “{name}”; make it there, or choose another.",
                code="unknown_category",
                field=field,
            )
        found.append({"id": identity})
    return found


async def brand(store: Store, name: Any, present: Sequence[Term]) -> list[Json]:
    """Return the brands of a product whose first is to be `name`; none where `name` is empty."""
    if not name:
        return []
    first = await _found_or_made(store, "brand", str(name))
    return [{"id": first}, *({"id": term.id} for term in present[1:] if term.id != first)]


async def tags(store: Store, names: Any) -> list[Json]:
    """Return references to tags."""
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise Rejected("Tags are a list of texts.", code="invalid_tags", field="tags")
    return [{"id": await _found_or_made(store, "tags", name)} for name in names]


async def _found_or_made(store: Store, kind: str, name: str) -> int:
    identity = await _find(store, kind, name, kind)
    if identity is not None:
        return identity
    try:
        made = await store.post(_PATHS[kind], {"name": name})
    except Rejected as error:
        known = error.detail.get("resource_id") if isinstance(error.detail, dict) else None
        if error.code == "term_exists" and isinstance(known, int):
            return known
        raise
    return read(made, Term).id


async def _find(store: Store, kind: str, name: str, field: str) -> int | None:
    """Return the id of a term. `A > B` names B; two of the same name are told apart by nobody, so that is refused."""
    wanted = name.rsplit(" > ", maxsplit=1)[-1].strip()
    try:
        answer = await store.get(_PATHS[kind], [("search", wanted), ("per_page", 100)])
    except NotFound as error:
        raise Rejected(
            f"This store's WooCommerce has no {field} of its own (brands came with 9.6).",
            code="unsupported_field",
            field=field,
        ) from error
    matching = [
        term.id
        for term in (read(item, Term) for item in objects(answer))
        if html.unescape(term.name).casefold() == wanted.casefold()
    ]
    if len(matching) > 1:
        raise Rejected(f"The store has several named “{wanted}”.", code="ambiguous_name", field=field)
    return matching[0] if matching else None
