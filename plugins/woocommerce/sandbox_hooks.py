"""The twin's webhooks: an unsigned ping, signed deliveries with ids that repeat, no retry, off after seven failures."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from marketwright import hmac_base64
from marketwright.testing import Delivery, Twin
from plugins.woocommerce import sandbox_shapes as shapes
from plugins.woocommerce.sandbox_save import Refusal
from plugins.woocommerce.sandbox_shapes import Json
from plugins.woocommerce.sandbox_shop import Shop

_ALLOWED_FAILURES = 6
_RESOURCES = ("coupon", "customer", "order", "product")
_EVENTS = ("created", "updated", "deleted", "restored")
_AGENT = "WooCommerce/10.0.2 Hookshot (WordPress/6.8.8)"


class Hooks:
    """The shop's webhooks at work. A delivery that waits is sent once, with what is there when it is sent."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.twin: Twin | None = None
        self._secrets: dict[int, str] = {}
        self._failures: dict[int, int] = {}
        self._waiting: dict[tuple[str, int], None] = {}

    async def announce(self, topic: str, resource_id: int) -> None:
        """Note that something happened; deliver at once, or when the shop's cron runs next."""
        self._waiting[topic, resource_id] = None
        if self.shop.modes.cron:
            await self.run_cron()

    async def run_cron(self) -> None:
        """Deliver what waits: to each active webhook of the topic, in the background."""
        waiting, self._waiting = self._waiting, {}
        if self.twin is not None:
            self.shop.move_to(self.twin.base_url)
        for topic, resource_id in waiting:
            for hook in list(self.shop.webhooks.values()):
                if hook["topic"] == topic and hook["status"] == "active":
                    await self._deliver(hook, topic, resource_id)

    async def create(self, sent: Json) -> Json:
        """Make a webhook and ping its address, unsigned. Without a secret it gets one that nobody ever sees."""
        topic, url = str(sent.get("topic", "")), str(sent.get("delivery_url", ""))
        resource, _, event = topic.partition(".")
        if not (resource in _RESOURCES and event in _EVENTS) and not (resource == "action" and event):
            message = "Webhook topic is required and must be valid."
            raise Refusal(400, "woocommerce_rest_shop_webhook_invalid_topic", message)
        if not url.startswith(("http://", "https://")):
            message = "Webhook delivery URL must be a valid URL starting with http:// or https://."
            raise Refusal(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", message)
        identity = len(self._secrets) + 1
        self._secrets[identity] = sent.get("secret") or hashlib.sha256(str(identity).encode()).hexdigest()
        hook = {
            "id": identity,
            "name": sent.get("name", topic),
            "status": sent.get("status", "active"),
            "topic": topic,
            "resource": resource,
            "event": event,
            "hooks": [f"woocommerce_{event}_{resource}"],
            "delivery_url": url,
            **shapes.dates("date_created", self.shop.now()),
            "date_modified": None,
            "date_modified_gmt": None,
            "_links": {
                "self": [{"href": f"{self.shop.base_url}/wp-json/wc/v3/webhooks/{identity}"}],
                "collection": [{"href": f"{self.shop.base_url}/wp-json/wc/v3/webhooks"}],
            },
        }
        self.shop.webhooks[identity] = hook
        await self._send(url, {"Content-Type": "application/x-www-form-urlencoded"}, f"webhook_id={identity}".encode())
        return hook

    def update(self, hook: Json, sent: Json) -> Json:
        """Change a webhook; its secret may be set but never read."""
        hook |= {name: sent[name] for name in ("name", "status", "topic", "delivery_url") if name in sent}
        if sent.get("secret"):
            self._secrets[hook["id"]] = sent["secret"]
        return self.shop.moved(hook)

    def settled(self, delivery: Delivery) -> None:
        """Count failures in a row: the seventh disables the webhook for good, and nobody is told."""
        identity = int(delivery.headers.get("X-WC-Webhook-ID", "0"))
        hook = self.shop.webhooks.get(identity)
        if hook is None:
            return
        self._failures[identity] = 0 if delivery.accepted else self._failures.get(identity, 0) + 1
        if self._failures[identity] > _ALLOWED_FAILURES:
            hook["status"] = "disabled"

    def payload(self, topic: str, resource_id: int) -> Any:
        """Return what a webhook tells: of a deletion the id only, of a product what its page shows."""
        if topic.endswith(".deleted"):
            return {"id": resource_id}
        if resource_id in self.shop.orders:
            return self.shop.orders[resource_id]
        if resource_id in self.shop.variations:
            part = self.shop.variations[resource_id]
            return shapes.displayed(shapes.as_product(part, self.shop.products[part["parent_id"]]))
        return shapes.displayed(self.shop.products[resource_id])

    async def _deliver(self, hook: Json, topic: str, resource_id: int) -> None:
        body = encoded(self.payload(topic, resource_id))
        moment = f"{hook['id']} {int(time.time())}"
        headers = {
            "User-Agent": _AGENT,
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": f"{self.shop.base_url}/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": topic.partition(".")[0],
            "X-WC-Webhook-Event": topic.partition(".")[2],
            "X-WC-Webhook-Signature": hmac_base64(self._secrets[hook["id"]], body),
            "X-WC-Webhook-ID": str(hook["id"]),
            "X-WC-Webhook-Delivery-ID": hashlib.md5(moment.encode(), usedforsecurity=False).hexdigest(),
        }
        await self._send(hook["delivery_url"], headers, body)

    async def _send(self, url: str, headers: dict[str, str], body: bytes) -> None:
        if self.twin is not None:
            await self.twin.deliver(url, headers, body)


def encoded(payload: Any) -> bytes:
    r"""Return JSON as PHP writes it: slashes as `\/`, other letters as `\uXXXX`."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
