"""The benchmark's rules as a programmer would write them by hand who knows these rules and no others.

Check digits are computed by a function that is handed in: python-stdnum's, or the rulepack's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Issue = tuple[str, str, str]
"""Rule, path, message."""

_SKU = re.compile(r"^[A-Za-z0-9._-]+$")
_PRICE = re.compile(r"^[0-9]{1,9}(\.[0-9]{1,4})?$")
_TWO = re.compile(r"\.[0-9]{2}$")
_GTIN = re.compile(r"^([0-9]{8}|[0-9]{12,14})$")
_HANDLE = re.compile(r"^[a-z0-9-]+$")
_TAG = re.compile(r"<[a-zA-Z/!]")
_SYMBOL = re.compile(r"[!$?_{}^|]")
_CONDITIONS, _STATUSES = ("new", "used", "refurbished"), ("active", "draft", "archived")
_CURRENCIES, _UNITS = ("EUR", "USD", "GBP", "PLN", "SEK"), ("kg", "g", "lb", "oz")


def by_hand(product: dict[str, Any], valid_gtin: Callable[[str], bool]) -> list[Issue]:
    """Return the issues of one product."""
    found: list[Issue] = []
    _texts(product, valid_gtin, found)
    _numbers(product, found)
    _lists(product, found)
    variants = product.get("variants")
    if isinstance(variants, list):
        _variants(variants, valid_gtin, found)
    return found


def _texts(product: dict[str, Any], valid_gtin: Callable[[str], bool], found: list[Issue]) -> None:
    title = product.get("title")
    if not title or title.isspace():
        found.append(("title.required", "title", "The title is missing."))
    if title:
        if len(title.strip()) < 5:
            found.append(("title.min", "title", f"The title has {len(title)} characters; at least 5 are wanted."))
        if len(title) > 80:
            found.append(("title.max", "title", f"The title has {len(title)} characters; at most 80 are taken."))
        if title[0].isspace() or title[-1].isspace():
            found.append(("title.edges", "title", "The title begins or ends with a space."))
        if _TAG.search(title):
            found.append(("title.html", "title", "The title holds tags."))
        if _SYMBOL.search(title):
            found.append(("title.symbols", "title", "The title holds a symbol that is not taken."))
    description = product.get("description")
    if not description or description.isspace():
        found.append(("description.required", "description", "The description is missing."))
    else:
        if len(description) > 4000:
            message = f"The description has {len(description):,} characters; at most 4,000 are taken."
            found.append(("description.max", "description", message))
        if "<script" in description:
            found.append(("description.script", "description", "The description holds a script."))
    sku = product.get("sku")
    if not sku or sku.isspace():
        found.append(("sku.required", "sku", "The SKU is missing."))
    if sku:
        if len(sku) > 40:
            found.append(("sku.max", "sku", f"The SKU has {len(sku)} characters; at most 40 are taken."))
        if not _SKU.search(sku):
            found.append(("sku.form", "sku", _sku_message(sku)))
    _names(product, valid_gtin, found)


def _names(product: dict[str, Any], valid_gtin: Callable[[str], bool], found: list[Issue]) -> None:
    for name, told, limit in (("brand", "brand", 65), ("category", "category", 120)):
        value = product.get(name)
        if not value or value.isspace():
            found.append((f"{name}.required", name, f"The {told} is missing."))
        elif len(value) > limit:
            message = f"The {told} has {len(value)} characters; at most {limit} are taken."
            found.append((f"{name}.max", name, message))
    mpn = product.get("mpn")
    if mpn and len(mpn) > 65:
        found.append(("mpn.max", "mpn", f"The MPN has {len(mpn)} characters; at most 65 are taken."))
    gtin = product.get("gtin")
    if gtin:
        if not _GTIN.search(gtin):
            found.append(("gtin.digits", "gtin", f"The GTIN “{gtin}” has not 8, 12, 13 or 14 digits."))
        if not valid_gtin(gtin):
            found.append(("gtin.check", "gtin", f"The check digit of {gtin} is wrong."))
    for name, known in (("condition", _CONDITIONS), ("status", _STATUSES), ("currency", _CURRENCIES)):
        value = product.get(name)
        if value and value not in known:
            message = f"The {name} “{value}” is none of {', '.join(known)}."
            found.append((f"{name}.known", name, message))
    url = product.get("url")
    if url and not url.startswith("https://"):
        found.append(("url.https", "url", "The address is no https address."))
    handle = product.get("handle")
    if handle and not _HANDLE.search(handle):
        message = f"The handle “{handle}” holds other characters than small letters, digits and hyphens."
        found.append(("handle.form", "handle", message))


def _numbers(product: dict[str, Any], found: list[Issue]) -> None:
    price = product.get("price")
    if not price or price.isspace():
        found.append(("price.required", "price", "The price is missing."))
    if price:
        _price(price, "price", "price", found)
    compared = product.get("compare_at_price")
    if compared and price and _PRICE.search(compared) and _PRICE.search(price) and float(compared) <= float(price):
        message = f"The crossed-out price {compared} is not above {price}."
        found.append(("compare.above", "compare_at_price", message))
    quantity = product.get("quantity")
    if quantity is None:
        found.append(("quantity.required", "quantity", "The quantity is missing."))
    elif not 0 <= quantity <= 100_000:
        found.append(("quantity.range", "quantity", f"The quantity {quantity} is not between 0 and 100,000."))
    days = product.get("lead_time_days")
    if days is not None and not 0 <= days <= 30:
        found.append(("lead_time.range", "lead_time_days", f"The lead time {days} is not between 0 and 30 days."))
    months = product.get("warranty_months")
    if months is not None and not 0 <= months <= 120:
        message = f"The warranty of {months} months is not between 0 and 120."
        found.append(("warranty.range", "warranty_months", message))
    weight = product.get("weight")
    if isinstance(weight, dict):
        value, unit = weight.get("value"), weight.get("unit")
        if value is not None and not 0 < value <= 1000:
            found.append(("weight.range", "weight.value", f"The weight {value} is not above 0 and at most 1,000."))
        if unit and unit not in _UNITS:
            found.append(("weight.unit", "weight.unit", f"The unit “{unit}” is none of {', '.join(_UNITS)}."))
    dimensions = product.get("dimensions")
    if isinstance(dimensions, dict):
        for name in ("length", "width", "height"):
            value = dimensions.get(name)
            if value is not None and not 0 < value <= 500:
                message = f"The {name} {value} is not above 0 and at most 500."
                found.append((f"{name}.range", f"dimensions.{name}", message))


def _lists(product: dict[str, Any], found: list[Issue]) -> None:
    images = product.get("images")
    if isinstance(images, list):
        if not 1 <= len(images) <= 12:
            message = f"There are {len(images)} images; between 1 and 12 are taken."
            found.append(("images.count", "images", message))
        for place, image in enumerate(images):
            _image(image, place, found)
    for name, limit, longest in (("tags", 20, 40), ("bullets", 5, 200)):
        items = product.get(name)
        if isinstance(items, list):
            if len(items) > limit:
                found.append((f"{name}.count", name, f"There are {len(items)} {name}; at most {limit} are taken."))
            for place, item in enumerate(items):
                if len(item) > longest:
                    message = f"A {name[:-1]} has {len(item)} characters; at most {longest} are taken."
                    found.append((f"{name[:-1]}.max", f"{name}.{place}", message))


def _image(image: dict[str, Any], place: int, found: list[Issue]) -> None:
    url, alt = image.get("url"), image.get("alt")
    if url and not url.startswith("https://"):
        found.append(("image.https", f"images.{place}.url", "The address of the image is no https address."))
    for name, told in (("width", "wide"), ("height", "high")):
        side = image.get(name)
        if side is not None and side < 500:
            message = f"The image is {side} pixels {told}; at least 500 are wanted."
            found.append((f"image.{name}", f"images.{place}.{name}", message))
    if alt and len(alt) > 250:
        message = f"The alternative text has {len(alt)} characters; at most 250 are taken."
        found.append(("image.alt", f"images.{place}.alt", message))


def _variants(variants: list[dict[str, Any]], valid_gtin: Callable[[str], bool], found: list[Issue]) -> None:
    if len(variants) > 100:
        message = f"There are {len(variants)} variants; at most 100 are taken."
        found.append(("variants.count", "variants", message))
    skus = [variant["sku"] for variant in variants if variant.get("sku")]
    if len(set(skus)) != len(skus):
        found.append(("variants.unique", "variants", "Two variants have the same SKU."))
    for place, variant in enumerate(variants):
        sku = variant.get("sku")
        if not sku or sku.isspace():
            found.append(("variant.sku.required", f"variants.{place}.sku", "The variant has no SKU."))
        if sku and not _SKU.search(sku):
            found.append(("variant.sku.form", f"variants.{place}.sku", _sku_message(sku)))
        gtin = variant.get("gtin")
        if gtin and not valid_gtin(gtin):
            message = f"The GTIN {gtin} has a wrong length or check digit."
            found.append(("variant.gtin.check", f"variants.{place}.gtin", message))
        price = variant.get("price")
        if price:
            _price(price, "variant.price", f"variants.{place}.price", found)
        quantity = variant.get("quantity")
        if quantity is not None and not 0 <= quantity <= 100_000:
            message = f"The quantity {quantity} is not between 0 and 100,000."
            found.append(("variant.quantity.range", f"variants.{place}.quantity", message))


def _price(price: str, rule: str, path: str, found: list[Issue]) -> None:
    if not _PRICE.search(price):
        found.append((f"{rule}.number", path, f"The price “{price}” is no plain number."))
    if not _TWO.search(price):
        found.append((f"{rule}.decimals", path, f"The price “{price}” is not written with two decimals."))


def _sku_message(sku: str) -> str:
    return f"The SKU “{sku}” holds other characters than letters, digits, dots and hyphens."
