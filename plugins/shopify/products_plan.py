"""What a push asks of Shopify: changed canonical fields become the inputs of as few mutations as will do. Pure."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from marketwright import Push, Record, Rejected
from plugins.shopify import wire
from plugins.shopify.products import WEIGHT_UNITS, images_of, is_simple

Json = dict[str, Any]

PRODUCT_FIELDS = {
    "title": "title",
    "description": "descriptionHtml",
    "brand": "vendor",
    "product_type": "productType",
    "handle": "handle",
    "tags": "tags",
    "status": "status",
    "category": "category",
    "seo_title": "seo",
    "seo_description": "seo",
}
VARIANT_FIELDS = {
    "price": "price",
    "compare_at_price": "compareAtPrice",
    "gtin": "barcode",
    "taxable": "taxable",
    "inventory_policy": "inventoryPolicy",
    "options": "optionValues",
}
ITEM_FIELDS = {
    "sku": "sku",
    "weight": "measurement",
    "requires_shipping": "requiresShipping",
    "country_of_origin": "countryCodeOfOrigin",
    "hs_code": "harmonizedSystemCode",
}
_UNITS = {short: name for name, short in WEIGHT_UNITS.items()}
_STATUSES = {"ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"}


@dataclass(frozen=True)
class Plan:
    """The inputs to send. `prefixes` says where a variant stands in the record; `stock` what to set, by variant."""

    wanted: Record
    product: Json = field(default_factory=dict)
    category: str | None = None
    options: list[Json] = field(default_factory=list)
    variants: dict[str, Json] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    stock: dict[str, tuple[str, int, Any]] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    media: list[Json] = field(default_factory=list)


def planned(push: Push) -> Plan:
    """Return the inputs that make the product what the changes want. Raise `Rejected` for what cannot be written."""
    product = wire.read(push.raw, wire.Product)
    plan = Plan(wanted=applied(push))
    for change in push.changes:
        parts = change.field.split(".")
        if parts[0] == "images":
            _plan_images(plan, product, change.field)
        elif parts[0] == "options":
            _plan_option(plan, product, parts, change.field)
        elif parts[0] == "variants" and len(parts) > 2:
            _plan_variant(plan, product, int(parts[1]), _name(parts[2:]), change.field, change.before)
        elif _name(parts) in PRODUCT_FIELDS:
            _plan_product(plan, _name(parts), change.field)
        elif is_simple(push.record):
            _plan_variant(plan, product, 0, _name(parts), change.field, change.before)
        else:
            raise not_writable(change.field)
    return plan


def applied(push: Push) -> Record:
    """Return the record as it should be after the changes; a value of None takes the field or the item away."""
    wanted = deepcopy(push.record)
    for change in push.changes:
        _put(wanted, change.field.split("."), change.after, change.field)
    for name in ("tags", "images"):
        if isinstance(wanted.get(name), list):
            wanted[name] = [item for item in wanted[name] if item is not None]
    return wanted


def not_writable(path: str) -> Rejected:
    """Return the refusal of a field which Shopify computes or does not have."""
    return Rejected(f"{path} cannot be written to Shopify.", code="not_writable", field=path)


def _put(target: Any, parts: list[str], value: Any, path: str) -> None:
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if isinstance(target, list):
            if not part.isdigit() or int(part) > len(target):
                raise Rejected(f"{path} is not in this product.", code="bad_path", field=path)
            key: Any = int(part)
            if key == len(target):
                target.append({})
        else:
            key = part
        if following is None:
            target[key] = value
            return
        if not isinstance(target[key] if isinstance(target, list) else target.get(key), dict | list):
            target[key] = {}
        target = target[key]


def _name(parts: list[str]) -> str:
    """Return the field that a path is about: `attributes.seo_title` is `seo_title`, `weight.unit` is `weight`."""
    return parts[1] if parts[0] == "attributes" and len(parts) > 1 else parts[0]


def _plan_product(plan: Plan, name: str, path: str) -> None:
    wanted = plan.wanted
    if name in {"seo_title", "seo_description"}:
        attributes = wanted.get("attributes") or {}
        plan.product["seo"] = {
            "title": attributes.get("seo_title"),
            "description": attributes.get("seo_description"),
        }
    elif name == "status":
        status = str(wanted.get("status")).upper()
        if status not in _STATUSES:
            raise Rejected("Shopify knows the statuses active, draft, archived and unlisted.", field=path)
        plan.product["status"] = status
    elif name == "tags":
        plan.product["tags"] = [str(tag) for tag in wanted.get("tags") or []]
    elif name == "category":
        plan.product["category"] = wanted.get("category")
    else:
        plan.product[PRODUCT_FIELDS[name]] = wanted.get(name) or ""
        if name == "handle":
            plan.product["redirectNewHandle"] = True


def _plan_variant(plan: Plan, product: wire.Product, index: int, name: str, path: str, before: Any) -> None:
    simple = is_simple(plan.wanted)
    if index >= len(product.variants.nodes):
        raise Rejected(f"{path} is not in this product.", code="bad_path", field=path)
    variant = product.variants.nodes[index]
    wanted = plan.wanted if simple else plan.wanted["variants"][index]
    plan.prefixes[variant.id] = "" if simple else f"variants.{index}."
    if name == "quantity":
        plan.stock[variant.id] = (_item(variant, path), _whole(wanted.get("quantity"), path), before)
        return
    value = {**(wanted.get("attributes") or {}), **wanted}.get(name)
    inputs = plan.variants.setdefault(variant.id, {})
    if name in VARIANT_FIELDS:
        inputs[VARIANT_FIELDS[name]] = _variant_value(name, value, path)
    elif name in ITEM_FIELDS:
        inputs.setdefault("inventoryItem", {})[ITEM_FIELDS[name]] = _item_value(name, value, path)
    else:
        raise not_writable(path)


def _variant_value(name: str, value: Any, path: str) -> Any:
    if name in {"price", "compare_at_price"}:
        return None if value is None or value == "" else _decimal(value, path)
    if name == "inventory_policy":
        return str(value).upper()
    if name == "options":
        return [{"optionName": option, "name": str(choice)} for option, choice in (value or {}).items()]
    return "" if value is None and name == "gtin" else value


def _item_value(name: str, value: Any, path: str) -> Any:
    if name == "weight":
        weight = value or {}
        unit = str(weight.get("unit"))
        if unit not in _UNITS:
            raise Rejected("Shopify weighs in kg, g, lb or oz.", code="bad_unit", field=path)
        return {"weight": {"value": float(_decimal(weight.get("value"), path)), "unit": _UNITS[unit]}}
    return "" if value is None and name == "sku" else value


def _plan_option(plan: Plan, product: wire.Product, parts: list[str], path: str) -> None:
    if len(parts) != 3 or parts[2] != "name" or int(parts[1]) >= len(product.options):
        raise Rejected(
            "Option values are changed at the variants (variants.0.options), names one by one (options.0.name).",
            code="not_writable",
            field=path,
        )
    index = int(parts[1])
    plan.options.append({"id": product.options[index].id, "name": plan.wanted["options"][index]["name"]})


def _plan_images(plan: Plan, product: wire.Product, path: str) -> None:
    """Plan new, removed and re-described images, from the whole list as wanted."""
    parts = path.split(".")
    if len(parts) > 2 and parts[2] not in {"alt", "url"}:
        raise not_writable(path)
    plan.files.clear()
    plan.media.clear()
    stored = {(medium.image or wire.Image()).url: medium for medium in images_of(product)}
    wanted: list[Record] = plan.wanted.get("images") or []
    kept = [image.get("url") for image in wanted if image.get("url") in stored]
    if kept != [url for url in stored if url in set(kept)] or any(
        image.get("url") in stored for image in wanted[len(kept) :]
    ):
        raise Rejected("The order of images cannot be changed here.", code="not_writable", field=path)
    for image in wanted:
        medium, alt = stored.get(image.get("url")), image.get("alt") or ""
        if medium is None:
            plan.media.append({"originalSource": image.get("url"), "alt": alt, "mediaContentType": "IMAGE"})
        elif alt != (medium.alt or ""):
            plan.files[medium.id or ""] = {"id": medium.id, "alt": alt}
    for url, medium in stored.items():
        if url not in kept:
            plan.files[medium.id or ""] = {"id": medium.id, "referencesToRemove": [product.id]}


def _item(variant: wire.Variant, path: str) -> str:
    if variant.inventory_item is None or not variant.inventory_item.tracked:
        raise Rejected("Shopify does not track the stock of this variant.", code="not_tracked", field=path)
    return variant.inventory_item.id


def _decimal(value: Any, path: str) -> str:
    """Return a number as the plain decimal text that Shopify takes."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Rejected(f"{path} has to be a number.", code="not_a_number", field=path) from error
    if not number.is_finite():
        raise Rejected(f"{path} has to be a number.", code="not_a_number", field=path)
    return format(number, "f")


def _whole(value: Any, path: str) -> int:
    number = Decimal(_decimal(value, path))
    if number != number.to_integral_value():
        raise Rejected(f"{path} has to be a whole number.", code="not_a_number", field=path)
    return int(number)
