"""The twin's webhooks: subscriptions as its API lists them, signed deliveries, and their end after failures."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from marketwright import hmac_base64
from marketwright.testing import Delivery
from plugins.shopify.documents import API_VERSION
from plugins.shopify.sandbox_nodes import Json, number
from plugins.shopify.sandbox_products import error
from plugins.shopify.sandbox_shop import Shop

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[Delivery]]

_TOPICS = {"APP_UNINSTALLED": "app/uninstalled", "APP_SCOPES_UPDATE": "app/scopes_update"}


@dataclass(eq=False)
class Hooks:
    """Who wants to hear of what. `secret` signs; `post` sends; `domain` is the shop's; `clock` dates what happens."""

    secret: str
    domain: str = ""
    post: Post | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    subscriptions: dict[int, Json] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)

    async def notify(self, topic: str, body: Json) -> None:
        """Send an event to everyone who subscribed to it."""
        event = str(uuid.uuid4())
        for identity, subscription in list(self.subscriptions.items()):
            if subscription["topic"] == topic:
                await self._send(identity, subscription["uri"], topic, event, body)

    async def _send(self, identity: int, uri: str, topic: str, event: str, body: Json) -> None:
        if self.post is None:
            return
        content, delivery = msgspec.json.encode(body), str(uuid.uuid4())
        self.sent[delivery] = identity
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": _TOPICS.get(topic) or "/".join(topic.lower().rsplit("_", 1)),
            "X-Shopify-Hmac-Sha256": hmac_base64(self.secret, content),
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": delivery,
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": f"{self.clock():%Y-%m-%dT%H:%M:%S}.877041743Z",
        }
        await self.post(uri, headers, content)

    def decided(self, delivery: Delivery) -> None:
        """Delete the subscription of a delivery that was given up, as Shopify does after eight failures."""
        identity = self.sent.pop(delivery.headers["X-Shopify-Webhook-Id"], 0)
        if not delivery.accepted:
            self.subscriptions.pop(identity, None)


def subscriptions(hooks: Hooks, variables: Mapping[str, Any]) -> Json:
    """Answer `Subscriptions`."""
    wanted = variables.get("uri")
    nodes = [it for it in hooks.subscriptions.values() if wanted is None or it["uri"] == wanted]
    info = {"hasNextPage": False, "endCursor": None}
    return {"webhookSubscriptions": {"nodes": nodes, "pageInfo": info}}


def subscribe(shop: Shop, hooks: Hooks, variables: Mapping[str, Any]) -> Json:
    """Answer `Subscribe`; messages are recorded (webhook-subscription-…-validation)."""
    topic, wanted = variables["topic"], variables["webhookSubscription"]
    problem = _address_problem(wanted.get("uri") or "")
    if any(it["topic"] == topic and it["uri"] == wanted.get("uri") for it in hooks.subscriptions.values()):
        problem = "Address for this topic has already been taken"
    if problem:
        errors = [error(["webhookSubscription", "callbackUrl"], problem)]
        return {"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": errors}}
    identity = shop.new_id()
    node = {
        "id": f"gid://shopify/WebhookSubscription/{identity}",
        "topic": topic,
        "uri": wanted["uri"],
        "format": wanted.get("format") or "JSON",
        "filter": wanted.get("filter") or "",
        "includeFields": wanted.get("includeFields") or [],
    }
    hooks.subscriptions[identity] = node
    return {"webhookSubscriptionCreate": {"webhookSubscription": node, "userErrors": []}}


def resubscribe(hooks: Hooks, variables: Mapping[str, Any]) -> Json:
    """Answer `Resubscribe`."""
    node = hooks.subscriptions.get(number(variables["id"]))
    if node is None:
        errors = [error(["id"], "Webhook subscription does not exist")]
        return {"webhookSubscriptionUpdate": {"webhookSubscription": None, "userErrors": errors}}
    node.update(variables["webhookSubscription"])
    return {"webhookSubscriptionUpdate": {"webhookSubscription": node, "userErrors": []}}


def _address_problem(uri: str) -> str:
    """Return why Shopify would not deliver to an address. Loopback is taken: the twin is for tests."""
    if not uri:
        return "Address can't be blank"
    scheme = uri.partition(":")[0]
    if scheme == "https" or uri.startswith(("http://127.0.0.1:", "http://localhost:")):
        return ""
    return f"Address protocol {scheme}:// is not supported"
