"""Tells people what happened: makes the digests that are due, and sends those that wait."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from core.context import Context
from core.errors import MarketwrightError, NeedsAttention, Rejected
from core.model.notices import DigestState, Frequency, RecipientKind
from core.notifications.collect import collect
from core.notifications.sending import deliver, wait_of
from core.queue import job
from core.store import alerts, digests, recipients
from core.store.digests import DigestRow
from core.store.recipients import RecipientRow, SubscriptionRow

log = logging.getLogger("marketwright.digests")

HOLD = timedelta(minutes=10)
"""How long a worker keeps others from a digest; longer than any delivery takes."""
PATIENCE = timedelta(days=5)
"""After so long a digest that cannot be delivered is given up."""
BREATH = timedelta(minutes=5)
"""Between two digests that are sent at once, so that a storm is told in a few."""
TELL_AFTER = 5
"""After so many tries at an endpoint a person is told."""
INSTALLATION = 0
"""The merchant of alerts that concern all."""
MAIL = "mail"
"""The subject of the alert that stands while mail cannot be sent."""


@job
async def prepare_digests(context: Context) -> None:
    """Make the digests that are due, and have all that wait sent."""
    now = context.clock()
    for recipient, subscription in await recipients.listening():
        if not is_due(subscription, now) or await _is_breathing(subscription, now):
            continue
        if await recipients.belongs_to_nobody(recipient):
            await recipients.update(
                recipient.id, disabled_at=now, disabled_reason="Its owner has no account here any more."
            )
            continue
        to = await recipients.newest_entry()
        found = await collect(recipient, subscription, to, now)
        await digests.keep(subscription, found.digest, now, read_to=to, alerts=found.alerts)
    for digest_id in await digests.due(now):
        await context.queue.enqueue("send_digest", digest_id)


def is_due(subscription: SubscriptionRow, now: datetime) -> bool:
    """Tell whether a subscription is to be told now: hourly with the clock's hour, daily at its own."""
    last = subscription.digested_at
    match subscription.frequency:
        case Frequency.AT_ONCE:
            return True
        case Frequency.HOURLY:
            return now >= last.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case Frequency.DAILY:
            turn = last.replace(hour=subscription.hour, minute=0, second=0, microsecond=0)
            return now >= (turn if turn > last else turn + timedelta(days=1))
        case _:
            return False


async def _is_breathing(subscription: SubscriptionRow, now: datetime) -> bool:
    """Tell whether a subscription that is told at once was told just now."""
    if subscription.frequency is not Frequency.AT_ONCE:
        return False
    last = await digests.last_made(subscription.id)
    return last is not None and now - last < BREATH


@job
async def send_digest(context: Context, digest_id: int) -> None:
    """Send a digest, if it waits and no other worker is at it; mark what became of it."""
    now = context.clock()
    if not await digests.hold(digest_id, now, now + HOLD):
        return
    digest = await digests.get(digest_id)
    recipient = None if digest is None else await recipients.get(digest.recipient)
    if digest is None or recipient is None:
        return
    if not recipient.gets_mail or await recipients.belongs_to_nobody(recipient):
        await digests.end(digest.id, DigestState.GIVEN_UP, now, "Nobody wants it any more.")
        return
    try:
        await deliver(context, recipient, digest)
    except MarketwrightError as error:
        await _not_sent(context, recipient, digest, error)
        return
    now = context.clock()
    await digests.end(digest.id, DigestState.DELIVERED, now)
    if recipient.kind is RecipientKind.EMAIL:
        await alerts.close(INSTALLATION, MAIL, now)
    else:
        await alerts.close(recipient.merchant or INSTALLATION, f"endpoint:{recipient.id}", now)


async def _not_sent(context: Context, recipient: RecipientRow, digest: DigestRow, error: MarketwrightError) -> None:
    """Leave a digest for later; end it where its recipient takes no more, or after days."""
    now = context.clock()
    log.warning("digest %d was not delivered: %s", digest.id, error.code)
    is_final = isinstance(error, Rejected)
    if is_final:
        await recipients.update(recipient.id, disabled_at=now, disabled_reason=error.message)
    if is_final or now - digest.created_at > PATIENCE:
        await digests.end(digest.id, DigestState.GIVEN_UP, now, error.message)
    else:
        due_at = now + timedelta(seconds=wait_of(error, digest.attempts))
        await digests.postpone(digest.id, due_at, error.message)
    if recipient.kind is RecipientKind.EMAIL and isinstance(error, NeedsAttention):
        await alerts.open_one(INSTALLATION, MAIL, f"Digests cannot be sent by mail: {error.message}", now)
    if recipient.kind is RecipientKind.WEBHOOK and (is_final or digest.attempts >= TELL_AFTER):
        message = f"Digests do not reach the endpoint {recipient.id}: {error.message}"
        await alerts.open_one(recipient.merchant or INSTALLATION, f"endpoint:{recipient.id}", message, now)
