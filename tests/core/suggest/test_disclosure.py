"""Of a record a model sees an allow-list of product fields, and nothing of people, stock or the platform."""

from __future__ import annotations

from core.model.records import PRODUCT_FIELDS
from core.suggest.disclosure import ALLOWED, disclose

CANARY = "canary-7f3a"


def test_only_the_fields_of_the_list_are_shown() -> None:
    record = dict.fromkeys((*PRODUCT_FIELDS, "buyer", "shipping_address", "raw", "anything"), CANARY)

    assert set(disclose(record, "title")) == set(ALLOWED) - {"variants"}


def test_the_list_names_no_stock_no_address_and_nothing_of_the_platform() -> None:
    kept_back = {"sku", "external_id", "status", "quantity", "images", "handle", "url", "policies", "shipping"}

    assert kept_back & set(ALLOWED) == set()
    assert set(ALLOWED) <= set(PRODUCT_FIELDS)


def test_of_the_variants_only_the_one_in_question_is_shown_without_its_stock() -> None:
    variants = [{"title": f"V{number}", "sku": CANARY, "quantity": 7, "gtin": "4006381333931"} for number in range(3)]

    shown = disclose({"title": "Kettle", "variants": variants}, "variants.1.title")

    assert shown["variants"] == {"1": {"title": "V1", "gtin": "4006381333931"}}


def test_attributes_that_speak_of_people_are_left_out() -> None:
    attributes = {
        "supplier_email": CANARY, "Contact": CANARY, "owner name": CANARY, "api_key": CANARY,
        "jo@shop.example": CANARY, "material": "steel", "colour": "red",
    }  # fmt: skip

    assert disclose({"attributes": attributes}, "title")["attributes"] == {"material": "steel", "colour": "red"}


def test_a_code_that_is_a_phone_number_is_masked() -> None:
    assert disclose({"gtin": "06 12 34 56 78"}, "gtin")["gtin"] == "[phone]"
    assert disclose({"gtin": "4006381333931"}, "gtin")["gtin"] == "4006381333931"


def test_what_is_long_or_deep_is_cut() -> None:
    deep: dict[str, object] = {"colour": "red"}
    for _ in range(20):
        deep = {"part": deep}

    shown = disclose({"description": "a" * 100_000, "tags": ["t"] * 1000, "attributes": deep}, "title")

    assert len(shown["description"]) == 4000
    assert len(shown["tags"]) == 30
    assert "red" not in str(shown["attributes"])
