"""What people are told when they are not looking: of what, how often, and the digest that says it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class About(StrEnum):
    """What a subscription is about: what failed, braked or needs attention, or what was corrected by itself."""

    TROUBLE = "trouble"
    CORRECTIONS = "corrections"


class Frequency(StrEnum):
    """How often a digest is made. `at_once` is for trouble: within a minute, and then every five at most."""

    OFF = "off"
    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


class RecipientKind(StrEnum):
    """How a digest travels."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class DigestState(StrEnum):
    """`waiting` for its delivery; `delivered`; `given_up` after days of trying or because nobody wants it any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class NewsKind(StrEnum):
    """What happened."""

    CORRECTED = "corrected"
    FAILED = "failed"
    BRAKED = "braked"
    ATTENTION = "attention"


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One of several. `path` is where it is seen; `text` names a product, and nothing of an order."""

    text: str
    path: str


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What happened `count` times for one cause. `where` names the channel and the connection, `merchant` whose it is.

    `title` may hold words of rules and platforms; it is text.
    """

    kind: NewsKind
    title: str
    count: int
    path: str
    where: str | None = None
    merchant: str | None = None
    examples: tuple[Example, ...] = ()


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """All that a subscription is told at once. `counts` are of everything; `left_out` causes are not among `news`."""

    about: About
    since: datetime
    until: datetime
    counts: dict[NewsKind, int]
    news: tuple[News, ...]
    left_out: int = 0
