"""What a platform itself publishes of its requirements, in our words: made by plugins, turned into rules by the core.

A platform's own description is data from outside. Nothing here is trusted: a requirement that names no check or no
field of ours, contradicts itself or is too large is left out with the reason, and the rest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from core.model.issues import Severity


class Requirement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a platform asks of a product.

    `label` is what the platform calls the attribute; title and message are made of it, unless `message` says more
    (with the placeholders of a rulepack). `field`, `check`, `arguments` and `when` are as in a rulepack. It counts
    for products of `product_type`, in `category` (as records name them) and on `marketplace`, from the day `since`
    on and before the day `until`, where these are given. `source` says where the platform publishes it.
    """

    label: str
    field: str
    check: str
    source: str
    arguments: Mapping[str, Any] = {}
    severity: Severity = Severity.ERROR
    message: str | None = None
    product_type: str | None = None
    category: str | None = None
    marketplace: str | None = None
    when: Mapping[str, Any] | None = None
    since: date | None = None
    until: date | None = None


class Skipped(msgspec.Struct, frozen=True):
    """Something published that no rule stands for. `what` names it, `reason` is a sentence for a person."""

    what: str
    reason: str


class RequirementSet(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform publishes in one piece: for a product type, a category, an attribute set, or all products.

    `name` is unique within a connection. `version` is the platform's own (a checksum, an ETag). `requirements` is
    None where `version` is the one that is held already. `skipped` is what the plugin could not say in our words.
    """

    name: str
    requirements: tuple[Requirement, ...] | None
    version: str | None = None
    skipped: tuple[Skipped, ...] = ()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What requirements are asked for: those for what the merchant sells. `held` maps sets to the version we have."""

    product_types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    held: Mapping[str, str] = {}
