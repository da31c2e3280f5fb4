"""Messages with placeholders that can reach nothing but what they name: no attributes, no indices, no formats.

A message stands in English and in the languages that its pack is translated into. Where a number decides about the
words, it has a form for each plural of the language (CLDR, by Babel): `{one: "…", other: "…"}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from core.corrections import numerals
from core.corrections.regex import Regex

ENGLISH = "en"
BUILT_IN = frozenset({"actual", "value", "field"})
PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_LONGEST = 80
_MOST_ITEMS = 8
_NOTHING = {"en": "nothing", "fr": "rien", "de": "nichts"}
_FLAGS = {"en": ("no", "yes"), "fr": ("non", "oui"), "de": ("nein", "ja")}

Message = tuple[str, ...]
"""Literal text at even places, placeholder names at odd ones."""


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says in one language. `forms` are by plural, `other` always among them; `by` is what is counted."""

    title: str
    forms: Mapping[str, Message]
    by: str = "actual"

    @property
    def placeholders(self) -> frozenset[str]:
        """Return the names that the message may have filled in."""
        return frozenset(name for form in self.forms.values() for name in form[1::2])


def read(title: str, given: Any, allowed: frozenset[str]) -> Wording:
    """Read a message, text or its plural forms; ValueError where a brace or a form is none."""
    if isinstance(given, str):
        return Wording(title=title, forms={"other": parse(given, allowed)})
    if not isinstance(given, dict) or "other" not in given:
        raise ValueError("a message is text, or plural forms with `other` among them")
    by = given.get("by", "actual")
    if by not in allowed:
        raise ValueError(f"the plural is by {str(by)[:40]!r}; it may be by {', '.join(sorted(allowed))}")
    forms = {name: form for name, form in given.items() if name != "by"}
    for name, form in forms.items():
        if name not in PLURALS or not isinstance(form, str):
            raise ValueError(f"{str(name)[:20]!r} is no plural form (known: {', '.join(sorted(PLURALS))})")
    return Wording(title=title, forms={name: parse(form, allowed) for name, form in forms.items()}, by=by)


def parse(text: str, allowed: frozenset[str]) -> Message:
    """Split a message at its placeholders; ValueError at a brace that is none, or a name that is not allowed."""
    pieces = _PLACEHOLDER.split(text)
    for place, piece in enumerate(pieces):
        if place % 2 and piece not in allowed:
            raise ValueError(f"the message names {{{piece}}}; it may name {', '.join(sorted(allowed))}")
        if place % 2 == 0 and ("{" in piece or "}" in piece):
            raise ValueError("a brace in a message holds one bare name, as in {actual}")
    return tuple(pieces)


def language(code: str) -> str:
    """Return a language code that Babel knows, as `fr` or `pt_BR`; ValueError for any other."""
    try:
        if _LANGUAGE.fullmatch(code):
            return str(Locale.parse(code))
    except UnknownLocaleError:
        pass
    raise ValueError(f"{code[:20]!r} is no language (write it as fr or pt_BR)")


def render(wording: Wording, values: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Fill the placeholders in the plural that the counted number asks for; long values are cut in the middle."""
    message = wording.forms["other"]
    if len(wording.forms) > 1:
        message = wording.forms.get(_plural(values.get(wording.by), language), message)
    if len(message) == 1:
        return message[0]
    return "".join(
        piece
        if place % 2 == 0
        else _received(values, language)
        if piece == "value"
        else shown(values.get(piece), language)
        for place, piece in enumerate(message)
    )


def shown(value: Any, language: str = ENGLISH, *, nested: bool = False) -> str:
    """Write any value for a person, in at most some eighty characters, numbers as the language writes them."""
    if value is None:
        return _NOTHING.get(language, _NOTHING[ENGLISH])
    if isinstance(value, bool):
        return _FLAGS.get(language, _FLAGS[ENGLISH])[value]
    if isinstance(value, int | Decimal):
        return _number(value, language)
    if isinstance(value, tuple | list) and not nested:
        more = f" (+{len(value) - _MOST_ITEMS})" if len(value) > _MOST_ITEMS else ""
        return _cut(", ".join(shown(item, language, nested=True) for item in value[:_MOST_ITEMS]), 200) + more
    if isinstance(value, dict | list):
        return f"{{{len(value)}}}" if isinstance(value, dict) else f"[{len(value)}]"
    return _cut(value.source if isinstance(value, Regex) else str(value))


def _received(values: Mapping[str, Any], language: str) -> str:
    """Write the value found as it was received: a number is not dressed up."""
    value = values.get("value")
    plain = isinstance(value, int) and not isinstance(value, bool) and -(10**30) < value < 10**30
    return str(value) if plain else shown(value, language)


@lru_cache(maxsize=4096)
def _number(value: int | Decimal, language: str) -> str:
    if not -(10**30) < value < 10**30:
        return "> 10³⁰" if value > 0 else "< −10³⁰"
    if language == ENGLISH and isinstance(value, int):
        return f"{value:,}"
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return format_decimal(value, format=f"#,##0.{'0' * places}".rstrip("."), locale=language)


def _plural(count: Any, language: str) -> str:
    if not isinstance(count, int | Decimal) or isinstance(count, bool):
        count = numerals.plain(count)
    if count is None or not -(10**15) < count < 10**15:
        return "other"
    return _locale(language).plural_form(count)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _cut(text: str, longest: int = _LONGEST) -> str:
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
