"""What the twin does on our product mutations. Messages are those recorded of the real API where there is a recording.

Recorded: title, vendor, product type and handle (product-create-input-validation, product-handle-validation-parity),
prices (product-variants-bulk-update-allow-partial-and-error-order). Others are worded alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from plugins.shopify.sandbox_nodes import Json, gid, number
from plugins.shopify.sandbox_shop import Medium, Product, Shop, Variant, money

_LONGEST = 255
_LONGEST_ALT = 512
_HIGHEST = Decimal(10) ** 18
_TEXTS = {"title": "Title", "vendor": "Vendor", "productType": "Product type", "handle": "Handle"}


class Invalid(Exception):
    """A variable that Shopify does not even look at: answered as a top-level error."""


def error(path: list[str], message: str, code: str | None = None) -> Json:
    """Return a user error; those of `productUpdate` and webhooks have no code."""
    return {"field": path, "message": message} | ({"code": code} if code else {})


async def update_product(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `UpdateProduct`."""
    wanted = variables["product"]
    product = shop.products.get(number(wanted.get("id")))
    if product is None:
        return _product_payload(None, [error(["id"], "Product does not exist")])
    errors = _product_errors(shop, product, wanted) + _media_errors(variables.get("media") or [])
    if not errors:
        if not shop.stores_otherwise:
            _store(product, wanted)
        shop.stores_otherwise = False
        product.media += [_medium(shop, it) for it in variables.get("media") or []]
        await shop.changed(product)
    return _product_payload(product, errors)


