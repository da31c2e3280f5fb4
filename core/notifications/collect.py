"""Makes a digest of what happened: counted by cause, with a few examples, and nothing of orders or buyers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from core.model.notices import About, Digest, Example, News, NewsKind
from core.store import merchants, news
from core.store.news import FAILED, VERIFIED, Happening, Warned
from core.store.recipients import RecipientRow, SubscriptionRow

MOST_CAUSES = 20
"""Causes that a digest spells out; those beyond are counted."""
MOST_EXAMPLES = 3
ACTIONS = {About.TROUBLE: (FAILED,), About.CORRECTIONS: (VERIFIED,)}
ORDER = (NewsKind.BRAKED, NewsKind.FAILED, NewsKind.ATTENTION, NewsKind.CORRECTED)
_BRAKES = ("auto_rule:", "canary:")
_FAILURES = ("undo:", "undo_many:")
"""What alerts are about, by how their subjects begin; the rest needs attention."""


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription is to be told, None where nothing happened, and the alerts that are told with it."""

    digest: Digest | None
    alerts: tuple[int, ...]


class _Cause:
    """A cause while its happenings are counted."""

    def __init__(self, kind: NewsKind, title: str, path: str, where: str | None, merchant: int) -> None:
        self.kind, self.title, self.path, self.where, self.merchant = kind, title, path, where, merchant
        self.count = 0
        self.examples: dict[str, Example] = {}

    def add(self, example: Example | None) -> None:
        self.count += 1
        if example is not None and len(self.examples) < MOST_EXAMPLES:
            self.examples.setdefault(example.path, example)


async def collect(recipient: RecipientRow, subscription: SubscriptionRow, to: int, now: datetime) -> Collected:
    """Return what happened since a subscription was told the last time, up to an entry of the audit log."""
    causes: dict[tuple[object, ...], _Cause] = {}
    after = subscription.read_to
    while after < to:
        found, after = await news.happenings(recipient.merchant, ACTIONS[subscription.about], after, to)
        for one in found:
            if one.failed or one.automatic:
                _count(causes, one)
    warned: list[Warned] = []
    if subscription.about is About.TROUBLE:
        warned = await news.alerts(recipient.merchant, subscription.id, subscription.since, subscription.digested_at)
        for alert in warned:
            if not alert.failed_since:
                _warn(causes, alert)
    names = await merchants.names() if recipient.merchant is None and causes else {}
    return Collected(
        digest=_digest(subscription, causes.values(), names, now) if causes else None,
        alerts=tuple(one.id for one in warned),
    )


def _count(causes: dict[tuple[object, ...], _Cause], one: Happening) -> None:
    kind = NewsKind.FAILED if one.failed else NewsKind.CORRECTED
    key = (kind, one.pattern, one.connection)
    if key not in causes:
        where = one.channel if one.connection is None else f"{one.channel} · {one.connection}"
        causes[key] = _Cause(kind, one.title, f"/knowledge/{one.pattern}", where, one.merchant)
    text = one.name or f"Issue {one.issue}"
    if one.failed and one.error:
        text = f"{text}: {one.error}"
    causes[key].add(Example(text=text, path=f"/issues/{one.issue}"))


def _warn(causes: dict[tuple[object, ...], _Cause], one: Warned) -> None:
    kind = NewsKind.ATTENTION
    if one.subject.startswith(_BRAKES):
        kind = NewsKind.BRAKED
    elif one.subject.startswith(_FAILURES):
        kind = NewsKind.FAILED
    mended = " (mended since)" if one.closed_at is not None else ""
    cause = _Cause(kind, f"{one.message}{mended}", "/alerts", one.connection, one.merchant)
    cause.count = 1
    causes[kind, "alert", one.id] = cause


def _digest(subscription: SubscriptionRow, causes: Iterable[_Cause], names: Mapping[int, str], now: datetime) -> Digest:
    ranked = sorted(causes, key=lambda one: (ORDER.index(one.kind), -one.count))
    counts: Counter[NewsKind] = Counter()
    for one in ranked:
        counts[one.kind] += one.count
    return Digest(
        about=subscription.about,
        since=subscription.digested_at,
        until=now,
        counts=dict(counts),
        news=tuple(
            News(
                kind=one.kind,
                title=one.title,
                count=one.count,
                path=one.path,
                where=one.where,
                merchant=names.get(one.merchant),
                examples=tuple(one.examples.values()),
            )
            for one in ranked[:MOST_CAUSES]
        ),
        left_out=max(len(ranked) - MOST_CAUSES, 0),
    )
