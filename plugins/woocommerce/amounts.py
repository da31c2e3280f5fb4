"""Numbers as WooCommerce takes them: text with a decimal point, in the store's own units."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from marketwright import Rejected
from plugins.woocommerce.product_record import on_sale
from plugins.woocommerce.wire import Item, Json

_MONEY = re.compile(r"-?\d+(\.\d+)?")
_IN_KILOGRAMS = {"kg": "1", "g": "0.001", "lbs": "0.45359237", "lb": "0.45359237", "oz": "0.028349523125"}
_IN_METRES = {"m": "1", "cm": "0.01", "mm": "0.001", "in": "0.0254", "yd": "0.9144"}


def money(value: Any, field: str) -> str:
    """Return a price as the text to send, empty for none.

    Anything else than digits and one point is refused here, because the store would take it and store something
    else: it drops the comma of `11,95` and keeps 1195, and empties a price of letters (recorded).
    """
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else plain(value, field)
    if not _MONEY.fullmatch(text):
        raise Rejected(
            f"{text!r} is no price that WooCommerce would store unchanged; write it with a decimal point.",
            code="invalid_price",
            field=field,
        )
    return text


def price_fields(price: Any, compare_at: Any, item: Item, field: str) -> Json:
    """Return `regular_price` and `sale_price` which make the store ask `price` and strike through `compare_at`.

    Without `compare_at` the price is the regular one and a running sale ends; a sale that is only scheduled stays.
    Only what differs from the store's is returned. Raise `Rejected` where the store would drop the sale in silence.
    """
    asked, struck = money(price, f"{field}price"), money(compare_at, f"{field}compare_at_price")
    sale_now = str(item.sale_price or "")
    wanted: Json = {"regular_price": struck or asked, "sale_price": asked if struck else sale_now}
    if not struck and on_sale(item):
        wanted["sale_price"] = ""
    regular, sale = wanted["regular_price"], wanted["sale_price"]
    if sale and (not regular or Decimal(sale) >= Decimal(regular)):
        raise Rejected(
            "The price must be below the compare-at price (or the regular price above a scheduled sale's): "
            "WooCommerce would drop the sale without a word.",
            code="sale_above_regular",
            field=f"{field}compare_at_price",
        )
    found = {name: text for name, text in wanted.items() if text != str(getattr(item, name) or "")}
    if struck and not on_sale(item):
        found |= {"date_on_sale_from_gmt": None, "date_on_sale_to_gmt": None}
    return found


def quantity_fields(value: Any, field: str) -> Json:
    """Return what sets a quantity; none means that the store keeps no stock of it."""
    if value is None or value == "":
        return {"manage_stock": False}
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.0+)?", text):
        raise Rejected(f"{text!r} is no whole quantity.", code="invalid_quantity", field=field)
    return {"manage_stock": True, "stock_quantity": int(text.partition(".")[0])}


def weight_text(weight: Any, unit: str, field: str) -> str:
    """Return a canonical weight as text in the store's unit."""
    if not weight:
        return ""
    value = weight.get("value") if isinstance(weight, dict) else weight
    given = weight.get("unit") if isinstance(weight, dict) else None
    return _converted(value, given, unit, _IN_KILOGRAMS, field)


def dimension_fields(dimensions: Any, unit: str) -> Json:
    """Return canonical dimensions as text in the store's unit."""
    sides = ("length", "width", "height")
    if not dimensions:
        return dict.fromkeys(sides, "")
    given = dimensions.get("unit")
    return {side: _converted(dimensions.get(side), given, unit, _IN_METRES, f"dimensions.{side}") for side in sides}


def plain(value: Any, field: str) -> str:
    """Return a number as text without exponent, text as it is. Raise `Rejected` for what is no number."""
    if isinstance(value, str):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise Rejected(f"{value!r} is no number.", code="invalid_number", field=field)
    return f"{number:f}"


def _converted(value: Any, given: str | None, unit: str, table: dict[str, str], field: str) -> str:
    if value is None or value == "":
        return ""
    text = plain(value, field)
    if not given or given == unit:
        return text
    if given not in table or unit not in table or not _MONEY.fullmatch(text):
        raise Rejected(f"{text} {given} cannot be written in the store's unit.", code="unknown_unit", field=field)
    number = Decimal(text) * Decimal(table[given]) / Decimal(table[unit])
    rounded = f"{number.quantize(Decimal('0.000001')):f}"
    return rounded.rstrip("0").rstrip(".") or "0"
