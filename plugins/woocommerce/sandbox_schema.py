"""How the twin describes its API: routes with the arguments they take, in the form recorded from 10.0.2."""

from __future__ import annotations

from typing import Any

from marketwright.testing import Answer, Request, Route, route
from plugins.woocommerce.requirements import PARTS
from plugins.woocommerce.sandbox_shapes import Json
from plugins.woocommerce.sandbox_shop import Shop

_TEXTS = ("name", "slug", "description", "short_description", "sku", "global_unique_id", "regular_price", "weight")
_CHOICES = {
    "type": ["simple", "grouped", "external", "variable"],
    "status": ["draft", "pending", "private", "publish", "future", "auto-draft", "trash"],
    "catalog_visibility": ["visible", "catalog", "search", "hidden"],
    "tax_status": ["taxable", "shipping", "none"],
    "stock_status": ["instock", "outofstock", "onbackorder"],
    "backorders": ["no", "notify", "yes"],
}
_OF_VARIATIONS = {"status": ["draft", "pending", "private", "publish"]}
_NOT_OF_VARIATIONS = frozenset({"name", "slug", "short_description", "type", "catalog_visibility", "external_url"})


class Schema:
    """The descriptions over one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def routes(self, base: str) -> list[Route]:
        """Return the routes below the WooCommerce base path."""
        return [
            route("GET", base, self.index),
            route("OPTIONS", f"{base}/products", self.products),
            route("OPTIONS", f"{base}/products/{{id:\\d+}}/variations", self.variations),
        ]

    async def index(self, request: Request) -> Answer:
        """List the routes with all that is known of them."""
        described = (self._described(_of_products()), self._described(_of_variations()))
        routes = {f"/wc/v3{pattern}": told for (_, _, pattern, _), told in zip(PARTS, described, strict=True)}
        return Answer(json={"namespace": "wc/v3", "routes": routes})

    async def products(self, request: Request) -> Answer:
        """Describe the route of products."""
        return Answer(json=self._described(_of_products()))

    async def variations(self, request: Request) -> Answer:
        """Describe the route of variations."""
        return Answer(json=self._described(_of_variations()))

    def _described(self, arguments: Json) -> Json:
        read = {"methods": ["GET"], "args": {"page": {"type": "integer", "minimum": 1, "required": False}}}
        write = {"methods": ["POST"], "args": {**arguments, **self.shop.extra_arguments}}
        return {"namespace": "wc/v3", "methods": ["GET", "POST"], "endpoints": [read, write]}


def _of_products() -> Json:
    found: dict[str, Any] = {name: {"type": "string", "required": False} for name in _TEXTS}
    found |= {name: {"type": "string", "enum": values, "required": False} for name, values in _CHOICES.items()}
    found["external_url"] = {"type": "string", "format": "uri", "required": False}
    found["stock_quantity"] = {"type": "integer", "required": False}
    found["low_stock_amount"] = {"type": ["integer", "null"], "required": False}
    found["tags"] = {"type": "array", "items": {"type": "object"}, "required": False}
    return found


def _of_variations() -> Json:
    found = {name: told for name, told in _of_products().items() if name not in _NOT_OF_VARIATIONS}
    return found | {name: {**found[name], "enum": values} for name, values in _OF_VARIATIONS.items()}
