"""Checks on codes and formats which standards define: GTIN, ISO 4217, ISO 3166, E.164, RFC 5322, RFC 3986."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import phonenumbers
from stdnum import imei, isbn

from core.corrections.arguments import FieldValue
from core.corrections.steps.codes import valid_gtin
from core.rules.checks.kinds import ALWAYS, FOR_NUMBERS, FOR_TEXT, Check, Suspicion, define
from core.rules.checks.places import COUNTRIES, CURRENCIES

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}")
_FORMS = {
    "YYYY-MM-DD": "%Y-%m-%d", "YYYY-MM-DD HH:MM:SS": "%Y-%m-%d %H:%M:%S", "YYYY-MM-DDTHH:MM:SSZ": "%Y-%m-%dT%H:%M:%SZ",
}  # fmt: skip
_USUAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[!-~]*+)?")
_USUAL_HTTPS = re.compile(_USUAL.pattern.replace("s?", "s"))
"""Addresses as most are, which need no parser: a host of small letters, and a path."""

_SEPARATORS = str.maketrans("", "", " -‐‑–.'\u00a0")


def gtin(value: object, *, separators: bool = False, isbn10: bool = False, digits: tuple[str, ...] = ()) -> bool:
    """Hold when the value is a GTIN of 8, 12, 13 or 14 digits with a right check digit.

    `separators` allows spaces and hyphens between digits, `isbn10` an ISBN of ten characters; `digits` narrows the
    lengths: `["13"]` is an EAN-13, `["12"]` a UPC-A.
    """
    read = _digits(value, separators)
    if read is None:
        return False
    if isbn10 and len(read) == 10 and isbn.is_valid(read):
        return True
    return valid_gtin(read) and (not digits or str(len(read)) in digits)


def isbn_number(value: object) -> bool:
    """Hold when the value is an ISBN of ten or thirteen digits with a right check digit; hyphens may stand in it."""
    return isinstance(value, str) and len(value) <= 40 and bool(isbn.is_valid(value))


def imei_number(value: object) -> bool:
    """Hold when the value is an IMEI of 15 digits with a right check digit (3GPP TS 23.003), separators aside."""
    return isinstance(value, str) and len(value) <= 40 and len(imei.compact(value)) == 15 and bool(imei.is_valid(value))


def gtin_for_trade(value: object) -> bool:
    """Hold unless the GTIN begins with a prefix that GS1 keeps for shops' own use or coupons.

    Those are 02, 04, 05, 2 and 98 to 99 of a GTIN of thirteen digits (GS1 General Specifications, prefix ranges).
    """
    read = _digits(value, separators=True)
    if read is None or not valid_gtin(read) or len(read) == 8:
        return True
    thirteen = read[1:] if len(read) == 14 else read.zfill(13)
    return not (thirteen[0] == "2" or thirteen[:2] in {"02", "04", "05", "98", "99"})


def _digits(value: object, separators: bool) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 <= value < 10**14 else None
    if not isinstance(value, str) or len(value) > 40:
        return None
    return value.strip().translate(_SEPARATORS) if separators else value


def currency_code(value: object) -> bool:
    """Hold when the value is a currency code of ISO 4217, in capitals."""
    return isinstance(value, str) and value in CURRENCIES


def country_code(value: object) -> bool:
    """Hold when the value is a country code of two capitals, ISO 3166-1."""
    return isinstance(value, str) and value in COUNTRIES


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


def date_form(value: object, *, form: Literal["YYYY-MM-DD", "YYYY-MM-DD HH:MM:SS", "YYYY-MM-DDTHH:MM:SSZ"]) -> bool:
    """Hold when the value is a date, or date and time, written in exactly this form."""
    if not isinstance(value, str) or len(value) != len(form):
        return False
    try:
        datetime.strptime(value, _FORMS[form])  # noqa: DTZ007 - only its form is judged
    except ValueError:
        return False
    return value.isascii()


def date_range(value: object, *, earliest: str | None = None, latest: str | None = None) -> bool:
    """Hold when the date (ISO 8601) lies between two dates, both counted in; what is no date holds."""
    if not isinstance(value, str) or not iso_date(value):
        return True
    return (earliest is None or value[:10] >= earliest) and (latest is None or value[:10] <= latest)


def _no_gtin(arguments: Mapping[str, Any]) -> Suspicion:
    test = ALWAYS if arguments["digits"] else "not valid(value)"
    return Suspicion(text=test, constants={"valid": valid_gtin})


def _unusual_address(arguments: Mapping[str, Any]) -> Suspicion:
    usual = _USUAL_HTTPS if arguments["https"] else _USUAL
    return Suspicion(text="len(value) > longest or usual(value) is None", constants={"usual": usual.fullmatch})


CODES: tuple[Check, ...] = (
    define(gtin, _no_gtin),
    define(isbn_number),
    define(imei_number),
    define(gtin_for_trade, FOR_NUMBERS),
    define(currency_code, Suspicion(text="value not in known", constants={"known": CURRENCIES})),
    define(country_code, Suspicion(text="value not in known", constants={"known": COUNTRIES})),
    define(email),
    define(phone),
    define(url, _unusual_address),
    define(extension, FOR_TEXT),
    define(iso_date),
    define(date_form),
    define(date_range, FOR_TEXT),
)