async def update_variants(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `UpdateVariants`: all of them or, if one is wrong, none."""
    product = shop.products.get(number(variables["productId"]))
    if product is None:
        errors = [error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]
        return {"productVariantsBulkUpdate": {"productVariants": None, "userErrors": errors}}
    by_id = {variant.id: variant for variant in product.variants}
    errors = []
    for place, wanted in enumerate(variables["variants"]):
        errors += _variant_errors(place, wanted, by_id.get(number(wanted.get("id"))))
    changed = [by_id[number(wanted["id"])] for wanted in variables["variants"]] if not errors else []
    for wanted, variant in zip(variables["variants"], changed, strict=False):
        _store_variant(variant, wanted)
    if changed:
        await shop.changed(product)
        for variant in changed:
            variant.updated_at = product.updated_at
    nodes = [{"id": gid("ProductVariant", it.id), "updatedAt": it.updated_at} for it in changed]
    return {"productVariantsBulkUpdate": {"productVariants": nodes, "userErrors": errors}}


async def update_option(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `UpdateOption`: a new name for an option."""
    product = shop.products.get(number(variables["productId"]))
    wanted = variables["option"]
    places = [place for place, it in enumerate(product.options) if it[0] == number(wanted["id"])] if product else []
    if product is None or not places:
        errors = [error(["option", "id"], "Option does not exist", "OPTION_DOES_NOT_EXIST")]
        return {"productOptionUpdate": {"product": None, "userErrors": errors}}
    identity, before, values = product.options[places[0]]
    product.options[places[0]] = (identity, wanted["name"], values)
    for variant in product.variants:
        variant.options = {wanted["name"] if k == before else k: v for k, v in variant.options.items()}
    await shop.changed(product)
    return {"productOptionUpdate": {"product": _short(product), "userErrors": []}}


async def update_files(shop: Shop, variables: Mapping[str, Any]) -> Json:
    """Answer `UpdateFiles`: other alternative texts, and images taken off their product."""
    found = [(wanted, *_owner(shop, number(wanted["id"]))) for wanted in variables["files"]]
    errors = []
    for place, (wanted, product, _) in enumerate(found):
        if product is None:
            errors.append(error(["files", str(place), "id"], "File id does not exist", "FILE_DOES_NOT_EXIST"))
        elif len(wanted.get("alt") or "") > _LONGEST_ALT:
            message = f"The alt value exceeds the maximum limit of {_LONGEST_ALT} characters."
            errors.append(error(["files", str(place), "alt"], message, "ALT_VALUE_LIMIT_EXCEEDED"))
    files = []
    for wanted, product, medium in found if not errors else []:
        if product is None or medium is None:
            continue
        medium.alt = wanted.get("alt", medium.alt)
        if gid("Product", product.id) in (wanted.get("referencesToRemove") or []):
            product.media.remove(medium)
        files.append({"__typename": "MediaImage", "id": wanted["id"], "alt": medium.alt, "fileStatus": "READY"})
        await shop.changed(product)
    return {"fileUpdate": {"files": files, "userErrors": errors}}


def _product_errors(shop: Shop, product: Product, wanted: Mapping[str, Any]) -> list[Json]:
    errors = []
    if "title" in wanted and not (wanted["title"] or "").strip():
        errors.append(error(["title"], "Title can't be blank"))
    for name, spoken in _TEXTS.items():
        if len(wanted.get(name) or "") > _LONGEST:
            errors.append(error([name], f"{spoken} is too long (maximum is {_LONGEST} characters)"))
    handle = _slug(wanted.get("handle") or "")
    if handle and any(it.handle == handle for it in shop.products.values() if it is not product):
        errors.append(error(["handle"], f"Handle '{handle}' already in use. Please provide a new handle."))
    category = wanted.get("category")
    if category and category not in shop.categories:
        errors.append(error(["category"], "The product taxonomy node ID is invalid."))
    return errors


def _media_errors(media: list[Json]) -> list[Json]:
    return [
        error(["media", str(place), "originalSource"], "Image URL is invalid")
        for place, it in enumerate(media)
        if not str(it.get("originalSource")).startswith("https://")
    ]


def _store(product: Product, wanted: Mapping[str, Any]) -> None:
    texts = {"title": "title", "vendor": "vendor", "productType": "product_type", "descriptionHtml": "description"}
    for theirs, ours in texts.items():
        if theirs in wanted:
            text = wanted[theirs] or ""
            setattr(product, ours, text if theirs == "descriptionHtml" else text.strip())
    if wanted.get("handle"):
        product.handle = _slug(wanted["handle"])
    if "tags" in wanted:
        by_key = {tag.strip().casefold(): tag.strip() for tag in reversed(wanted["tags"] or [])}
        product.tags = sorted(by_key.values(), key=str.casefold)
    if "category" in wanted:
        product.category = wanted["category"]
    if "seo" in wanted:
        product.seo_title, product.seo_description = (wanted["seo"].get(it) for it in ("title", "description"))
    product.status = wanted.get("status", product.status)


def _variant_errors(place: int, wanted: Mapping[str, Any], variant: Variant | None) -> list[Json]:
    """Return what is wrong with one variant; Shopify names a wrong former price first (recorded)."""
    at = ["variants", str(place)]
    if variant is None:
        return [error([*at, "id"], "Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST")]
    errors = []
    for name in ("compareAtPrice", "price"):
        if wanted.get(name) is None:
            continue
        amount = _amount(place, name, wanted[name])
        if amount >= _HIGHEST:
            errors.append(error([*at, name], f"must be less than {_HIGHEST}", "INVALID_INPUT"))
        elif amount < 0:
            spoken = "Price" if name == "price" else "Compare at price"
            message = f"{spoken} must be greater than or equal to 0"
            errors.append(error([*at, name], message, "GREATER_THAN_OR_EQUAL_TO"))
    item = wanted.get("inventoryItem") or {}
    for path, text, spoken in (
        ([*at, "barcode"], wanted.get("barcode"), "Barcode"),
        ([*at, "inventoryItem", "sku"], item.get("sku"), "SKU"),
    ):
        if len(text or "") > _LONGEST:
            message = f"{spoken} is too long (maximum is {_LONGEST} characters)"
            errors.append(error(path, message, "INVALID_INPUT"))
    return errors


def _amount(place: int, name: str, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as cause:
        message = f"Variable $variants was provided invalid value for {place}.{name} (is not a valid Money)"
        raise Invalid(message) from cause


def _store_variant(variant: Variant, wanted: Mapping[str, Any]) -> None:
    item = wanted.get("inventoryItem") or {}
    if wanted.get("price") is not None:
        variant.price = money(wanted["price"])
    if "compareAtPrice" in wanted:
        former = wanted["compareAtPrice"]
        variant.compare_at_price = None if former is None else money(former)
    if "barcode" in wanted:
        variant.barcode = wanted["barcode"] or None
    for it in wanted.get("optionValues") or []:
        variant.options[it["optionName"]] = it["name"]
    variant.taxable = wanted.get("taxable", variant.taxable)
    variant.policy = wanted.get("inventoryPolicy", variant.policy)
    if "sku" in item:
        variant.item.sku = item["sku"] or None
    weight = (item.get("measurement") or {}).get("weight")
    if weight:
        variant.item.weight, variant.item.weight_unit = weight["value"], weight["unit"]
    variant.item.requires_shipping = item.get("requiresShipping", variant.item.requires_shipping)
    variant.item.country = item.get("countryCodeOfOrigin", variant.item.country)
    variant.item.hs_code = item.get("harmonizedSystemCode", variant.item.hs_code)


def _product_payload(product: Product | None, errors: list[Json]) -> Json:
    return {"productUpdate": {"product": _short(product) if product else None, "userErrors": errors}}


def _short(product: Product) -> Json:
    return {"id": gid("Product", product.id), "updatedAt": product.updated_at}


def _medium(shop: Shop, wanted: Json) -> Medium:
    name = str(wanted["originalSource"]).rpartition("/")[2]
    url = f"https://cdn.shopify.com/s/files/1/0001/files/{name}"
    return Medium(shop.new_id(), url, wanted.get("alt") or "", 1200, 1200, "image/jpeg", 200_000)


def _owner(shop: Shop, identity: int) -> tuple[Product | None, Medium | None]:
    for product in shop.products.values():
        for medium in product.media:
            if medium.id == identity:
                return product, medium
    return None, None


def _slug(text: str) -> str:
    """Return a handle as Shopify writes it: `  Weird Handle / 100%  ` becomes `weird-handle-100` (recorded)."""
    return re.sub(r"[^\w]+", "-", text.strip().lower()).strip("-")
