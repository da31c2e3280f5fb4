"""What a store says of its own product fields: the arguments that its API takes, as WordPress describes every route.

`OPTIONS /wc/v3/products` answers with the route's endpoints and their arguments, in the words of JSON Schema (type,
enum, format, minimum, maxLength, …). Extensions change them: a shop with subscriptions lists more product types. Any
key may ask (woocommerce@170a893, class-wc-rest-authentication.php, check_permissions). Where a host lets no OPTIONS
through, the same is read out of the index of `/wc/v3`.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Iterator
from typing import Any

from marketwright import (
    Connection,
    Malformed,
    NeedsAttention,
    Rejected,
    Requirement,
    RequirementSet,
    Skipped,
    Wanted,
)
from plugins.woocommerce.client import API, Store, decoded, open_store
from plugins.woocommerce.product_record import EXTRAS
from plugins.woocommerce.wire import Json

PRODUCT = {
    "name": "title", "description": "description", "sku": "sku", "global_unique_id": "gtin", "type": "product_type",
    "status": "status", "slug": "handle", "tax_class": "tax_class", "stock_quantity": "quantity",
    "regular_price": "price", "weight": "weight.value", **{name: f"attributes.{name}" for name in EXTRAS},
}  # fmt: skip
VARIATION = {
    "sku": "variants[].sku", "global_unique_id": "variants[].gtin", "status": "variants[].status",
    "stock_quantity": "variants[].quantity", "regular_price": "variants[].price", "weight": "variants[].weight.value",
}  # fmt: skip
PARTS = (
    ("products", "/products", "/products", PRODUCT),
    ("variations", "/products/1/variations", r"/products/(?P<product_id>[\d]+)/variations", VARIATION),
)
"""Each set: its name, the path to ask at, the path in the index, and the names of its fields here."""

_LABELS = {"sku": "SKU", "global_unique_id": "GTIN"}
_LIMITS = {"minLength": "min_length", "maxLength": "max_length", "minimum": "minimum", "maximum": "maximum"}


async def pull(connection: Connection, wanted: Wanted) -> AsyncIterator[RequirementSet]:
    """Read what the store takes of products and of variations."""
    store = open_store(connection)
    for name, path, pattern, fields in PARTS:
        route = await _route(store, path, pattern)
        found, skipped = translate(route, fields, f"OPTIONS {API}{path}")
        yield RequirementSet(name=name, requirements=tuple(found), skipped=tuple(skipped))


def translate(route: Json, fields: dict[str, str], source: str) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what a route takes when a record is created. Nothing else of what it says is a rule."""
    found: list[Requirement] = []
    skipped: list[Skipped] = []
    for name, argument in _arguments(route).items():
        field = fields.get(name)
        if field is None or not isinstance(argument, dict) or argument.get("readonly"):
            continue
        label = _LABELS.get(name) or html.unescape(str(argument.get("title") or name.replace("_", " ").capitalize()))
        for check, given in _checks(argument):
            found.append(Requirement(label=label, field=field, check=check, arguments=given, source=source))
        if alternatives := sorted({"anyOf", "oneOf"} & argument.keys()):
            skipped.append(Skipped(name, f"Its form is one of several ({alternatives[0]}), which a rule cannot say."))
    return found, skipped


def _checks(argument: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the checks that an argument's description comes to, with their arguments."""
    kinds = argument.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if argument.get("required") is True:
        yield "required", {}
    allowed = argument.get("enum")
    if isinstance(allowed, list) and "string" in kinds:
        yield "one_of", {"values": [value for value in allowed if isinstance(value, str) and value]}
    if "string" not in kinds and "integer" in kinds:
        yield "integer", {}
    elif "string" not in kinds and "number" in kinds:
        yield "number", {}
    bounds = {ours: argument[theirs] for theirs, ours in _LIMITS.items() if _is_number(argument.get(theirs))}
    for check in ("min_length", "max_length"):
        if check in bounds:
            yield check, {"limit": bounds.pop(check)}
    if bounds:
        yield "range", {_bound(name, argument): value for name, value in bounds.items()}
    if isinstance(argument.get("pattern"), str):
        yield "pattern", {"regex": argument["pattern"]}
    if argument.get("format") == "uri":
        yield "url", {}


def _bound(name: str, argument: Json) -> str:
    """Return the name of a bound of ours: theirs are counted in unless they say `exclusive…: true` (draft 4)."""
    if argument.get(f"exclusive{name.capitalize()}") is True:
        return {"minimum": "above", "maximum": "below"}[name]
    return name


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _arguments(route: Json) -> Json:
    """Return what the endpoint that creates takes."""
    endpoints = route.get("endpoints")
    for endpoint in endpoints if isinstance(endpoints, list) else ():
        if isinstance(endpoint, dict) and "POST" in endpoint.get("methods", ()):
            arguments = endpoint.get("args")
            return arguments if isinstance(arguments, dict) else {}
    return {}


async def _route(store: Store, path: str, pattern: str) -> Json:
    """Return a route's description: of itself, or out of the index where a host lets no OPTIONS through."""
    try:
        told = decoded(await store.call("OPTIONS", path))
    except (Rejected, NeedsAttention):
        told = None
    if isinstance(told, dict) and "endpoints" in told:
        return told
    routes = (await store.get_object("")).get("routes")
    route = routes.get(f"{API}{pattern}") if isinstance(routes, dict) else None
    if not isinstance(route, dict):
        raise Malformed("The store does not describe its API.", where=path)
    return route
