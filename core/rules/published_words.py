"""The words of rules that are made of what a platform publishes: their ids, titles and messages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from core.model.issues import Category
from core.model.requirements import Requirement

PREFIX = "requirements"
_LONGEST_PARTS = (24, 40, 24)
_LONGEST_LABEL = 80
_FOREIGN = re.compile(r"[^a-z0-9]+")

_WORDS: dict[str, tuple[str, Any]] = {
    "required": ("{} missing", "{} is missing."),
    "missing": ("{} given", "{} must not be given here."),
    "equals": ("{} not as required", "{} is {actual}; it has to be {to}."),
    "text": ("{} not text", "{} is no text."),
    "min_length": (
        "{} too short",
        {
            "one": "{} has {actual} character; at least {limit} are needed.",
            "other": "{} has {actual} characters; at least {limit} are needed.",
        },
    ),
    "max_length": ("{} too long", "{} has {actual} characters; at most {limit} are taken."),
    "max_visible_length": ("{} too long", "{} has {actual} characters; at most {limit} are taken."),
    "min_bytes": ("{} too short", "{} has {actual} bytes; at least {limit} are needed."),
    "max_bytes": ("{} too long", "{} has {actual} bytes; at most {limit} are taken."),
    "pattern": ("{} in a wrong form", "{} is {actual}, which has not the form that is asked for ({regex})."),
    "forbidden_pattern": ("{} with forbidden characters", "{} holds what is not taken ({regex})."),
    "one_of": ("{} not in the list", "{} is {actual}; taken are {values}."),
    "not_in": ("{} not allowed", "{} is {actual}, which is not taken."),
    "items_one_of": ("{} not in the list", "{} is {actual}; taken are {values}."),
    "number": ("{} not a number", "{} is {actual}, which is no number."),
    "integer": ("{} not a whole number", "{} is {actual}, which is no whole number."),
    "range": ("{} out of range", "{} is {actual}, which is out of the range that is taken."),
    "item_count": ("{}: number of values", "{} has {actual} values, which is not the number that is taken."),
    "max_decimals": ("{} with too many decimals", "{} is {value}; at most {places} decimals are taken."),
    "gtin": ("{} not a GTIN", "{} is {actual}, which is no valid GTIN."),
    "url": ("{} not an address", "{} is {actual}, which is no web address."),
    "iso_date": ("{} not a date", "{} is {actual}, which is no date."),
    "date_form": ("{} in a wrong form", "{} is {actual}; dates are written as {form}."),
    "no_html": ("{} with HTML", "{} has HTML tags, which are not taken."),
    "no_scripts": ("{} with scripts", "{} has scripts, frames or forms, which are not taken."),
}
_OTHER = ("{} not accepted", "{} does not hold what is asked of it.")
_FORMATS = frozenset(
    {"text", "pattern", "forbidden_pattern", "number", "integer", "gtin", "url", "iso_date", "date_form", "no_html"}
)


def identity(one: Requirement) -> str:
    """Return a rule id that stays the same while limits and values change: `requirements.luggage.title.max_length`.

    Where letters are lost on the way, or a condition tells two requirements apart, a short hash tells them apart.
    """
    scope = "_".join(part for part in (one.product_type or one.category, one.marketplace) if part) or "all"
    exact = (scope, one.field.removeprefix("attributes."), one.check)
    plain = [_plain(part, longest) for part, longest in zip(exact, _LONGEST_PARTS, strict=True)]
    lost = any(
        short != part.lower().replace(".", "_").replace("[]", "") for short, part in zip(plain, exact, strict=True)
    )
    if lost or one.when is not None:
        told = repr((exact, _ordered(one.when)))
        plain[-1] += f"_{hashlib.sha256(told.encode(errors='replace')).hexdigest()[:6]}"
    return ".".join((PREFIX, *plain))


def category(check: str) -> Category:
    """Return the category of issues that a check finds."""
    if check == "required":
        return Category.REQUIRED_FIELD
    return Category.FORMAT_VALIDATION if check in _FORMATS else Category.MARKETPLACE_RULE


def title(one: Requirement, longest: int) -> str:
    """Name the cause in one short line, with the product type or category where there is room for it."""
    form = _WORDS.get(one.check, _OTHER)[0]
    label = _tidy(one.label)
    scope = one.product_type or one.category
    scope = _tidy(scope) if scope else None
    whole = form.replace("{}", label, 1)
    if scope and len(f"{whole} ({scope})") <= longest:
        return f"{whole} ({scope})"
    room = longest - len(form) + 2
    return form.replace("{}", label if len(label) <= room else f"{label[: room - 1].rstrip()}…", 1)


def message(one: Requirement) -> Any:
    """Return the message, text or its plural forms: the requirement's own, else one made of its label."""
    if one.message is not None:
        return one.message
    label = _tidy(one.label)[:_LONGEST_LABEL]
    form = _WORDS.get(one.check, _OTHER)[1]
    if isinstance(form, dict):
        return {plural: text.replace("{}", label, 1) for plural, text in form.items()}
    return form.replace("{}", label, 1)


def _plain(part: str, longest: int) -> str:
    """Return a part of an id: small ASCII letters, digits and `_`."""
    return _FOREIGN.sub("_", part.lower()).strip("_")[:longest].rstrip("_") or "x"


def _tidy(label: str) -> str:
    """Return a label in one line, without what cannot be seen and without braces, which are placeholders'."""
    seen = "".join(letter if letter.isprintable() else " " for letter in label.replace("{", "(").replace("}", ")"))
    return " ".join(seen.split()) or "A value"


def _ordered(given: Any) -> Any:
    if isinstance(given, Mapping):
        return sorted((str(key), _ordered(value)) for key, value in given.items())
    return [_ordered(item) for item in given] if isinstance(given, list | tuple) else given
