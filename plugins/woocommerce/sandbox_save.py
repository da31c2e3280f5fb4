"""How the twin saves what is sent: 200, and what it likes. Each rule was seen on a real store, with one exception.

The exception: trimmed titles and escaped ampersands are what WordPress's own filters do to every title and text.
"""

from __future__ import annotations

import html
import re
from typing import Any

from plugins.woocommerce.sandbox_shapes import Json, dates
from plugins.woocommerce.sandbox_shop import Shop, reference

_TEXTS = (
    "name", "slug", "description", "short_description", "sku", "regular_price", "sale_price", "global_unique_id",
    "weight", "tax_class", "status", "tax_status", "shipping_class", "backorders", "catalog_visibility",
    "stock_status",
)  # fmt: skip
_LISTS = ("categories", "brands", "tags", "images", "attributes", "meta_data")
_STATUSES = ("draft", "pending", "private", "publish", "future", "auto-draft", "trash")
_PLAIN = (
    "status", "tax_class", "tax_status", "shipping_class", "backorders", "catalog_visibility", "stock_status",
    "manage_stock", "weight", "dimensions", "featured", "virtual", "downloadable", "sold_individually",
    "date_on_sale_from_gmt", "date_on_sale_to_gmt", "menu_order", "purchase_note", "low_stock_amount",
)  # fmt: skip


