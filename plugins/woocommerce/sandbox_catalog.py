"""The twin's routes of products, variations and terms."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from marketwright.testing import Answer, Request, Route, route
from plugins.woocommerce import sandbox_shapes as shapes
from plugins.woocommerce.sandbox_lists import body_of, clock, listed
from plugins.woocommerce.sandbox_save import Refusal, save
from plugins.woocommerce.sandbox_shapes import Json
from plugins.woocommerce.sandbox_shop import Shop

_INVALID = ("woocommerce_rest_product_invalid_id", "Invalid ID.")
_NEWER = ("brands", "global_unique_id")
"""Fields which 8.2 lacks in products; its variations lack more."""
_NEWER_IN_VARIATIONS = ("name", "type", "parent_id", "global_unique_id")


class Catalog:
    """The routes over one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def routes(self, base: str) -> list[Route]:
        """Return the routes below a base path."""
        one, parts = f"{base}/products/{{id:\\d+}}", f"{base}/products/{{product:\\d+}}/variations"
        found = [
            route("GET", f"{base}/products", self.products),
            route("POST", f"{base}/products", self.create),
            route("POST", f"{base}/products/batch", self.batch),
            route("GET", one, self.product),
            route("DELETE", one, self.delete),
            route("GET", parts, self.variations),
            route("POST", f"{parts}/batch", self.batch),
            route("GET", f"{parts}/{{id:\\d+}}", self.variation),
        ]
        for method in ("PUT", "PATCH", "POST"):
            found += [route(method, one, self.update), route(method, f"{parts}/{{id:\\d+}}", self.update)]
        for kind in self.shop.terms:
            if kind != "brands" or self.shop.modes.version >= 10:
                path = f"{base}/products/{kind}"
                found += [route("GET", path, self._terms(kind)), route("POST", path, self._term(kind))]
        return found

    async def products(self, request: Request) -> Answer:
        """List products: all but the trash, and no variations."""
        return listed(self.shop, request, self.shop.products.values(), self._shown(request))

    async def product(self, request: Request) -> Answer:
        """Show one product, or a variation as one."""
        identity = int(request.params["id"])
        part = self.shop.variations.get(identity)
        if part is not None:
            return self._one(request, shapes.as_product(part, self.shop.products[part["parent_id"]]))
        return self._one(request, self._known(identity))

    async def variations(self, request: Request) -> Answer:
        """List a product's variations."""
        parent = self._known(int(request.params["product"]))
        parts = [self.shop.variations[it] for it in parent["variations"]]
        return listed(self.shop, request, parts, self._part)

    async def variation(self, request: Request) -> Answer:
        """Show one variation."""
        return Answer(json=shapes.only(self._part(self._known_part(request)), request.get("_fields")))

    async def create(self, request: Request) -> Answer:
        """Make a product; an empty body makes one called Product."""
        sent = body_of(request)
        made = shapes.product(
            id=self.shop.new_id(),
            name="Product",
            type=sent.get("type", "simple"),
            slug="product",
            categories=[self.shop.term("categories", "Uncategorized")],
            **shapes.dates("date_created", self.shop.now()),
        )
        save(self.shop, made, sent)
        self.shop.products[made["id"]] = made
        await self.shop.saved(made, "created")
        return Answer(201, json=shapes.edited(made))

    async def update(self, request: Request) -> Answer:
        """Change a product or variation; the answer shows it as stored."""
        sent = body_of(request)
        if "product" in request.params:
            part = self._known_part(request)
            self._save(part, sent)
            await self.shop.saved(part)
            return Answer(json=self._part(part))
        identity = int(request.params["id"])
        if identity in self.shop.variations:
            message = (
                "To manipulate product variations you should use the /products/<product_id>/variations/<id> endpoint."
            )
            raise Refusal(404, "woocommerce_rest_invalid_product_id", message)
        item = self._known(identity, status=400)
        self._save(item, sent)
        await self.shop.saved(item)
        return Answer(json=self._aged(shapes.edited(item)))

    async def delete(self, request: Request) -> Answer:
        """Trash a product, or delete it for good with `force`; the answer shows it as it was before."""
        item = self._known(int(request.params["id"]))
        before = shapes.edited(dict(item))
        if request.get("force") == "true":
            del self.shop.products[item["id"]]
        else:
            await self.shop.trash(item["id"])
        return Answer(json=before)

    async def batch(self, request: Request) -> Answer:
        """Change up to 100 things; each is answered by itself, the whole with 200."""
        sent = body_of(request)
        if sum(len(items) for items in sent.values()) > 100:
            raise Refusal(
                413,
                "woocommerce_rest_request_entity_too_large",
                "Unable to accept more than 100 items for this request.",
            )
        parts = "product" in request.params
        answer: dict[str, list[Json]] = {}
        for item in sent.get("update", []):
            answer.setdefault("update", []).append(await self._update_one(item, parts=parts))
        return Answer(json=answer)

    async def _update_one(self, sent: Json, *, parts: bool) -> Json:
        identity = int(sent.get("id", 0))
        known = (self.shop.variations if parts else self.shop.products).get(identity)
        try:
            if known is None:
                raise Refusal(400, *_INVALID)
            self._save(known, {name: value for name, value in sent.items() if name != "id"})
        except Refusal as refusal:
            return {"id": identity, "error": refusal.body}
        await self.shop.saved(known)
        return self._part(known) if parts else self._aged(shapes.edited(known))

    def _save(self, item: Json, sent: Json) -> None:
        before = copy.deepcopy(item)
        save(self.shop, item, sent)
        if self.shop.stores_otherwise:
            self.shop.stores_otherwise = False
            item |= {name: before[name] for name in sent if name in before}

    def _terms(self, kind: str) -> Callable[[Request], Any]:
        async def terms(request: Request) -> Answer:
            return listed(self.shop, request, self.shop.terms[kind].values(), dict)

        return terms

    def _term(self, kind: str) -> Callable[[Request], Any]:
        async def make(request: Request) -> Answer:
            name = str(body_of(request).get("name", ""))
            known = {it["name"].casefold(): it for it in self.shop.terms[kind].values()}
            if name.casefold() in known:
                message = "A term with the name provided already exists."
                raise Refusal(400, "term_exists", message, resource_id=known[name.casefold()]["id"])
            return Answer(201, json=self.shop.terms[kind][self.shop.term(kind, name)["id"]])

        return make

    def _one(self, request: Request, item: Json) -> Answer:
        return Answer(json=shapes.only(self._shown(request)(item), request.get("_fields")), headers=clock(self.shop))

    def _shown(self, request: Request) -> Callable[[Json], Json]:
        show = shapes.edited if request.get("context") == "edit" else shapes.displayed
        return lambda item: self._aged(show(item))

    def _aged(self, item: Json) -> Json:
        """Leave out what the shop's version does not know yet."""
        if self.shop.modes.version >= 10:
            return item
        return {name: value for name, value in item.items() if name not in _NEWER}

    def _part(self, item: Json) -> Json:
        if self.shop.modes.version >= 10:
            return item
        return {name: value for name, value in item.items() if name not in _NEWER_IN_VARIATIONS}

    def _known(self, identity: int, status: int = 404) -> Json:
        item = self.shop.products.get(identity)
        if item is None:
            raise Refusal(status, *_INVALID)
        return item

    def _known_part(self, request: Request) -> Json:
        item = self.shop.variations.get(int(request.params["id"]))
        if item is None or item["parent_id"] != int(request.params["product"]):
            raise Refusal(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
        return item
