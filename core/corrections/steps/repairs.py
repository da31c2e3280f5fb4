"""Steps that repair how something was typed: GTINs that a spreadsheet shortened, measures in one text, countries.

They read; they never guess. What may mean two things is left alone.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from core.corrections import numerals
from core.corrections.abstains import Abstains
from core.corrections.arguments import FieldValue
from core.corrections.steps.codes import valid_gtin
from core.corrections.steps.numbers import GRAMS, MILLIMETRES

_LABEL = re.compile(r"^\s*(?:gtin|ean|upc|isbn)(?:[- ]?(?:8|12|13|14|a|code))?\s*[:#=.]*\s*(?=\S)", re.IGNORECASE)
_NOISE = re.compile(r"[\s'\"‐‑–.,;:_/\\|-]+")
_MEASURE = re.compile(r"\s*([0-9][0-9.,'  ]{0,20}?)\s*([^\W\d_]{1,12}|\"|″)\.?\s*")
_UNITS = {
    "mg": "mg milligram milligrams milligramm milligramme milligrammes",
    "g": "g gr gram grams gramm gramme grammes grm gms",
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes",
    "oz": "oz ounce ounces unze unzen once onces",
    "lb": "lb lbs pound pounds pfund livre livres",
    "mm": "mm millimeter millimeters millimetre millimetres millimètre millimètres",
    "cm": "cm cms centimeter centimeters zentimeter centimetre centimetres centimètre centimètres",
    "m": "m meter meters metre metres mètre mètres",
    "in": 'in inch inches zoll pouce pouces " ″',
    "ft": "ft foot feet fuß pied pieds",
}
_WORDS = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt")
_POSTAL = {
    "GB": (re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})"), r"\1 \2"),
    "NL": (re.compile(r"([1-9][0-9]{3})([A-Z]{2})"), r"\1 \2"),
    "CA": (re.compile(r"([A-Z][0-9][A-Z])([0-9][A-Z][0-9])"), r"\1 \2"),
    "PL": (re.compile(r"([0-9]{2})([0-9]{3})"), r"\1-\2"),
    "PT": (re.compile(r"([0-9]{4})([0-9]{3})"), r"\1-\2"),
    "SE": (re.compile(r"([0-9]{3})([0-9]{2})"), r"\1 \2"),
    "DE": (re.compile(r"([0-9]{5})"), r"\1"),
    "FR": (re.compile(r"([0-9]{5})"), r"\1"),
    "IT": (re.compile(r"([0-9]{5})"), r"\1"),
    "ES": (re.compile(r"([0-9]{5})"), r"\1"),
}


def restore_gtin(value: object) -> str:
    """Give a GTIN back the leading zeros it lost, without separators that slipped or a label.

    One zero in front, of a GTIN-8 or -12, changes no check digit, so that the number is the same. Where more than
    that is missing, or the check digit is wrong, it abstains: ten digits may as well be an ISBN.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > 64:
        raise Abstains
    text = value.strip().removesuffix(".0")
    digits = _NOISE.sub("", _LABEL.sub("", text, count=1))
    if not digits.isascii() or not digits.isdigit() or len(digits) > 14:
        raise Abstains
    if valid_gtin(digits):
        return digits
    padded = digits.zfill(len(digits) + 1)
    if len(digits) in (7, 11) and valid_gtin(padded):
        return padded
    raise Abstains


def read_measure(value: object) -> dict[str, str]:
    """Read a weight or a length that stands in one text, such as `1,5 kg`, as a number with its unit."""
    match = _MEASURE.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
    number = None if match is None else numerals.read(match.group(1))
    unit = None if match is None else _WORDS.get(match.group(2).casefold())
    if number is None or unit is None or number <= 0:
        raise Abstains
    return {"value": numerals.written(number), "unit": unit}


def name_unit(value: object) -> str:
    """Write a unit of weight or length by its sign: `kg` for `Kilogramm`."""
    unit = _WORDS.get(value.strip().rstrip(".").casefold()) if isinstance(value, str) else None
    if unit is None or unit not in {*GRAMS, *MILLIMETRES}:
        raise Abstains
    return unit


def country_code(value: object) -> str:
    """Write a country by its two letters: `DE` for `Germany`, `Allemagne` or `Deutschland`."""
    if not isinstance(value, str) or len(value) > 80:
        raise Abstains
    text = " ".join(value.split())
    code = text.upper() if len(text) == 2 else _countries().get(text.casefold().removeprefix("the "))
    if code is None or code not in _countries().values():
        raise Abstains
    return code


def format_postal_code(value: object, *, country: FieldValue = "shipping_address.country") -> str:
    """Write a postal code as its country does: `SW1A 1AA`, `1012 AB`, `00-950`; a lost leading zero stays lost."""
    known = _POSTAL.get(country.upper()) if isinstance(country, str) else None
    if known is None or not isinstance(value, str) or len(value) > 20:
        raise Abstains
    pattern, form = known
    bare = re.sub(r"[\s-]+", "", value.upper())
    if pattern.pattern.startswith("([0-9]"):
        bare = re.sub(r"^[A-Z]{1,3}(?=[0-9])", "", bare)
    match = pattern.fullmatch(bare)
    if match is None:
        raise Abstains
    return match.expand(form)


@cache
def _countries() -> dict[str, str]:
    """Return two-letter codes by name in several languages; a name that two countries share is left out."""
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "EZ", "XA", "XB"):
                found.setdefault(name.casefold(), set()).add(code)
    codes = {name: next(iter(several)) for name, several in found.items() if len(several) == 1}
    return {**codes, "uk": "GB", "usa": "US", "holland": "NL", "england": "GB", "great britain": "GB"}
