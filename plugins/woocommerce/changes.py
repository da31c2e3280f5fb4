"""A change of canonical fields as the body to send: only what changes, lists whole, as the store replaces them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from marketwright import Record, Rejected
from plugins.woocommerce import amounts, terms
from plugins.woocommerce.client import Store
from plugins.woocommerce.product_record import EXTRAS
from plugins.woocommerce.wire import Item, Json, Product

TEXTS = {
    "title": "name", "description": "description", "sku": "sku", "gtin": "global_unique_id", "status": "status",
    "handle": "slug", "tax_class": "tax_class",
}  # fmt: skip
_GTIN = re.compile(r"[0-9-]*[0-9Xx]?")
_ACTIVE = re.compile(r"(?i)<\s*/?\s*(script|iframe)\b")
_VARIANT_TEXTS = {"sku": "sku", "gtin": "global_unique_id", "status": "status"}


async def product_body(store: Store, target: Record, paths: Iterable[str], raw: Json, product: Product) -> Json:
    """Return the body of the product's PUT for the paths changed. Raise `Rejected` for what WooCommerce has not."""
    body: Json = {}
    for path in paths:
        root = path.partition(".")[0]
        if root in TEXTS:
            body[TEXTS[root]] = _text(target.get(root), path)
        elif root in {"price", "compare_at_price"}:
            if product.type == "variable":
                raise Rejected("A variable product has no price; its variants have.", code="on_variants", field=path)
            body |= amounts.price_fields(target.get("price"), target.get("compare_at_price"), product, "")
        elif root == "quantity":
            body |= amounts.quantity_fields(target.get("quantity"), path)
        elif root == "weight":
            body["weight"] = amounts.weight_text(target.get("weight"), store.settings.weight_unit, path)
        elif root == "dimensions":
            body["dimensions"] = amounts.dimension_fields(target.get("dimensions"), store.settings.dimension_unit)
        elif root == "images":
            if path.endswith(".url"):
                raise Rejected(
                    "WooCommerce serves images from its own address, which cannot be set; a shop that shows them "
                    "without TLS has to switch its own address to https.",
                    code="hosted_by_store",
                    field=path,
                )
            body["images"] = _images(target.get("images") or [], raw)
        elif root == "attributes":
            body |= await _attribute(store, target, path, raw, body)
        elif root in {"category", "brand", "tags"}:
            body |= await _terms(store, root, target, product)
        else:
            raise unsupported(path)
    return body


def variant_body(target: Json, names: Iterable[str], raw: Json, item: Item, unit: str, place: str) -> Json:
    """Return the body of a variation's PUT; `names` are the paths changed within the variant at `place`."""
    body: Json = {}
    for name in names:
        path, root = f"{place}.{name}", name.partition(".")[0]
        if root in _VARIANT_TEXTS:
            body[_VARIANT_TEXTS[root]] = _text(target.get(root), path)
        elif root in {"price", "compare_at_price"}:
            prices = target.get("price"), target.get("compare_at_price")
            body |= amounts.price_fields(*prices, item, f"{place}.")
        elif root == "quantity":
            body |= amounts.quantity_fields(target.get("quantity"), path)
        elif root == "weight":
            body["weight"] = amounts.weight_text(target.get("weight"), unit, path)
        elif root == "options":
            body["attributes"] = _chosen(target.get("options") or {}, raw)
        else:
            raise unsupported(path)
    return body


def unsupported(path: str) -> Rejected:
    """Return the refusal of a field that WooCommerce has no place for."""
    return Rejected(f"WooCommerce has no field for {path}.", code="unsupported_field", field=path)


def _text(value: Any, path: str) -> str:
    """Return text to send. What the store is known to mangle is refused: it would answer 200 and spoil the field."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Rejected(f"{path} must be text.", code="invalid_text", field=path)
    text = str(value)
    if path.endswith("gtin") and not _GTIN.fullmatch(text):
        raise Rejected(
            "WooCommerce keeps digits, hyphens and a last X of a GTIN and drops the rest, or empties it.",
            code="invalid_gtin",
            field=path,
        )
    if _ACTIVE.search(text):
        raise Rejected(
            "WooCommerce takes scripts and frames out of texts and leaves what was in them.",
            code="active_content",
            field=path,
        )
    return text


def _images(target: list[Any], raw: Json) -> list[Json]:
    """Return the whole list: images that stay by id, new ones by address, which the store then downloads."""
    known = {image.get("src"): image.get("id") for image in raw.get("images", [])}
    found: list[Json] = []
    for number, image in enumerate(target):
        if not isinstance(image, dict) or not image.get("url"):
            raise Rejected("An image needs a url.", code="invalid_image", field=f"images.{number}")
        identity = known.get(image["url"])
        entry: Json = {"id": identity} if identity is not None else {"src": image["url"]}
        if image.get("alt") is not None:
            entry["alt"] = image["alt"]
        found.append(entry)
    return found


async def _terms(store: Store, root: str, target: Record, product: Product) -> Json:
    if root == "brand":
        return {"brands": await terms.brand(store, target.get("brand"), product.brands or [])}
    if root == "tags":
        return {"tags": await terms.tags(store, target.get("tags"))}
    if not target.get("category"):
        return {"categories": []}
    first = await terms.categories(store, [str(target["category"])], "category")
    others = [{"id": term.id} for term in product.categories[1:] if term.id != first[0]["id"]]
    return {"categories": [*first, *others]}


async def _attribute(store: Store, target: Record, path: str, raw: Json, body: Json) -> Json:
    """Return what changes one entry of `attributes`: an extra of theirs, the categories, or a merchant's attribute."""
    name = path.partition(".")[2]
    value: Any = (target.get("attributes") or {}).get(name)
    if name == "categories" and isinstance(value, list):
        return {"categories": await terms.categories(store, [str(it) for it in value], path)}
    if name == "sale_price":
        return {"sale_price": amounts.money(value, path)}
    if name in EXTRAS:
        return {name: _text(value, path) if isinstance(value, str) else value}
    if not name:
        raise unsupported(path)
    values: list[Any] = value if isinstance(value, list) else [value]
    options = [str(it) for it in values if it is not None]
    listed: list[Json] = [dict(it) for it in body.get("attributes") or raw.get("attributes") or []]
    known = next((it for it in listed if it.get("name") == name), None)
    if known is not None and known.get("variation"):
        raise Rejected("An attribute that makes variants is changed in the store.", code="on_variants", field=path)
    if known is not None:
        known["options"] = options
    else:
        listed.append({"name": name, "options": options, "visible": True, "variation": False})
    return {"attributes": [it for it in listed if it.get("options")]}


def _chosen(options: Json, raw: Json) -> list[Json]:
    """Return a variation's attributes, whole, with the options wanted."""
    return [
        {"id": it.get("id", 0), "name": it.get("name"), "option": options.get(it.get("name"), it.get("option"))}
        for it in raw.get("attributes", [])
    ]
