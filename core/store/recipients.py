"""Recipients of digests, and what each is told."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import msgspec

from core.model.notices import About, Frequency, RecipientKind
from core.store.rows import utc
from core.store.tables import AuditEntry, Recipient, Subscription, User


class RecipientRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where digests go. `merchant` is whose news it gets, None those of all; `user` is None for an endpoint."""

    id: int
    kind: RecipientKind
    merchant: int | None
    user: int | None
    address: str
    sealed: str | None
    token: str
    confirmed_at: datetime | None
    disabled_at: datetime | None
    disabled_reason: str | None
    created_at: datetime

    @property
    def gets_mail(self) -> bool:
        """Tell whether digests may be sent to it."""
        return self.confirmed_at is not None and self.disabled_at is None

    def __repr__(self) -> str:
        """Leave secret and token out."""
        return f"RecipientRow(id={self.id}, kind={self.kind!r}, merchant={self.merchant})"


class SubscriptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient is told, and how often. `hour` (UTC) is when a daily digest is due."""

    id: int
    recipient: int
    about: About
    frequency: Frequency
    hour: int
    read_to: int
    since: datetime
    digested_at: datetime


def _read(row: dict[str, Any]) -> RecipientRow:
    return msgspec.convert({name: row[name] for name in RecipientRow.__struct_fields__}, RecipientRow)


def _read_subscription(row: dict[str, Any]) -> SubscriptionRow:
    values = {name: row[name] for name in SubscriptionRow.__struct_fields__}
    found = msgspec.convert(values, SubscriptionRow)
    return msgspec.structs.replace(found, since=utc(found.since), digested_at=utc(found.digested_at))


async def get(recipient_id: int) -> RecipientRow | None:
    """Return one recipient."""
    row = await Recipient.select().where(Recipient.id == recipient_id).first()
    return None if row is None else _read(row)


async def of_user(user: int) -> RecipientRow | None:
    """Return a person's e-mail address."""
    row = await Recipient.select().where(Recipient.user == user).first()
    return None if row is None else _read(row)


async def by_token(token: str) -> RecipientRow | None:
    """Return the recipient of a link in a mail."""
    if not token or len(token) > 64:
        return None
    row = await Recipient.select().where(Recipient.token == token).first()
    return None if row is None else _read(row)


async def endpoints(scope: int | None) -> list[RecipientRow]:
    """Return the endpoints of a merchant, or of all and of the installation, oldest first."""
    query = Recipient.select().where(Recipient.kind == RecipientKind.WEBHOOK)
    if scope is not None:
        query = query.where(Recipient.merchant == scope)
    return [_read(row) for row in await query.order_by(Recipient.id)]


async def sealed() -> list[int]:
    """Return ids of recipients that have a secret."""
    rows = await Recipient.select(Recipient.id).where(Recipient.sealed.is_not_null())
    return [row["id"] for row in rows]


async def insert(
    kind: RecipientKind,
    address: str,
    now: datetime,
    *,
    merchant: int | None,
    user: int | None = None,
    confirmed_at: datetime | None = None,
) -> int:
    """Add a recipient and return its id."""
    row = Recipient(
        kind=kind, merchant=merchant, user=user, address=address, token=new_token(), confirmed_at=confirmed_at,
        created_at=now,
    )  # fmt: skip
    return int((await Recipient.insert(row))[0]["id"])


def new_token() -> str:
    """Return what proves that somebody has read a mail."""
    return secrets.token_urlsafe(32)


async def update(recipient_id: int, **values: Any) -> None:
    """Change columns of a recipient."""
    changes: dict[Any, Any] = {getattr(Recipient, name): value for name, value in values.items()}
    await Recipient.update(changes).where(Recipient.id == recipient_id)


async def remove(recipient_id: int) -> None:
    """Remove a recipient with its subscriptions and digests."""
    await Recipient.delete().where(Recipient.id == recipient_id)


async def belongs_to_nobody(row: RecipientRow) -> bool:
    """Tell whether the person whose address it is may not come in any more, or sees another merchant's things now."""
    if row.user is None:
        return False
    user = await User.select(User.is_active, User.merchant).where(User.id == row.user).first()
    return user is None or not user["is_active"] or user["merchant"] != row.merchant


async def subscriptions(recipient_ids: list[int]) -> dict[int, list[SubscriptionRow]]:
    """Return what each of these recipients is told."""
    found: dict[int, list[SubscriptionRow]] = {one: [] for one in recipient_ids}
    if recipient_ids:
        for row in await Subscription.select().where(Subscription.recipient.is_in(recipient_ids)):
            found[row["recipient"]].append(_read_subscription(row))
    return found


async def subscribe(recipient: int, about: About, frequency: Frequency, hour: int, now: datetime) -> None:
    """Set how often a recipient is told of something; who was told of nothing is told from now on.

    Inside a transaction.
    """
    row = await (
        Subscription.select().where((Subscription.recipient == recipient) & (Subscription.about == about)).first()
    )
    if row is None:
        await Subscription.insert(
            Subscription(
                recipient=recipient, about=about, frequency=frequency, hour=hour, read_to=await newest_entry(),
                since=now, digested_at=now,
            )
        )  # fmt: skip
        return
    changes: dict[Any, Any] = {Subscription.frequency: frequency, Subscription.hour: hour}
    if row["frequency"] == Frequency.OFF and frequency is not Frequency.OFF:
        changes |= {
            Subscription.read_to: await newest_entry(), Subscription.since: now, Subscription.digested_at: now,
        }  # fmt: skip
    await Subscription.update(changes).where(Subscription.id == row["id"])


async def newest_entry() -> int:
    """Return the id of the newest entry of the audit log.

    Entries are appended one transaction after the other, so that none with a lower id comes later.
    """
    row = await AuditEntry.select(AuditEntry.id).order_by(AuditEntry.id, ascending=False).first()
    return 0 if row is None else int(row["id"])


async def listening() -> list[tuple[RecipientRow, SubscriptionRow]]:
    """Return all subscriptions that are on, with their recipients, where mail may be sent to them."""
    rows = await Subscription.select().where(Subscription.frequency != Frequency.OFF).order_by(Subscription.id)
    known = {one.id: one for one in [_read(row) for row in await Recipient.select()]} if rows else {}
    found = [(known[row["recipient"]], _read_subscription(row)) for row in rows]
    return [(recipient, subscription) for recipient, subscription in found if recipient.gets_mail]
