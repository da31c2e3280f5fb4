"""Webhooks: verify, name what happened, and turn it into records.

A body is REST-shaped and never holds all that a record needs: a product's has no weight, currency, category path or
stock tracking and ends at 100 variants, a stock level's has no SKU, and amounts and times are written otherwise than
GraphQL writes them. A repeated one carries its first payload, however old. So what changed is read afresh, and a record
looks the same whichever way it came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from marketwright import (
    Action,
    BadSignature,
    Connection,
    Malformed,
    NotFound,
    RecordKind,
    SourceRecord,
    WebhookEvent,
    WebhookRequest,
    verify_hmac_base64,
)
from plugins.shopify import orders, products, stock, wire
from plugins.shopify.settings import Settings

_NOTICES = frozenset(
    {"app/uninstalled", "app/scopes_update", "customers/data_request", "customers/redact", "shop/redact", "shop/update"}
)
"""What concerns the connection. The three about redaction are Shopify's privacy topics, set up in the app itself."""

_DELETES = frozenset({"products/delete", "orders/delete", "inventory_levels/disconnect"})

_KINDS = {
    "products": RecordKind.PRODUCT,
    "orders": RecordKind.ORDER,
    "inventory_levels": RecordKind.STOCK,
    "fulfillments": RecordKind.ORDER,
    "refunds": RecordKind.ORDER,
}


def read(request: WebhookRequest, connection: Connection) -> WebhookEvent:
    """Verify a webhook and name what it says. Raise `BadSignature` or `Malformed`."""
    settings: Settings = connection.settings
    _verify(request, settings)
    topic = _header(request, "topic").strip().lower()
    if not topic:
        raise Malformed("The webhook does not say its topic.", where="X-Shopify-Topic")
    try:
        notice = msgspec.json.decode(request.body or b"{}", type=wire.Notice)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"The webhook's body cannot be read: {error}", where=topic) from error
    dedupe_key = _header(request, "webhook-id") or _digest(request)
    kind = _KINDS.get(topic.partition("/")[0])
    if topic in _NOTICES:
        return WebhookEvent(topic=topic, action=Action.NOTICE, dedupe_key=dedupe_key)
    external_id = _external_id(topic, notice) if kind is not None else None
    if kind is None or external_id is None:
        return WebhookEvent(topic=topic, action=Action.IGNORE, dedupe_key=dedupe_key)
    return WebhookEvent(
        topic=topic,
        action=Action.DELETE if topic in _DELETES else Action.UPSERT,
        dedupe_key=dedupe_key,
        kind=kind,
        external_id=external_id,
        version=_version(topic, notice, _header(request, "triggered-at")),
    )


async def read_event(connection: Connection, event: WebhookEvent, payload: Any) -> Sequence[SourceRecord]:
    """Return the record that an event is about, read afresh; what is gone comes as deleted."""
    if event.kind is None or event.external_id is None or event.action in {Action.NOTICE, Action.IGNORE}:
        return ()
    gone = SourceRecord(kind=event.kind, external_id=event.external_id, version=event.version or 0, deleted=True)
    if event.action is Action.DELETE:
        return (gone,)
    try:
        return (await pull_one(connection, event.kind, event.external_id),)
    except NotFound:
        return (gone,)


async def pull_one(connection: Connection, kind: RecordKind, external_id: str) -> SourceRecord:
    """Read one record of any kind afresh."""
    readers = {
        RecordKind.PRODUCT: products.pull_one,
        RecordKind.ORDER: orders.pull_one,
        RecordKind.STOCK: stock.pull_one,
    }
    return await readers[kind](connection, external_id)


def _verify(request: WebhookRequest, settings: Settings) -> None:
    """Check signature and shop. One app's secret signs for all of its shops, so the shop is checked too.

    For up to an hour after a rotation Shopify still signs with the old secret (shopify.dev "verify deliveries").
    """
    secrets = [secret for secret in (settings.api_secret, settings.previous_api_secret) if secret]
    if not secrets:
        raise BadSignature("The connection has no API secret key, so no webhook can be verified.", code="no_secret")
    if not verify_hmac_base64(secrets, request.body, _header(request, "hmac-sha256")):
        raise BadSignature("The webhook is not signed with this connection's API secret key.")
    if _header(request, "shop-domain").strip().lower() != settings.shop_domain:
        raise BadSignature("The webhook is from another shop.", code="other_shop")


def _header(request: WebhookRequest, name: str) -> str:
    """Return one of Shopify's headers, which its newer events write without `X-`."""
    headers: Mapping[str, str] = request.headers
    return headers.get(f"x-shopify-{name}") or headers.get(f"shopify-{name}") or ""


def _external_id(topic: str, notice: wire.Notice) -> str | None:
    """Return the id of the record that a body is about; None where it names none."""
    family = topic.partition("/")[0]
    if family == "inventory_levels":
        item, location = _digits(notice.inventory_item_id, topic), _digits(notice.location_id, topic)
        return stock.join(item, location) if item and location else None
    if family in {"fulfillments", "refunds"}:
        return _digits(notice.order_id, topic)
    if topic == "orders/edited":
        return _digits((notice.order_edit or {}).get("order_id"), topic)
    return _digits(notice.id, topic)


def _digits(identifier: Any, topic: str) -> str | None:
    """Return an id as text. Raise `Malformed` where it is not a number."""
    if identifier is None:
        return None
    text = str(identifier)
    if not (text.isascii() and text.isdigit()):
        raise Malformed("The webhook's body names a record by something that is not a number.", where=topic)
    return text


def _version(topic: str, notice: wire.Notice, triggered_at: str) -> int | None:
    """Return when the record changed; None where the body is about something else than the record."""
    if topic.startswith(("fulfillments/", "refunds/")) or topic == "orders/edited":
        return None
    moment = notice.updated_at or triggered_at
    return wire.micros(moment) if moment else None


def _digest(request: WebhookRequest) -> str:
    """Return a key for a delivery that has none: the same content triggered at the same moment is the same."""
    parts = (_header(request, "topic").encode(), _header(request, "triggered-at").encode(), request.body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
