"""Who is told of what, how often, and what was told: recipients, their subscriptions, and digests."""

from __future__ import annotations

from piccolo.columns import JSON, BigInt, BigSerial, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from core.store.tables.people import User


class Recipient(Table, tablename="recipients"):
    """Where digests go: a person's e-mail address, or an endpoint that takes webhooks.

    `merchant` is whose news it gets, null for those of all; `user` is null for an endpoint. `sealed` is an endpoint's
    secret, sealed by the vault. Whoever has `token` has read a mail to this address.
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=10)
    merchant = BigInt(null=True, default=None)
    user = ForeignKey(references=User, null=True, on_delete=OnDelete.cascade)
    address = Varchar(length=2000)
    sealed = Text(null=True, default=None)
    token = Varchar(length=64, unique=True)
    confirmed_at = Timestamptz(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)
    disabled_reason = Text(null=True, default=None)
    created_at = Timestamptz()


class Subscription(Table, tablename="subscriptions"):
    """What a recipient is told, and how often. Unique for recipient and `about`.

    `hour` (UTC) is when a daily digest is due. `read_to` is the last entry of the audit log that was told; alerts are
    told that were opened after `since`. `digested_at` is when it was last looked for news.
    """

    id = BigSerial(primary_key=True)
    recipient = ForeignKey(references=Recipient, null=False, on_delete=OnDelete.cascade)
    about = Varchar(length=20)
    frequency = Varchar(length=20)
    hour = Integer(default=6)
    read_to = BigInt(default=0)
    since = Timestamptz()
    digested_at = Timestamptz()


class ToldAlert(Table, tablename="told_alerts"):
    """An alert that a subscription was told of. Unique for both."""

    id = BigSerial(primary_key=True)
    subscription = ForeignKey(references=Subscription, null=False, on_delete=OnDelete.cascade)
    alert = BigInt()


class Digest(Table, tablename="digests"):
    """One message, kept before it is sent. `key` tells a receiver that it has seen it.

    Until `held_until` a worker is sending it.
    """

    id = BigSerial(primary_key=True)
    subscription = ForeignKey(references=Subscription, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=40, unique=True)
    content = JSON()
    state = Varchar(length=20, default="waiting")
    attempts = Integer(default=0)
    error = Text(null=True, default=None)
    due_at = Timestamptz()
    held_until = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    delivered_at = Timestamptz(null=True, default=None)


class SealedMailServer(Table, tablename="mail_servers"):
    """The mail server that was entered on a page, sealed by the vault: one row at most."""

    id = BigSerial(primary_key=True)
    sealed = Text()
    updated_at = Timestamptz()