class Refusal(Exception):
    """An answer other than 200: WordPress's error with its status."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"code": code, "message": message, "data": {"status": status, **data}}


def save(shop: Shop, item: Json, sent: Json) -> None:
    """Change a product or variation as the API does. Raise `Refusal`; then nothing is stored."""
    _validate(item, sent)
    _refuse_duplicates(shop, item, sent)
    images = _images(shop, item, sent)
    for name in ("regular_price", "sale_price"):
        if name in sent and item["type"] != "variable":
            item[name] = _price(sent[name])
    if {"regular_price", "sale_price"} & sent.keys() and not _below(item["sale_price"], item["regular_price"]):
        item["sale_price"] = ""
    if "name" in sent and item["type"] != "variation":
        item["name"] = _text(sent["name"]).strip()
    for name in ("description", "short_description"):
        if name in sent and name in item:
            item[name] = _text(sent[name])
    item |= {name: sent[name] for name in _PLAIN if name in sent and name in item}
    item |= {name: sent[name].strip() for name in ("sku", "slug") if name in sent and name in item}
    if "global_unique_id" in sent and "global_unique_id" in item:
        item["global_unique_id"] = re.sub(r"[^0-9Xx-]", "", sent["global_unique_id"])
    if "stock_quantity" in sent and item["manage_stock"] is True:
        item["stock_quantity"] = sent["stock_quantity"]
    if item["manage_stock"] is not True:
        item["stock_quantity"] = None
    item |= images
    _lists(shop, item, sent)


def _validate(item: Json, sent: Json) -> None:
    for name, value in sent.items():
        problem: tuple[str, str, str | None] | None = None
        if name in _TEXTS and not isinstance(value, str):
            problem = ("rest_invalid_type", f"{name} is not of type string.", name)
        elif name in _LISTS and name in item and not isinstance(value, list):
            problem = ("rest_invalid_type", f"{name}[0] is not of type object.", f"{name}[0]")
        elif name == "status" and value not in _STATUSES:
            listed = f"{', '.join(_STATUSES[:-1])}, and {_STATUSES[-1]}"
            problem = ("rest_not_in_enum", f"status is not one of {listed}.", None)
        elif name == "stock_quantity" and (isinstance(value, bool) or not isinstance(value, int)):
            problem = ("rest_invalid_type", "stock_quantity is not of type integer.", name)
        if problem is not None:
            raise invalid(name, *problem)


def invalid(name: str, code: str, message: str, param: str | None = None) -> Refusal:
    """Return the refusal of a parameter, as WordPress words it."""
    details = {name: {"code": code, "message": message, "data": {"param": param} if param else None}}
    return Refusal(400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: message}, details=details)


def _refuse_duplicates(shop: Shop, item: Json, sent: Json) -> None:
    holder = shop.holder(str(sent.get("sku", "")).strip(), item["id"])
    if holder is not None:
        raise Refusal(
            400,
            "product_invalid_sku",
            "Invalid or duplicated SKU.",
            resource_id=holder,
            unique_sku=f"{sent['sku']}-1",
        )


def _price(text: str) -> str:
    """Return a price as the store keeps it: whatever is no digit, point or sign is dropped, the comma too."""
    return re.sub(r"[^0-9.-]", "", text)


def _below(sale: str, regular: str) -> bool:
    try:
        return float(sale) < float(regular)
    except ValueError:
        return False


def _text(value: str) -> str:
    """Return a text without what a post must not hold: tags of scripts go, their text stays; handlers go."""
    text = re.sub(r"(?i)</?(script|iframe|object|style)\b[^>]*>", "", value)
    text = re.sub(r"(?i)\son\w+=(\"[^\"]*\"|'[^']*')", "", text)
    return re.sub(r"&(?!#?\w+;)", "&amp;", text)


def _images(shop: Shop, item: Json, sent: Json) -> Json:
    """Return the new list of images, downloaded where an address was sent: one failure and nothing is saved."""
    if "images" not in sent or "images" not in item:
        return {}
    known = {image["id"]: image for product in shop.products.values() for image in product["images"]}
    found: list[Json] = []
    for image in sent["images"]:
        if image.get("id") in known:
            kept = dict(known[image["id"]])
        elif "id" in image:
            raise Refusal(400, "woocommerce_product_invalid_image_id", f"#{image['id']} is an invalid image ID.")
        else:
            kept = _downloaded(shop, str(image.get("src", "")))
        kept |= {name: image[name] for name in ("alt", "name") if name in image}
        found.append(kept)
    return {"images": found}


def _downloaded(shop: Shop, src: str) -> Json:
    if not re.match(r"https?://[^/]+/.+\.(jpe?g|png|gif|webp)$", src) or "unreachable" in src:
        raise Refusal(
            400,
            "woocommerce_product_image_upload_error",
            f"Error getting remote image {src}. Error: A valid URL was not provided.",
        )
    name = src.rpartition("/")[2]
    stamps = dates("date_created", shop.now()) | dates("date_modified", shop.now())
    return {
        "id": shop.new_id(),
        **stamps,
        "src": f"{shop.base_url}/wp-content/uploads/2026/11/{name}",
        "name": name,
        "alt": "",
    }


def _lists(shop: Shop, item: Json, sent: Json) -> None:
    """Replace terms, attributes and meta: lists come whole; an unknown category makes a product uncategorised."""
    for kind in ("categories", "brands", "tags"):
        if kind not in sent or kind not in item:
            continue
        known = shop.terms[kind]
        item[kind] = [reference(known[it["id"]]) for it in sent[kind] if it.get("id") in known]
    if not item.get("categories", [None]):
        item["categories"] = [shop.term("categories", "Uncategorized")]
    if "attributes" in sent:
        item["attributes"] = [_attribute(item, place, it) for place, it in enumerate(sent["attributes"])]
    for meta in sent.get("meta_data", []):
        item["meta_data"] = [it for it in item["meta_data"] if it["key"] != meta["key"]]
        item["meta_data"].append({"id": shop.new_id(), "key": meta["key"], "value": meta["value"]})


def _attribute(item: Json, place: int, sent: Json) -> Json:
    name = html.unescape(str(sent.get("name", "")))
    base = {"id": sent.get("id", 0), "name": name, "slug": name.lower()}
    if item["type"] == "variation":
        return base | {"option": sent.get("option", "")}
    more = {"position": place, "visible": sent.get("visible", False), "variation": sent.get("variation", False)}
    return base | more | {"options": sent.get("options", [])}
