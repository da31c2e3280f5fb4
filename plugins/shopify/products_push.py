"""Writing a product: the changed fields and nothing else, read back and compared.

`productSet` is never used: it replaces lists, so that what a message leaves out is deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from marketwright import Conflict, Connection, Push, Pushed, Record, Rejected, StockLevel
from plugins.shopify import products, stock, stock_push, wire
from plugins.shopify.client import call, change, nodes_of
from plugins.shopify.documents.products import (
    CATEGORIES,
    UPDATE_FILES,
    UPDATE_OPTION,
    UPDATE_PRODUCT,
    UPDATE_VARIANTS,
)
from plugins.shopify.documents.stock import ITEM_LEVELS
from plugins.shopify.products_plan import ITEM_FIELDS, PRODUCT_FIELDS, VARIANT_FIELDS, Plan, planned

_MOST = 250
"""Variants in one call (shopify.dev "limits": input arrays)."""

_THEIRS_TO_OURS = {theirs: ours for ours, theirs in reversed(PRODUCT_FIELDS.items())}
_VARIANT_TO_OURS = {theirs: ours for ours, theirs in (VARIANT_FIELDS | ITEM_FIELDS).items()}


async def push(connection: Connection, push: Push) -> Pushed:
    """Write the changed fields, read the product back, and return what Shopify stored.

    Raise `Rejected` where Shopify refuses a value or stores another one than was sent.
    """
    plan = planned(push)
    gid = wire.gid("Product", push.external_id)
    if plan.media:
        await _check_images(connection, push)
    await _write_product(connection, gid, plan)
    await _write_variants(connection, gid, plan)
    if plan.files:
        await change(connection, UPDATE_FILES, {"files": list(plan.files.values())}, lambda path: "images")
    await _write_stock(connection, plan)
    stored = await products.pull_one(connection, push.external_id)
    for one in push.changes:
        _compare(one.field, plan.wanted, stored.record)
    return Pushed(record=stored)


async def _check_images(connection: Connection, push: Push) -> None:
    """Raise `Conflict` where images came or went since the product was read, by an earlier run of ours perhaps."""
    now = (await products.pull_one(connection, push.external_id)).raw
    before, after = ([node.get("id") for node in nodes_of(raw.get("media"))] for raw in (push.raw, now))
    if before != after:
        raise Conflict("The images of this product were changed since it was read.", code="images_changed")


async def _write_product(connection: Connection, gid: str, plan: Plan) -> None:
    inputs = dict(plan.product)
    if "category" in inputs:
        inputs["category"] = await _category(connection, inputs["category"])
    if inputs or plan.media:
        variables: dict[str, Any] = {"product": {"id": gid, **inputs}}
        if plan.media:
            variables["media"] = plan.media
        # An image that is sent again is added again, so such a call is not repeated where its outcome is unknown.
        document = replace(UPDATE_PRODUCT, idempotent=not plan.media)
        await change(connection, document, variables, _locate_in_product)
    for option in plan.options:
        await change(connection, UPDATE_OPTION, {"productId": gid, "option": option}, lambda path: "options")


async def _write_variants(connection: Connection, gid: str, plan: Plan) -> None:
    ids = list(plan.variants)
    for start in range(0, len(ids), _MOST):
        part = ids[start : start + _MOST]
        variants = [{"id": variant, **plan.variants[variant]} for variant in part]

        def locate(path: Sequence[str], part: list[str] = part) -> str | None:
            return _locate_in_variant(path, [plan.prefixes[variant] for variant in part])

        await change(connection, UPDATE_VARIANTS, {"productId": gid, "variants": variants}, locate)


async def _write_stock(connection: Connection, plan: Plan) -> None:
    """Set quantities where there is one location only; with several, nobody can say which one is meant."""
    levels = []
    for variant, (item, quantity, before) in plan.stock.items():
        path = f"{plan.prefixes[variant]}quantity"
        node = (await call(connection, ITEM_LEVELS, {"id": item, "first": 10, "after": None})).get("inventoryItem")
        found = nodes_of((node or {}).get("inventoryLevels"))
        active = [level for level in (wire.read(one, wire.Level) for one in found) if level.is_active]
        if len(active) != 1:
            raise Rejected(
                f"This is stocked at {len(active)} locations: set the stock of one of them instead.",
                code="several_locations",
                field=path,
            )
        expected = before if isinstance(before, int) else stock.available(active[0])
        level_id = stock.join(wire.number(item), wire.number(active[0].location.id))
        levels.append(StockLevel(external_id=level_id, sku=None, location=None, quantity=quantity, expected=expected))
    if levels:
        await stock_push.push(connection, levels)


async def _category(connection: Connection, wanted: Any) -> str | None:
    """Return the taxonomy id of a category given by id, by full name, or by a name that is one category's only."""
    if not wanted:
        return None
    text = str(wanted).strip()
    if text.startswith("gid://shopify/TaxonomyCategory/"):
        return text
    leaf = text.rpartition(">")[2].strip()
    taxonomy = (await call(connection, CATEGORIES, {"search": leaf})).get("taxonomy") or {}
    found = [node for node in nodes_of(taxonomy.get("categories")) if not node.get("isArchived")]
    whole = [node for node in found if str(node.get("fullName", "")).casefold() == text.casefold()]
    named = [node for node in found if str(node.get("name", "")).casefold() == text.casefold()]
    for candidates in (whole, named):
        if len(candidates) == 1:
            return str(candidates[0]["id"])
    raise Rejected(
        "This is not one category of Shopify's taxonomy; give its full name, such as "
        "“Apparel & Accessories > Clothing > Shirts & Tops”.",
        code="unknown_category",
        field="category",
    )


