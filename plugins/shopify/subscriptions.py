"""Webhook subscriptions: list ours, create what is missing.

Shopify deletes a subscription after eight failures in a row, so repairing is creating again. Only those with our own
address are ever looked at; an app's other subscriptions, and those in its `shopify.app.toml`, are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from marketwright import Connection, NeedsAttention, Subscription
from plugins.shopify import wire
from plugins.shopify.client import attempt, call, change, nodes_of
from plugins.shopify.documents.webhooks import RESUBSCRIBE, SUBSCRIBE, SUBSCRIPTIONS

TOPICS = (
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_DELETE",
    "INVENTORY_LEVELS_UPDATE",
    "INVENTORY_LEVELS_CONNECT",
    "INVENTORY_LEVELS_DISCONNECT",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
)
"""What we want to hear of. `orders/updated` covers payment, fulfilment, edits, refunds and cancellation."""

_WHOLE = {"format": "JSON", "filter": "", "includeFields": []}


async def listed(connection: Connection) -> Sequence[Subscription]:
    """Return one subscription for each topic we want: `active`, `disabled` where it is narrowed, or `missing`."""
    url = _our_url(connection)
    found = {node["topic"]: node for node in await _ours(connection, url)}
    return [_subscription(topic, url, found.get(topic)) for topic in TOPICS]


async def register(connection: Connection) -> Sequence[Subscription]:
    """Create what is missing and widen what was narrowed; running twice changes nothing.

    Raise `NeedsAttention` with Shopify's reasons, after everything else is done, for topics it does not grant.
    """
    url = _our_url(connection)
    found = {node["topic"]: node for node in await _ours(connection, url)}
    refused: dict[str, list[str]] = {}
    for topic in TOPICS:
        node = found.get(topic)
        if node is None:
            reason = await _subscribe(connection, topic, url)
            if reason:
                refused.setdefault(reason, []).append(topic)
        elif _narrowed(node):
            wanted = {"uri": url, **_WHOLE}
            await change(connection, RESUBSCRIBE, {"id": node["id"], "webhookSubscription": wanted})
    if refused:
        reasons = "; ".join(f"{', '.join(topics)}: {reason}" for reason, topics in refused.items())
        raise NeedsAttention(f"Shopify does not grant all webhooks. {reasons}", code="webhooks_refused")
    return await listed(connection)


async def _subscribe(connection: Connection, topic: str, url: str) -> str:
    """Create one subscription; return the reason where Shopify refuses it."""
    wanted = {"uri": url, "format": "JSON"}
    payload = await attempt(connection, SUBSCRIBE, {"topic": topic, "webhookSubscription": wanted})
    errors: list[dict[str, Any]] = payload.get("userErrors") or []
    said = "; ".join(str(error.get("message", "")) for error in errors)
    return "" if "already been taken" in said else said


async def _ours(connection: Connection, url: str) -> list[dict[str, Any]]:
    """Return the subscriptions with our address."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        data = await call(connection, SUBSCRIPTIONS, {"first": 250, "after": after, "uri": url})
        page = data.get("webhookSubscriptions")
        found += [node for node in nodes_of(page) if node.get("uri") == url]
        info = wire.read((page or {}).get("pageInfo"), wire.PageInfo)
        if not info.has_next_page or not info.end_cursor or info.end_cursor == after:
            return found
        after = info.end_cursor


def _our_url(connection: Connection) -> str:
    """Return our public address, if Shopify can deliver to it: https only (recorded), loopback for the twin."""
    url = connection.webhook_url
    if not url:
        raise NeedsAttention(
            "Webhooks need a public address of this server: set it in the settings.", code="no_public_url"
        )
    twin = connection.settings.origin.startswith("http://")
    if urlsplit(url).scheme != "https" and not twin:
        raise NeedsAttention("Shopify delivers webhooks to https addresses only.", code="https_needed")
    return url


def _narrowed(node: dict[str, Any]) -> bool:
    """Say whether a subscription leaves events or fields out."""
    return bool(node.get("filter") or node.get("includeFields") or node.get("format") != "JSON")


def _subscription(topic: str, url: str, node: dict[str, Any] | None) -> Subscription:
    if node is None:
        return Subscription(id="", topic=topic, url=url, state="missing")
    state = "disabled" if _narrowed(node) else "active"
    return Subscription(id=wire.number(str(node["id"])), topic=topic, url=url, state=state)
