"""Checks on codes and formats which standards define: GTIN, ISO 4217, ISO 3166, E.164, RFC 5322, RFC 3986."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import urlsplit

import phonenumbers
from stdnum import isbn

from core.corrections.arguments import FieldValue
from core.corrections.steps.codes import valid_gtin
from core.rules.checks.kinds import Check, define
from core.rules.checks.places import COUNTRIES, CURRENCIES, POSTAL_CODES

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}")
_SEPARATORS = str.maketrans("", "", " -‐‑–.'\u00a0")


def gtin(value: object, *, separators: bool = False, isbn10: bool = False) -> bool:
    """Hold when the value is a GTIN of 8, 12, 13 or 14 digits with a right check digit.

    `separators` allows spaces and hyphens between digits, `isbn10` an ISBN of ten characters.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 <= value < 10**14 else ""
    if not isinstance(value, str) or len(value) > 40:
        return False
    digits = value.strip().translate(_SEPARATORS) if separators else value
    return valid_gtin(digits) or (isbn10 and len(digits) == 10 and bool(isbn.is_valid(digits)))


def currency_code(value: object) -> bool:
    """Hold when the value is a currency code of ISO 4217, in capitals."""
    return isinstance(value, str) and value in CURRENCIES


def country_code(value: object) -> bool:
    """Hold when the value is a country code of two capitals, ISO 3166-1."""
    return isinstance(value, str) and value in COUNTRIES


def postal_code(value: object, *, country: FieldValue) -> bool:
    """Hold when the postal code has the form of its country; countries without a known form hold."""
    if not isinstance(value, str):
        return False
    form = POSTAL_CODES.get(country.upper()) if isinstance(country, str) else None
    return form is None or form.fullmatch(value.strip().upper()) is not None


def email(value: object) -> bool:
    """Hold when the value has the form of an e-mail address: one `@`, a local part, a domain with a dot."""
    if not isinstance(value, str) or len(value) > 254:
        return False
    return _EMAIL.fullmatch(value) is not None and ".." not in value and ".@" not in value


def phone(value: object, *, country: FieldValue = None) -> bool:
    """Hold when the value is a phone number that can exist; without `+` the country of the address is needed."""
    if not isinstance(value, str) or len(value) > 40:
        return False
    region = country.upper() if isinstance(country, str) and len(country) == 2 and country.isascii() else None
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, region))
    except phonenumbers.NumberParseException:
        return False


def url(value: object, *, https: bool = False, longest: int = 2048) -> bool:
    """Hold when the value is an absolute web address, over TLS where `https` says so."""
    if not isinstance(value, str) or len(value) > longest or any(c <= " " for c in value):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in (("https",) if https else ("https", "http")) and bool(host) and "." in (host or "")


def extension(value: object, *, allowed: tuple[str, ...]) -> bool:
    """Hold when the path of an address ends in one of `allowed`; an address without an extension holds."""
    if not isinstance(value, str):
        return True
    name = value.partition("?")[0].partition("#")[0].rpartition("/")[2]
    _, point, ending = name.rpartition(".")
    return not point or not ending.isalnum() or ending.lower() in allowed


def iso_date(value: object, *, time: bool = False) -> bool:
    """Hold when the value is a date of ISO 8601, with a time of day where `time` says so."""
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return False
    try:
        if not time and len(value) == 10:
            date.fromisoformat(value)
        else:
            datetime.fromisoformat(value)
    except ValueError:
        return False
    return len(value) > 10 or not time


CODES: tuple[Check, ...] = (
    define(gtin),
    define(currency_code),
    define(country_code),
    define(postal_code),
    define(email),
    define(phone),
    define(url),
    define(extension),
    define(iso_date),
)
