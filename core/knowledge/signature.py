"""The signature of a pattern: what must be equal for two issues to have the same cause."""

from __future__ import annotations

import hashlib
import re

import msgspec

from core.knowledge.shapes import shape_of
from core.model.corrections import Safety
from core.model.issues import Violation
from core.model.records import Record

PART = "part"
"""The part of a context that a person named by splitting a pattern: `category is Kitchen`."""

_INDEX = re.compile(r"\.\d+(?=\.|$)")
_ENCODER = msgspec.json.Encoder(order="sorted")


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Channel, rule, field without indices, shape of the value, and the context that matters."""

    channel: str
    rule: str
    field: str
    shape: str
    context: dict[str, str] = msgspec.field(default_factory=dict)

    def hash(self) -> str:
        """Return SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(_ENCODER.encode(self)).hexdigest()


def field_without_indices(path: str) -> str:
    """Return `variants.gtin` for `variants.2.gtin`."""
    return _INDEX.sub("", path)


def signature_of(channel: str, violation: Violation, record: Record) -> Signature:
    """Return the signature of one violation.

    Where the fix is one of notation only, what the product is does not matter; otherwise the root of its category
    and its language do.
    """
    context = {} if violation.fix_safety is Safety.SAFE else _context(record)
    return Signature(
        channel=channel,
        rule=violation.rule,
        field=field_without_indices(violation.field),
        shape=shape_of(violation.actual),
        context=context,
    )


def _context(record: Record) -> dict[str, str]:
    context: dict[str, str] = {}
    category = record.get("category")
    if isinstance(category, str) and category.strip():
        context["category"] = re.split(r"\s*[>/|]\s*", category.strip(), maxsplit=1)[0][:100]
    locale = record.get("locale")
    if isinstance(locale, str) and locale:
        context["locale"] = locale[:20]
    return context
