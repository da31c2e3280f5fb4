"""What each person sets for themselves: an e-mail address, which is confirmed before it is used, and how often."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from core.context import Context
from core.errors import NeedsAttention, NotFound, Refused
from core.mail import send
from core.model.notices import About, Frequency, RecipientKind
from core.model.people import Actor
from core.notifications import letters
from core.notifications.endpoints import Wanted, check_wanted, checked_address
from core.notifications.server import needed
from core.people import WINDOW
from core.store import audit, recipients, sessions
from core.store.engine import transaction
from core.store.recipients import RecipientRow

USUAL_HOUR = 6
MOST_CONFIRMATIONS = 5
"""Mails for confirmation that one person may have sent within the window of attempts."""


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody is told. Without an `address` they are not; `hour` (UTC) is when daily digests are due."""

    address: str | None
    confirmed: bool
    disabled_reason: str | None
    trouble: Frequency
    corrections: Frequency
    hour: int


async def of_actor(actor: Actor) -> Preferences:
    """Return what somebody set."""
    row = await recipients.of_user(actor.user)
    known = {} if row is None else {one.about: one for one in (await recipients.subscriptions([row.id]))[row.id]}
    first = next(iter(known.values()), None)
    return Preferences(
        address=None if row is None else row.address,
        confirmed=row is not None and row.confirmed_at is not None,
        disabled_reason=None if row is None else row.disabled_reason,
        trouble=known[About.TROUBLE].frequency if About.TROUBLE in known else Frequency.OFF,
        corrections=known[About.CORRECTIONS].frequency if About.CORRECTIONS in known else Frequency.OFF,
        hour=USUAL_HOUR if first is None else first.hour,
    )


async def save(context: Context, actor: Actor, address: str, wanted: Wanted, hour: int) -> bool:
    """Keep what somebody wants, and ask a new address for its confirmation; tell whether it was asked.

    An empty address ends all of it. NeedsAttention, with all of it kept, where the confirmation cannot be sent.
    """
    if not address.strip():
        await leave(context, actor)
        return False
    address = checked_address(address)
    check_wanted(wanted, hour)
    now = context.clock()
    async with transaction():
        row = await recipients.of_user(actor.user)
        fresh = row is None or row.address != address
        if row is None:
            recipient = await recipients.insert(
                RecipientKind.EMAIL, address, now, merchant=actor.merchant, user=actor.user
            )
        else:
            recipient = row.id
            values = {"address": address, "token": recipients.new_token(), "confirmed_at": None} if fresh else {}
            await recipients.update(
                recipient, merchant=actor.merchant, disabled_at=None, disabled_reason=None, **values
            )
        for about, frequency in wanted.items():
            await recipients.subscribe(recipient, about, frequency, hour, now)
        await audit.append(actor.name, "notifications.set", f"user:{actor.user}", now, merchant=actor.merchant)
    kept = await recipients.of_user(actor.user)
    if kept is None or kept.confirmed_at is not None:
        return False
    await ask(context, kept)
    return True


async def ask(context: Context, row: RecipientRow) -> None:
    """Send the mail that asks an address for its confirmation; Refused where somebody has it sent again and again."""
    if context.public_url is None:
        raise NeedsAttention(
            "A link for the confirmation needs our own address; see web.public_url in the settings.", code="no_address"
        )
    server = await needed(context)
    await _throttle(context, row)
    link = f"{context.public_url.rstrip('/')}/notifications/confirm/{row.token}"
    letter = letters.confirmation(server, row.address, link, secrets.token_hex(16), context.clock())
    await send(server, letter, row.address)


async def _throttle(context: Context, row: RecipientRow) -> None:
    """Count what a person has sent to addresses that nobody confirmed: they may be those of strangers."""
    now = context.clock()
    key = hashlib.sha256(f"confirmation:{row.user}".encode()).hexdigest()
    tried = await sessions.note_attempt((key,), now, now - WINDOW)
    if tried[key] > MOST_CONFIRMATIONS:
        raise Refused("Too many confirmations were asked for; try again in a while.", code="too_many_attempts")


async def test(context: Context, actor: Actor) -> str:
    """Send somebody a test, and return the address it went to. Errors say what is wrong."""
    row = await recipients.of_user(actor.user)
    if row is None:
        raise Refused("Save an address first.", code="no_address")
    if row.confirmed_at is None:
        await ask(context, row)
        return f"{row.address} was asked again for its confirmation."
    server = await needed(context)
    await send(server, letters.trial(server, row.address, secrets.token_hex(16), context.clock()), row.address)
    return f"A test is on its way to {row.address}."


async def leave(context: Context, actor: Actor) -> None:
    """Forget somebody's address and what they wanted."""
    row = await recipients.of_user(actor.user)
    if row is None:
        return
    async with transaction():
        await recipients.remove(row.id)
        await audit.append(
            actor.name, "notifications.end", f"user:{actor.user}", context.clock(), merchant=actor.merchant
        )


async def of_link(token: str) -> RecipientRow:
    """Return the address that a link in a mail is about; NotFound for a link of another time."""
    row = await recipients.by_token(token)
    if row is None or row.kind is not RecipientKind.EMAIL:
        raise NotFound("This link is not valid any more: the address was changed or removed since.")
    return row


async def confirm(context: Context, token: str) -> None:
    """Take an address for confirmed, because somebody opened the link that was sent to it."""
    row = await of_link(token)
    if row.confirmed_at is None:
        await recipients.update(row.id, confirmed_at=context.clock())


async def unsubscribe(context: Context, token: str) -> None:
    """End all digests to an address; its owner can ask for them again on the page."""
    row = await of_link(token)
    now = context.clock()
    async with transaction():
        for about in About:
            await recipients.subscribe(row.id, about, Frequency.OFF, USUAL_HOUR, now)
        await audit.append(
            "link in a mail", "notifications.unsubscribe", f"user:{row.user}", now, merchant=row.merchant
        )