def _locate_in_product(path: Sequence[str]) -> str | None:
    name = next((str(part) for part in reversed(path) if part in _THEIRS_TO_OURS), None)
    if name is not None:
        ours = _THEIRS_TO_OURS[name]
        return f"attributes.{ours}" if name == "seo" else ours
    return "images" if "media" in path else None


def _locate_in_variant(path: Sequence[str], prefixes: Sequence[str]) -> str | None:
    """Return the canonical field of `["variants", "0", "inventoryItem", "sku"]`."""
    place = next((int(part) for part in path if str(part).isdigit()), None)
    name = next((_VARIANT_TO_OURS[part] for part in reversed(path) if part in _VARIANT_TO_OURS), None)
    if place is None or place >= len(prefixes) or name is None:
        return None
    return f"{prefixes[place]}{name}"


def _compare(path: str, wanted: Record, stored: Record) -> None:
    """Raise `Rejected` where Shopify holds another value than was sent, though it refused nothing."""
    parts = path.split(".")
    if parts[0] == "images":
        ours, theirs = ([image.get("alt") or "" for image in it.get("images") or []] for it in (wanted, stored))
    else:
        ours, theirs = (_comparable(parts, it) for it in (wanted, _aligned(parts, wanted, stored)))
    if ours != theirs:
        raise Rejected(
            f"Shopify stored another value for {path} than was sent.",
            code="stored_differently",
            field=path,
            detail={"wanted": ours, "stored": theirs},
        )


def _aligned(parts: list[str], wanted: Record, stored: Record) -> Record:
    """Return the stored record with its variants in the order of ours."""
    if parts[0] != "variants":
        return stored
    by_id = {variant.get("external_id"): variant for variant in stored.get("variants") or []}
    return {**stored, "variants": [by_id.get(it.get("external_id"), {}) for it in wanted["variants"]]}


def _comparable(parts: list[str], record: Record) -> Any:
    """Return a field's value in a form in which equal means equal to Shopify."""
    value: Any = record
    for part in parts[: 1 if parts[0] == "tags" else None]:
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    if parts[0] == "tags":
        return sorted({str(tag).strip().casefold() for tag in value or []})
    if parts[-1] == "weight" and isinstance(value, dict):
        return _number(value.get("value")), value.get("unit")
    if parts[-1] in {"price", "compare_at_price", "value", "quantity"} and value is not None:
        return _number(value)
    if parts[-1] in {"status", "inventory_policy"}:
        return str(value).casefold()
    return value or None if isinstance(value, str) else value


def _number(value: Any) -> Any:
    """Return a number to compare by its worth, so that 10 equals 10.00; anything else as it is."""
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return value
