"""A shop's synopsis becomes requirements: what its webservice refused when it was recorded, they find before.

The synopsis is put together as `WebserviceOutputXML::renderField` does it, from the fields of a recorded blank schema
and the definition of `Product` (PrestaShop 8.2).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from marketwright import Malformed
from plugins.prestashop.requirements import FIELDS, translate

SOURCE = "GET /api/products?schema=synopsis"
DETAILS: dict[str, dict[str, str]] = {
    "price": {"required": "true", "format": "isPrice"}, "reference": {"maxSize": "64", "format": "isReference"},
    "name": {"maxSize": "128", "format": "isCatalogName"}, "mpn": {"maxSize": "40"},
    "link_rewrite": {"maxSize": "128", "format": "isLinkRewrite"},
    "description": {"format": "isCleanHtml"}, "description_short": {"maxSize": "800", "format": "isCleanHtml"},
    "meta_title": {"maxSize": "255", "format": "isGenericName"}, "ean13": {"maxSize": "13", "format": "isEan13"},
    "upc": {"maxSize": "12", "format": "isUpc"}, "isbn": {"maxSize": "32", "format": "isIsbn"},
    "minimal_quantity": {"format": "isUnsignedInt"}, "weight": {"format": "isUnsignedFloat"},
    "id_manufacturer": {"format": "isUnsignedId"}, "position_in_category": {"readOnly": "true", "maxSize": "1"},
    "available_date": {"format": "isDateFormat"}, "unit_price": {"readOnly": "true"},
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(shared: Path):
    """Return a function that gives the answer in a recording."""

    def answer(name: str) -> str:
        recorded = json.loads((shared / f"captures/prestashop/api/{name}.json").read_text())
        return str(recorded["response"]["body_text"])

    return answer


@pytest.fixture(scope="module")
def synopsis(answers) -> str:
    """Return the synopsis of the recorded shop's products."""
    root = ElementTree.fromstring(answers("044-blank-schema").strip())
    product = root.find("product")
    assert product is not None
    for element in product:
        for name, value in DETAILS.get(element.tag, {}).items():
            element.set(name, value)
    return ElementTree.tostring(root, encoding="unicode")


@pytest.fixture
def judge(synopsis, violated):
    """Return a function that says what a product in PrestaShop's words violates."""
    inner = violated(translate(synopsis, SOURCE)[0])

    def judged(product: dict[str, Any]) -> list[str]:
        record: dict[str, Any] = {"attributes": {}}
        for name, value in product.items():
            text = value[0]["value"] if isinstance(value, list) else value
            outer, _, part = FIELDS.get(name, f"attributes.{name}").partition(".")
            record |= {outer: {**record.get(outer, {}), part: text}} if part else {outer: text}
        return inner(**record)

    return judged


def test_no_product_of_the_recorded_shop_violates_what_the_shop_asks(answers, judge) -> None:
    products = json.loads(answers("023-full-json-page2"))["products"]

    assert len(products) > 3
    assert [judge({name: value for name, value in one.items() if name != "associations"}) for one in products] == [
        [] for _ in products
    ]


@pytest.mark.parametrize(
    ("recording", "change", "found"),
    [
        ("117-patch-name-with-forbidden-characters", {"name": "Mug <b>{new}"}, "title forbidden_pattern"),
        ("119-patch-short-description-too-long", {"description_short": "x" * 1200},
         "attributes.description_short max_length"),
        ("111-patch-price-comma", {"price": "18,90"}, "price pattern"),
        ("111-patch-price-negative", {"price": "-1"}, "price pattern"),
        ("113-patch-ean-letters", {"ean13": "12345ABC"}, "gtin pattern"),
        ("115-patch-script", {"description": "<script>alert(1)</script>"}, "description no_scripts"),
        ("116-patch-iframe", {"description": "<iframe src='x'></iframe>"}, "description no_scripts"),
    ],
)  # fmt: skip
def test_what_the_shop_refused_is_found(answers, judge, recording, change, found) -> None:
    product = json.loads(answers("023-full-json-page2"))["products"][0]

    assert "<error>" in answers(recording)
    assert judge({**product, **change}) == [found]


def test_what_is_read_only_or_has_a_form_of_its_own_is_not_asked(synopsis) -> None:
    found, skipped = translate(synopsis, SOURCE)

    assert [one for one in found if "position" in one.field or "unit_price" in one.field] == []
    assert [(one.what, one.reason) for one in skipped] == [
        ("available_date", "Its format isDateFormat is not one that rules can say.")
    ]


@pytest.mark.parametrize("text", [
    "", "{}", "<prestashop/>", "<a>", '<!DOCTYPE x [<!ENTITY a "b">]><prestashop><product/></prestashop>',
    "<prestashop>" + " " * 2_000_001,
])  # fmt: skip
def test_what_is_no_synopsis_is_malformed(text) -> None:
    with pytest.raises(Malformed):
        translate(text, SOURCE)


def test_a_synopsis_with_odd_sizes_asks_nothing() -> None:
    fields = '<name maxSize="-5"/><price maxSize="99999999999"/><id required="true"/>'
    odd = f"<prestashop><product>{fields}</product></prestashop>"

    assert translate(odd, SOURCE) == ([], [])
