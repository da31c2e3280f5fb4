"""What a rule says of a record, and the closed sets around it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from core.model.corrections import Program, Safety


class Category(StrEnum):
    """The four categories of issue."""

    REQUIRED_FIELD = "required_field"
    FORMAT_VALIDATION = "format_validation"
    BUSINESS_RULE = "business_rule"
    MARKETPLACE_RULE = "marketplace_rule"


class Severity(StrEnum):
    """`error` blocks selling, `warning` costs quality."""

    ERROR = "error"
    WARNING = "warning"


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One rule violated by one record. `field` is dotted with indices: `variants.2.gtin`.

    `title` names the rule for people, `message` says what is wrong with this record; `actual` is the value found
    (None where it is missing); `pack` is `name@version`; `rule` is unique in it.
    """

    rule: str
    title: str
    pack: str
    category: Category
    severity: Severity
    field: str
    message: str
    actual: Any = None
    fix: Program = ()
    fix_safety: Safety | None = None


class IssueState(StrEnum):
    """The life of an issue."""

    OPEN = "open"
    CORRECTING = "correcting"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """How an issue ended."""

    APPROVED = "approved"
    MODIFIED = "modified"
    AUTO_CORRECTED = "auto_corrected"
    CHANGED_AT_SOURCE = "changed_at_source"
    RECORD_DELETED = "record_deleted"
    RULE_CHANGED = "rule_changed"
