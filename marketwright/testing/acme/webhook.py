"""Webhooks: one subscription for all topics, verified, named, and turned into records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from marketwright import (
    Action,
    BadSignature,
    Connection,
    Malformed,
    RecordKind,
    SourceRecord,
    Subscription,
    WebhookEvent,
    WebhookRequest,
    verify_hmac_base64,
)
from marketwright.testing.acme import orders, products, stock
from marketwright.testing.acme.client import call


def read(request: WebhookRequest, connection: Connection) -> WebhookEvent:
    """Verify a webhook and say what it is about. It must not call out."""
    signature = request.headers.get("x-acme-signature", "")
    if not verify_hmac_base64([connection.settings.webhook_secret], request.body, signature):
        raise BadSignature("The webhook is not signed with this connection's secret.")
    try:
        told = msgspec.json.decode(request.body, type=_Told)
    except msgspec.DecodeError as error:
        raise Malformed(f"The webhook's body cannot be read: {error}", where="body") from error
    return WebhookEvent(
        topic=f"product.{'deleted' if told.deleted else 'changed'}",
        action=Action.DELETE if told.deleted else Action.UPSERT,
        dedupe_key=hashlib.sha256(request.body).hexdigest(),
        kind=RecordKind.PRODUCT,
        external_id=told.id,
        version=told.changed,
    )


class _Told(msgspec.Struct, frozen=True):
    id: str
    changed: int
    deleted: bool = False


async def read_event(connection: Connection, event: WebhookEvent, body: Any) -> Sequence[SourceRecord]:
    """Return the records that a kept webhook is about. Acme's webhooks carry the whole product."""
    if event.kind is None or event.external_id is None:
        return ()
    if event.action is Action.DELETE:
        gone = SourceRecord(kind=event.kind, external_id=event.external_id, version=event.version or 0, deleted=True)
        return (gone,)
    return (products.source(body),)


async def pull_one(connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
    """Read one record afresh."""
    if kind is RecordKind.ORDER:
        return await orders.pull_one(connection, external_id)
    if kind is RecordKind.STOCK:
        return await stock.pull_one(connection, external_id)
    return await products.pull_one(connection, external_id)


async def register(connection: Connection) -> Sequence[Subscription]:
    """Subscribe; asked again, it changes nothing, and what Acme switched off is on again."""
    wanted = {"url": connection.webhook_url, "secret": connection.settings.webhook_secret}
    await call(connection, "PUT", "/hook", json=wanted)
    return await listed(connection)


async def listed(connection: Connection) -> Sequence[Subscription]:
    """Return our subscription as Acme has it."""
    url = (await call(connection, "GET", "/hook"))["url"]
    if url != connection.webhook_url:
        return [Subscription(id="", topic="product", url=connection.webhook_url or "", state="missing")]
    return [Subscription(id="hook", topic="product", url=url, state="active")]
