"""The twin's JSON: the fields of WooCommerce 10.0.2, in their order and with the values of an empty shop (recorded)."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

ZONE = 3600
"""The shop's clock is an hour ahead of UTC, as the recorded one's was."""

_PRODUCT: Json = {
    "id": 0, "name": "", "slug": "", "permalink": "", "date_created": None, "date_created_gmt": None,
    "date_modified": None, "date_modified_gmt": None, "type": "simple", "status": "publish", "featured": False,
    "catalog_visibility": "visible", "description": "", "short_description": "", "sku": "", "price": "",
    "regular_price": "", "sale_price": "", "date_on_sale_from": None, "date_on_sale_from_gmt": None,
    "date_on_sale_to": None, "date_on_sale_to_gmt": None, "on_sale": False, "purchasable": True, "total_sales": 0,
    "virtual": False, "downloadable": False, "downloads": [], "download_limit": -1, "download_expiry": -1,
    "external_url": "", "button_text": "", "tax_status": "taxable", "tax_class": "", "manage_stock": False,
    "stock_quantity": None, "backorders": "no", "backorders_allowed": False, "backordered": False,
    "low_stock_amount": None, "sold_individually": False, "weight": "",
    "dimensions": {"length": "", "width": "", "height": ""}, "shipping_required": True, "shipping_taxable": True,
    "shipping_class": "", "shipping_class_id": 0, "reviews_allowed": True, "average_rating": "0.00",
    "rating_count": 0, "upsell_ids": [], "cross_sell_ids": [], "parent_id": 0, "purchase_note": "", "categories": [],
    "brands": [], "tags": [], "images": [], "attributes": [], "default_attributes": [], "variations": [],
    "grouped_products": [], "menu_order": 0, "price_html": "", "related_ids": [], "meta_data": [],
    "stock_status": "instock", "has_options": False, "post_password": "", "global_unique_id": "", "_links": {},
}  # fmt: skip
_VARIATION: Json = {
    "id": 0, "type": "variation", "date_created": None, "date_created_gmt": None, "date_modified": None,
    "date_modified_gmt": None, "description": "", "permalink": "", "sku": "", "global_unique_id": "", "price": "",
    "regular_price": "", "sale_price": "", "date_on_sale_from": None, "date_on_sale_from_gmt": None,
    "date_on_sale_to": None, "date_on_sale_to_gmt": None, "on_sale": False, "status": "publish", "purchasable": True,
    "virtual": False, "downloadable": False, "downloads": [], "download_limit": -1, "download_expiry": -1,
    "tax_status": "taxable", "tax_class": "", "manage_stock": False, "stock_quantity": None,
    "stock_status": "instock", "backorders": "no", "backorders_allowed": False, "backordered": False,
    "low_stock_amount": None, "weight": "", "dimensions": {"length": "", "width": "", "height": ""},
    "shipping_class": "", "shipping_class_id": 0, "image": None, "attributes": [], "menu_order": 0, "meta_data": [],
    "name": "", "parent_id": 0, "_links": {},
}  # fmt: skip
_ORDER: Json = {
    "id": 0, "parent_id": 0, "status": "pending", "currency": "EUR", "version": "10.0.2", "prices_include_tax": True,
    "date_created": None, "date_modified": None, "discount_total": "0.00", "discount_tax": "0.00",
    "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": "0.00", "total": "0.00", "total_tax": "0.00",
    "customer_id": 0, "order_key": "", "billing": {}, "shipping": {}, "payment_method": "bacs",
    "payment_method_title": "Virement", "transaction_id": "", "customer_ip_address": "", "customer_user_agent": "",
    "created_via": "checkout", "customer_note": "", "date_completed": None, "date_paid": None, "cart_hash": "",
    "number": "", "meta_data": [], "line_items": [], "tax_lines": [], "shipping_lines": [], "fee_lines": [],
    "coupon_lines": [], "refunds": [], "payment_url": "", "is_editable": False, "needs_payment": False,
    "needs_processing": True, "date_created_gmt": None, "date_modified_gmt": None, "date_completed_gmt": None,
    "date_paid_gmt": None, "currency_symbol": "€", "_links": {},
}  # fmt: skip
_AS_PRODUCT = (
    "id", "date_created", "date_created_gmt", "date_modified", "date_modified_gmt", "type", "status", "description",
    "permalink", "sku", "global_unique_id", "price", "regular_price", "sale_price", "on_sale", "purchasable",
    "manage_stock", "stock_quantity", "stock_status", "weight", "dimensions", "attributes", "meta_data", "parent_id",
    "_links",
)  # fmt: skip


def product(**fields: Any) -> Json:
    """Return a product with the fields given."""
    return copy.deepcopy(_PRODUCT) | fields


def variation(**fields: Any) -> Json:
    """Return a variation with the fields given."""
    return copy.deepcopy(_VARIATION) | fields


def order(**fields: Any) -> Json:
    """Return an order with the fields given."""
    return copy.deepcopy(_ORDER) | fields


def dates(name: str, seconds: int) -> Json:
    """Return a date twice, as WooCommerce does: in the shop's time and in UTC, both without an offset."""
    return {name: _text(seconds + ZONE), f"{name}_gmt": _text(seconds)}


def displayed(raw: Json) -> Json:
    """Return a product as `context=view` and webhooks show it: texts as displayed, fewer fields."""
    shown = {name: value for name, value in raw.items() if name not in {"generated_slug", "permalink_template"}}
    for name in ("description", "short_description"):
        if name in shown:
            shown[name] = _paragraphs(shown[name])
    return shown


def edited(raw: Json) -> Json:
    """Return a product as `context=edit` and the answers to writes show it: as stored, with two more fields."""
    more = {"generated_slug": raw["slug"], "permalink_template": "/product/%pagename%/"}
    return {**raw, "average_rating": "0", **more}


def as_product(part: Json, parent: Json) -> Json:
    """Return a variation as the products' route and webhooks show it."""
    taken = {name: part[name] for name in _AS_PRODUCT if name in part}
    return product(**taken, name=f"{parent['name']} - {part['name']}", slug=f"{parent['slug']}-{part['id']}")


def only(item: Json, fields: str) -> Json:
    """Return the fields that `_fields` asks for."""
    wanted = set(fields.split(","))
    return {name: value for name, value in item.items() if name in wanted} if fields else item


def _paragraphs(text: str) -> str:
    """Put text into paragraphs, as `wpautop` does for these texts."""
    if not text:
        return ""
    if "<p" not in text:
        return f"<p>{text}</p>\n"
    return re.sub(r"(</p>|<ul>|</li>|</ul>)(?=<)", r"\1\n", text) + "\n"


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
