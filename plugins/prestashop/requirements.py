"""The synopsis of a shop's products as requirements: `required`, `maxSize`, `format`, `readOnly` of each field.

An element carries them as attributes of XML (PrestaShop/PrestaShop, classes/webservice/WebserviceOutputBuilder.php,
getSynopsisDetails, and WebserviceOutputXML.php, renderField). `format` names a method of PrestaShop's `Validate`.
A module may add fields and change lengths, so each shop has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from marketwright import Malformed, Requirement, Skipped

FIELDS = {
    "name": "title", "description": "description", "reference": "sku", "ean13": "gtin", "mpn": "mpn",
    "price": "price", "condition": "condition", "product_type": "product_type", "link_rewrite": "handle",
    "weight": "weight.value", "width": "dimensions.width", "height": "dimensions.height", "depth": "dimensions.length",
}  # fmt: skip
"""Fields of theirs that stand in fields of ours; all others stand under `attributes` by their own names."""

FORMATS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "isPrice": (("pattern", {"regex": r"^[0-9]{1,10}(\.[0-9]{1,9})?$"}),),
    "isNegativePrice": (("pattern", {"regex": r"^-?[0-9]{1,10}(\.[0-9]{1,9})?$"}),),
    "isCatalogName": (("forbidden_pattern", {"regex": r"[<>;=#{}]"}),),
    "isGenericName": (("forbidden_pattern", {"regex": r"[<>={}]"}),),
    "isReference": (("forbidden_pattern", {"regex": r"[<>;={}]"}),),
    "isEan13": (("pattern", {"regex": "^[0-9]{0,13}$"}),),
    "isUpc": (("pattern", {"regex": "^[0-9]{0,12}$"}),),
    "isIsbn": (("pattern", {"regex": "^[0-9-]{0,32}$"}),),
    "isLinkRewrite": (("pattern", {"regex": r"^[_a-zA-Z0-9\x{0600}-\x{06FF}\pL\pS-]+$"}),),
    "isCleanHtml": (("no_scripts", {}),),
    "isUnsignedInt": (("integer", {}), ("range", {"minimum": 0})),
    "isUnsignedId": (("integer", {}), ("range", {"minimum": 0})),
    "isInt": (("integer", {}),),
    "isUnsignedFloat": (("number", {}), ("range", {"minimum": 0})),
    "isFloat": (("number", {}),),
}
"""What the methods of `Validate` take (classes/Validate.php@00bc9f6). An address may have accents where a shop allows
them, so they are never wrong; dates may be `0000-00-00`, so they are left out."""

_LARGEST = 2_000_000


def translate(synopsis: str, source: str) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what a synopsis asks. Raise `Malformed` where it is none."""
    found: list[Requirement] = []
    skipped: list[Skipped] = []
    for element in _product(synopsis):
        name = element.tag
        if element.get("readOnly") == "true" or name in ("id", "associations"):
            continue
        common: dict[str, Any] = {"label": name.replace("_", " ").capitalize(), "source": source}
        place = FIELDS.get(name, f"attributes.{name}")
        if element.get("required") == "true":
            found.append(Requirement(field=place, check="required", **common))
        size = element.get("maxSize", "")
        if size.isdecimal() and len(size) < 10:
            found.append(Requirement(field=place, check="max_length", arguments={"limit": int(size)}, **common))
        form = element.get("format")
        for check, arguments in FORMATS.get(form or "", ()):
            found.append(Requirement(field=place, check=check, arguments=arguments, **common))
        if form and form not in FORMATS:
            skipped.append(Skipped(name, f"Its format {form} is not one that rules can say."))
    return found, skipped


def _product(synopsis: str) -> Iterator[ElementTree.Element]:
    """Yield the fields of the product. No document type is taken, so that no entity can be made to grow."""
    if len(synopsis) > _LARGEST or re.search(r"<!(DOCTYPE|ENTITY)", synopsis, re.IGNORECASE):
        raise Malformed("The synopsis of products should be plain XML of ordinary size.", where="schema=synopsis")
    try:
        root = ElementTree.fromstring(synopsis.strip())  # noqa: S314 - no document type gets here
    except (ElementTree.ParseError, ValueError) as error:
        raise Malformed("The synopsis of products is not XML.", where=str(error)) from error
    product = root if root.tag == "product" else root.find("product")
    if product is None:
        raise Malformed("The synopsis has no product.", where=root.tag)
    yield from product
