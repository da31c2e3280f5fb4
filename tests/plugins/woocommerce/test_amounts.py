"""Numbers as WooCommerce takes them."""

from __future__ import annotations

from typing import Any

import pytest

from marketwright import Rejected
from plugins.woocommerce import amounts
from plugins.woocommerce.wire import Item


@pytest.mark.parametrize(
    ("weight", "unit", "text"),
    [
        ({"value": "2.40", "unit": "kg"}, "kg", "2.40"),
        ({"value": 500, "unit": "g"}, "kg", "0.5"),
        ({"value": "1", "unit": "lbs"}, "kg", "0.453592"),
        ({"value": "1", "unit": "kg"}, "oz", "35.273962"),
        ({"value": "3", "unit": None}, "kg", "3"),
        (None, "kg", ""),
    ],
)
def test_a_weight_is_written_in_the_stores_unit(weight: Any, unit: str, text: str) -> None:
    assert amounts.weight_text(weight, unit, "weight") == text


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(Rejected) as caught:
        amounts.weight_text({"value": "1", "unit": "stone"}, "kg", "weight")

    assert (caught.value.code, caught.value.field) == ("unknown_unit", "weight")


def test_dimensions_are_written_side_by_side() -> None:
    found = amounts.dimension_fields({"length": "10", "width": 5, "height": "", "unit": "in"}, "cm")

    assert found == {"length": "25.4", "width": "12.7", "height": ""}


@pytest.mark.parametrize(
    ("price", "compare_at", "regular", "sale", "on_sale", "sent"),
    [
        ("10.00", None, "9.00", "", False, {"regular_price": "10.00"}),
        ("10.00", "", "10.00", "", False, {}),
        ("8.00", "12.00", "12.00", "8.50", True, {"sale_price": "8.00"}),
        ("8.00", None, "12.00", "8.00", True, {"regular_price": "8.00", "sale_price": ""}),
        ("11.00", None, "12.00", "9.00", False, {"regular_price": "11.00"}),
        (None, None, "12.00", "", False, {"regular_price": ""}),
    ],
)
def test_prices_become_the_two_that_the_store_has(
    price: Any, compare_at: Any, regular: str, sale: str, on_sale: bool, sent: dict[str, str]
) -> None:
    item = Item(id=1, regular_price=regular, sale_price=sale, on_sale=on_sale)

    assert amounts.price_fields(price, compare_at, item, "") == sent


def test_a_new_sale_forgets_the_dates_of_an_old_one() -> None:
    item = Item(id=1, regular_price="12.00", sale_price="", on_sale=False)

    found = amounts.price_fields("8.00", "12.00", item, "")

    assert found == {"sale_price": "8.00", "date_on_sale_from_gmt": None, "date_on_sale_to_gmt": None}


@pytest.mark.parametrize("price", ["9.00", "8.99"])
def test_a_price_at_or_below_a_scheduled_sale_is_refused(price: str) -> None:
    item = Item(id=1, regular_price="12.00", sale_price="9.00", on_sale=False)

    with pytest.raises(Rejected) as caught:
        amounts.price_fields(price, None, item, "variants.1.")

    assert caught.value.field == "variants.1.compare_at_price"


@pytest.mark.parametrize(("value", "sent"), [(3, 3), ("4", 4), ("5.0", 5), (-2, -2)])
def test_a_quantity_switches_stock_keeping_on(value: Any, sent: int) -> None:
    assert amounts.quantity_fields(value, "quantity") == {"manage_stock": True, "stock_quantity": sent}


@pytest.mark.parametrize("value", [True, 1.5, "many", "1e3"])
def test_what_is_no_whole_quantity_is_refused(value: Any) -> None:
    with pytest.raises(Rejected):
        amounts.quantity_fields(value, "quantity")
