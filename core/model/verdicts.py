"""Verdicts: what a platform itself objects to in a record that it holds, or refused to take."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from core.model.issues import Severity

PREFIX = "platform."
"""How the ids of rules begin that are a platform's own."""


class PlatformVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One objection of the platform. It becomes an issue with the rule `platform.<code>`.

    `code` is the platform's own, or a short stable word where it has none: equal codes at equal fields share a
    pattern. `message` is what it says of this record; `title` names the trouble for all records alike (made of the
    code where it is empty). `field` is a canonical path, "" where the platform names none. `error` keeps the offer
    from selling, `warning` does not.
    """

    code: str
    message: str
    field: str = ""
    title: str = ""
    severity: Severity = Severity.ERROR


class Pronounced(msgspec.Struct, frozen=True, kw_only=True):
    """All that a platform now objects to in one record; empty verdicts say that nothing is left of what it said."""

    external_id: str
    verdicts: tuple[PlatformVerdict, ...] = ()


class VerdictPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a pull of verdicts on products. `cursor` resumes after it and starts the next pull, as in `Page`.

    `complete` stands on the last page of a pull that began with `{}` and named every product with a verdict: what
    the platform said of others before no longer counts.
    """

    products: tuple[Pronounced, ...]
    cursor: dict[str, Any]
    complete: bool = False


class Origin(StrEnum):
    """Where a platform said it: with the record, in a report of its own, or when it refused a push."""

    RECORD = "record"
    REPORT = "report"
    PUSH = "push"


class KeptVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict as it is kept with its record. `value` is what the field held when it was said."""

    verdict: PlatformVerdict
    origin: Origin
    value: Any = None
