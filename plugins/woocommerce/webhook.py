"""Read the store's webhooks: verify, name what they concern, and turn them into records.

The trouble with them, all recorded: the activation ping is not signed and is a form; a delivery's own id is a hash of
webhook and second, so that two deliveries share it; deletions carry an id only and come for orders under the topic
of products; the payload is the displayed form of a product and built when it is sent, not when it was changed.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from marketwright import (
    Action,
    BadSignature,
    Connection,
    Malformed,
    NeedsAttention,
    NotFound,
    RecordKind,
    SourceRecord,
    WebhookEvent,
    WebhookRequest,
    verify_hmac_base64,
)
from plugins.woocommerce import orders, products, wire

_PING = re.compile(rb"webhook_id=\d{1,18}")
_KINDS = {"product": RecordKind.PRODUCT, "order": RecordKind.ORDER}
_ACTIONS = {
    "created": Action.UPSERT,
    "updated": Action.UPSERT,
    "restored": Action.UPSERT,
    "deleted": Action.DELETE,
}


class _Payload(msgspec.Struct):
    """What a webhook's body tells of itself. `code` stands in an error that was sent in place of the record."""

    id: int | None = None
    type: Any = None
    parent_id: Any = None
    date_modified_gmt: Any = None
    date_created_gmt: Any = None
    code: Any = None


def read(request: WebhookRequest, connection: Connection) -> WebhookEvent:
    """Verify a webhook and say what it asks of us.

    Raise `BadSignature` or `Malformed`. The ping that every new webhook sends is answered and forgotten: it is
    unsigned, so it is taken only in exactly its form, and nothing follows from it.
    """
    headers = request.headers
    signature = headers.get("x-wc-webhook-signature", "")
    if not signature and "x-wc-webhook-topic" not in headers and _PING.fullmatch(request.body):
        return WebhookEvent(topic="ping", action=Action.IGNORE, dedupe_key=request.body.decode())
    secret: str = connection.settings.webhook_secret
    if not signature or not verify_hmac_base64([secret], request.body, signature):
        raise BadSignature("The signature is not made with this connection's webhook secret.")
    topic = headers.get("x-wc-webhook-topic", "")
    sender = headers.get("x-wc-webhook-id", "")
    event = _event(topic, _key(sender, topic, request.body), request.body)
    if event.action is Action.DELETE:
        again = _key(sender, f"{topic} {headers.get('x-wc-webhook-delivery-id', '')}", request.body)
        return msgspec.structs.replace(event, dedupe_key=again)
    return event


async def read_event(connection: Connection, event: WebhookEvent, payload: Any) -> Sequence[SourceRecord]:
    """Return the records that a kept webhook concerns, as the store has them now.

    Orders come whole. Products are read afresh, because a webhook shows them as displayed and without variations.
    A deletion is believed only after asking: what is there (again) is no deletion, and what is gone stays gone.
    """
    if event.action is Action.NOTICE:
        raise NeedsAttention(
            "The store can no longer build this webhook: the WordPress user who made it was deleted or lost the "
            "right to see what it reports. Repair the webhooks with a key of a shop manager.",
            code="webhook_owner_lost_rights",
        )
    if event.kind is None or event.external_id is None or event.action is Action.IGNORE:
        return ()
    whole = isinstance(payload, dict) and "line_items" in payload
    if event.kind is RecordKind.ORDER and event.action is Action.UPSERT and whole:
        return (orders.source(payload),)
    fetch: Callable[[Connection, str], Awaitable[SourceRecord]]
    fetch = orders.pull_one if event.kind is RecordKind.ORDER else products.pull_one
    try:
        return (await fetch(connection, event.external_id),)
    except NotFound as error:
        if error.code == "no_route":
            raise NeedsAttention("WooCommerce's API is gone from this site.", code="rest_api_missing") from error
        now = time.time_ns() // 1000
        return (SourceRecord(kind=event.kind, external_id=event.external_id, version=now, deleted=True),)


def _event(topic: str, key: str, body: bytes) -> WebhookEvent:
    resource, _, happening = topic.partition(".")
    kind, action = _KINDS.get(resource), _ACTIONS.get(happening)
    if kind is None or action is None:
        return WebhookEvent(topic=topic or "unknown", action=Action.IGNORE, dedupe_key=key)
    try:
        payload = msgspec.json.decode(body, type=_Payload, strict=False)
    except msgspec.DecodeError as error:
        raise Malformed(f"The webhook's body cannot be read: {error}", where="body") from error
    if payload.code and payload.id is None:
        return WebhookEvent(topic=topic, action=Action.NOTICE, dedupe_key=key)
    if payload.id is None:
        raise Malformed("The webhook's body has no id.", where="id")
    whose = payload.parent_id if payload.type == "variation" and payload.parent_id else payload.id
    return WebhookEvent(
        topic=topic,
        action=action,
        dedupe_key=key,
        kind=kind,
        external_id=str(whose),
        version=wire.microseconds(payload.date_modified_gmt or payload.date_created_gmt),
    )


def _key(webhook_id: str, topic: str, body: bytes) -> str:
    """Return what is the same for each repeat of one delivery, and for no two deliveries of different content.

    The body carries the time of the change, except that of a deletion: there the delivery's id tells the first
    time in the trash from the second.
    """
    head = f"{webhook_id}\n{topic}\n".encode()
    return hashlib.sha256(head + body).hexdigest()
