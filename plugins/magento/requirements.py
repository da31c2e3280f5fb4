"""A shop's product attributes as requirements, after `catalog-data-product-attribute-interface` (REST schema 2.4.9).

The record that they judge has an attribute under `attributes` by its code, unless `FIELDS` gives it one of ours; of an
attribute with options it has the option's `value`, as products give it, and `attributes.attribute_set_id` its set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from marketwright import Requirement, Skipped

Json = dict[str, Any]

FIELDS = {
    "name": "title", "sku": "sku", "description": "description", "price": "price", "special_price": "price",
    "weight": "weight.value", "url_key": "handle", "status": "status",
}  # fmt: skip
_OWN = frozenset({"special_price", "status"})
"""Their values stand in another form in our record: only their presence can be told, of the first not even that."""

_INPUTS = {"price": "number", "weight": "number"}
_CLASSES: dict[str, tuple[str, Json]] = {
    "validate-number": ("number", {}),
    "validate-digits": ("pattern", {"regex": "^[0-9]+$"}),
    "validate-alpha": ("pattern", {"regex": "^[a-zA-Z]+$"}),
    "validate-alphanum": ("pattern", {"regex": "^[a-zA-Z0-9]+$"}),
    "validate-email": ("email", {}),
    "validate-url": ("url", {}),
    "validate-zero-or-greater": ("range", {"minimum": 0}),
    "validate-greater-than-zero": ("range", {"above": 0}),
}
"""Classes by which a form validates (Magento\\Eav\\Helper\\Data and lib/web/mage/validation.js)."""

_ADORNING = frozenset({"validate-length", "required-entry"})
_LENGTH = re.compile(r"(minimum|maximum)-length-([0-9]{1,9})")
_RULES = {"max_text_length": "max_length", "min_text_length": "min_length"}


def translate(
    attributes: Iterable[Any], source: str, attribute_set: int | None = None
) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what attributes ask of products: of all, or of those of one attribute set."""
    found: list[Requirement] = []
    skipped: list[Skipped] = []
    for attribute in (one for one in attributes if isinstance(one, dict)):
        code = attribute.get("attribute_code")
        if not isinstance(code, str) or not code or code == "special_price":
            continue
        place = FIELDS.get(code, f"attributes.{code}")
        label = str(attribute.get("default_frontend_label") or code)
        for one in (*_presence(attribute), *(() if code in _OWN else _values(attribute))):
            if isinstance(one, str):
                skipped.append(Skipped(code, one))
                continue
            check, arguments = one
            found.append(
                Requirement(
                    label=label, field=place, check=check, arguments=arguments, source=source,
                    when=_when(attribute, attribute_set),
                )
            )  # fmt: skip
    return found, skipped


def _presence(attribute: Json) -> Iterator[tuple[str, Json] | str]:
    if attribute.get("is_required") is True:
        yield "required", {}


def _values(attribute: Json) -> Iterator[tuple[str, Json] | str]:
    """Yield what is asked of an attribute's value, or a sentence why it cannot be said."""
    kind = attribute.get("frontend_input")
    if kind in _INPUTS:
        yield _INPUTS[str(kind)], {}
    options = [_object(one).get("value") for one in _list(attribute.get("options"))]
    values = [value for value in options if isinstance(value, str) and value.strip()]
    if kind == "select" and values and attribute.get("is_user_defined") is True:
        yield "one_of", {"values": values}
    elif kind == "multiselect" and values:
        yield "Several of its options stand in one text, which a rule cannot take apart."
    yield from _classes(attribute.get("frontend_class"))
    for rule in map(_object, _list(attribute.get("validation_rules"))):
        key, value = rule.get("key"), str(rule.get("value"))
        if key in _RULES and value.isdecimal():
            yield _RULES[str(key)], {"limit": int(value)}
        else:
            yield f"Its validation rule {key} is not known here."


def _classes(given: Any) -> Iterator[tuple[str, Json] | str]:
    for name in given.split() if isinstance(given, str) else ():
        length = _LENGTH.fullmatch(name)
        if length is not None:
            yield f"{length[1][:3]}_length", {"limit": int(length[2])}
        elif name in _CLASSES:
            yield _CLASSES[name]
        elif name not in _ADORNING:
            yield f"Its class {name} is not known here."


def _when(attribute: Json, attribute_set: int | None) -> Json | None:
    """Return where an attribute counts: for the product types that it applies to, in its set."""
    types = [one for one in _list(attribute.get("apply_to")) if isinstance(one, str)]
    parts: list[Json] = [{"field": "product_type", "one_of": types}] if types else []
    if attribute_set is not None:
        parts.append({"field": "attributes.attribute_set_id", "equals": {"to": attribute_set}})
    return {"all": parts} if len(parts) > 1 else parts[0] if parts else None


def _object(given: Any) -> Json:
    return given if isinstance(given, dict) else {}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []
