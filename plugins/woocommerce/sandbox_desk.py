"""The twin's routes of orders, webhooks and settings."""

from __future__ import annotations

from marketwright.testing import Answer, Request, Route, route
from plugins.woocommerce import sandbox_shapes as shapes
from plugins.woocommerce.sandbox_hooks import Hooks
from plugins.woocommerce.sandbox_lists import body_of, clock, listed
from plugins.woocommerce.sandbox_save import Refusal, invalid
from plugins.woocommerce.sandbox_shapes import Json
from plugins.woocommerce.sandbox_shop import Shop

_STATUSES = (
    "auto-draft", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed",
    "checkout-draft",
)  # fmt: skip
_NAMESPACES = ["oembed/1.0", "wc/v3", "wc/v1", "wc-admin", "wc-analytics", "wc/store", "wc/store/v1", "wp/v2"]
_UNITS = {"woocommerce_weight_unit": "kg", "woocommerce_dimension_unit": "cm"}


class Desk:
    """The routes over one shop and its webhooks."""

    def __init__(self, shop: Shop, hooks: Hooks) -> None:
        self.shop, self.hooks = shop, hooks

    def routes(self, root: str, base: str) -> list[Route]:
        """Return the routes below the API's root and its WooCommerce base path."""
        order, hook = f"{base}/orders/{{id:\\d+}}", f"{base}/webhooks/{{id:\\d+}}"
        found = [
            route("GET", f"{root}/", self.index),
            route("GET", f"{base}/orders", self.orders),
            route("GET", order, self.order),
            route("PUT", order, self.update_order),
            route("GET", f"{order}/notes", self.notes),
            route("POST", f"{order}/notes", self.add_note),
            route("GET", f"{base}/webhooks", self.webhooks),
            route("POST", f"{base}/webhooks", self.add_webhook),
            route("GET", hook, self.webhook),
            route("PUT", hook, self.update_webhook),
            route("DELETE", hook, self.delete_webhook),
            route("GET", f"{base}/data/currencies/current", self.currency),
            route("GET", f"{base}/settings/products/{{id}}", self.setting),
            route("GET", f"{base}/system_status", self.status),
        ]
        tracking = self.shop.modes.tracking
        if tracking != "none":
            parcels = f"{order}/fulfillments"
            if tracking != "core":
                parcels = f"{root}/{tracking}/orders/{{id:\\d+}}/shipment-trackings"
            found += [route("GET", parcels, self.parcels), route("POST", parcels, self.add_parcel)]
        return found

    async def index(self, request: Request) -> Answer:
        """Say what site this is and which APIs it has."""
        tracking = self.shop.modes.tracking
        more = [tracking] if "/" in tracking else []
        site = {
            "name": "Atelier &amp; Twin",
            "description": "",
            "url": self.shop.base_url,
            "home": self.shop.base_url,
            "gmt_offset": 1,
            "timezone_string": "Europe/Paris",
            "namespaces": [*_NAMESPACES, *more],
        }
        return Answer(json=shapes.only(site, request.get("_fields")), headers=clock(self.shop))

    async def orders(self, request: Request) -> Answer:
        """List orders: all but the trash."""
        return listed(self.shop, request, self.shop.orders.values(), dict)

    async def order(self, request: Request) -> Answer:
        """Show one order."""
        return Answer(json=self._order(request))

    async def update_order(self, request: Request) -> Answer:
        """Change an order's status or meta data."""
        order, sent = self._order(request), body_of(request)
        status = sent.get("status", order["status"])
        if status not in _STATUSES:
            message = f"status is not one of {', '.join(_STATUSES[:-1])}, and {_STATUSES[-1]}."
            raise invalid("status", "rest_not_in_enum", message)
        for meta in sent.get("meta_data", []):
            kept = [it for it in order["meta_data"] if it["key"] != meta["key"]]
            order["meta_data"] = [*kept, {"id": self.shop.new_id(), "key": meta["key"], "value": meta["value"]}]
        if status == "completed" and order["status"] != "completed":
            order |= shapes.dates("date_completed", self.shop.now())
        return Answer(json=await self.shop.change_order(order["id"], status=status))

    async def notes(self, request: Request) -> Answer:
        """List an order's notes, newest first."""
        return Answer(json=self.shop.notes.get(self._order(request)["id"], []))

    async def add_note(self, request: Request) -> Answer:
        """Write a note to an order."""
        order, sent = self._order(request), body_of(request)
        note = {
            "id": self.shop.new_id(),
            "author": "WooCommerce",
            **shapes.dates("date_created", self.shop.now()),
            "note": sent.get("note", ""),
            "customer_note": bool(sent.get("customer_note")),
            "_links": {},
        }
        self.shop.notes.setdefault(order["id"], []).insert(0, note)
        return Answer(201, json=note)

    async def parcels(self, request: Request) -> Answer:
        """List an order's parcels in the form of what is installed."""
        return Answer(json=self.shop.parcels.get(self._order(request)["id"], []))

    async def add_parcel(self, request: Request) -> Answer:
        """Add a parcel; the tracking extensions keep theirs with the order's meta data."""
        order, sent = self._order(request), body_of(request)
        parcel: Json = {"id": self.shop.new_id(), **sent}
        known = self.shop.parcels.setdefault(order["id"], [])
        known.append(parcel)
        if self.shop.modes.tracking != "core":
            kept = [it for it in order["meta_data"] if it["key"] != "_wc_shipment_tracking_items"]
            meta = {"id": self.shop.new_id(), "key": "_wc_shipment_tracking_items", "value": list(known)}
            order["meta_data"] = [*kept, meta]
        await self.shop.change_order(order["id"])
        return Answer(201, json=parcel)

    async def webhooks(self, request: Request) -> Answer:
        """List the webhooks."""
        return listed(self.shop, request, self.shop.webhooks.values(), dict)

    async def webhook(self, request: Request) -> Answer:
        """Show one webhook, without its secret."""
        return Answer(json=self._hook(request))

    async def add_webhook(self, request: Request) -> Answer:
        """Make a webhook."""
        return Answer(201, json=await self.hooks.create(body_of(request)))

    async def update_webhook(self, request: Request) -> Answer:
        """Change a webhook."""
        return Answer(json=self.hooks.update(self._hook(request), body_of(request)))

    async def delete_webhook(self, request: Request) -> Answer:
        """Delete a webhook; it must be forced, as webhooks have no trash."""
        hook = self._hook(request)
        if request.get("force") != "true":
            raise Refusal(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.")
        del self.shop.webhooks[hook["id"]]
        return Answer(json=hook)

    async def currency(self, request: Request) -> Answer:
        """Name the shop's currency."""
        return Answer(json={"code": "EUR", "name": "Euro", "symbol": "&euro;", "_links": {}})

    async def setting(self, request: Request) -> Answer:
        """Show one setting of the products."""
        name = request.params["id"]
        if name not in _UNITS:
            raise Refusal(404, "rest_setting_setting_invalid", "Invalid setting.")
        return Answer(json={"id": name, "type": "select", "value": _UNITS[name]})

    async def status(self, request: Request) -> Answer:
        """Tell the versions at work."""
        version = f"{self.shop.modes.version}.0.2"
        environment = {"home_url": self.shop.base_url, "version": version, "wp_version": "6.8.8"}
        status = {"environment": environment, "settings": {"currency": "EUR"}}
        return Answer(json=shapes.only(status, request.get("_fields")))

    def _order(self, request: Request) -> Json:
        order = self.shop.orders.get(int(request.params["id"]))
        if order is None:
            raise Refusal(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return order

    def _hook(self, request: Request) -> Json:
        hook = self.shop.webhooks.get(int(request.params["id"]))
        if hook is None:
            raise Refusal(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        return hook
