"""A twin of a WooCommerce store, as recorded from 10.0.2, for tests, benchmarks and the demo.

    twin = sandbox(seed=1, size=300)
    async with twin.running():
        await twin.state.change(1001, regular_price="10")     # as the merchant would; webhooks follow

`twin.state` is the `Shop`: `change`, `touch`, `trash`, `restore`, `change_order`, `trash_order`. Modes are those of
`sandbox_shop.Modes`. It is called over plain http, where the real store takes OAuth 1.0a only, so that is what the
twin's settings use; the mode `over_tls` has it behave as if it were called over TLS.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from marketwright.testing import Acts, Answer, Handler, Redelivery, Request, Route, Twin, catalogue, orders, route
from plugins.woocommerce import sandbox_access, sandbox_seed
from plugins.woocommerce.sandbox_catalog import Catalog
from plugins.woocommerce.sandbox_desk import Desk
from plugins.woocommerce.sandbox_hooks import Hooks
from plugins.woocommerce.sandbox_keys import Keys
from plugins.woocommerce.sandbox_save import Refusal
from plugins.woocommerce.sandbox_schema import Schema
from plugins.woocommerce.sandbox_shop import KEY, SECRET, WEBHOOK_SECRET, Modes, Shop
from plugins.woocommerce.settings import Settings

_ROOTS = ("/wp-json", "/index.php/wp-json")


def sandbox(seed: int = 1, size: int = 300, **modes: Any) -> Twin:
    """Make a twin with the believable catalogue of this seed and size."""
    shop = Shop(Modes(**modes))
    products = catalogue(seed=seed, size=size)
    sandbox_seed.fill(shop, products, orders(seed, products))
    hooks = Hooks(shop)
    shop.announce, shop.run_cron = hooks.announce, hooks.run_cron
    catalog, desk, keys, schema = Catalog(shop), Desk(shop, hooks), Keys(shop), Schema(shop)
    routes = [
        one
        for root in _ROOTS
        for base in (f"{root}/wc/v3",)
        for one in (*catalog.routes(base), *schema.routes(base), *desk.routes(root, base))
    ]
    twin = Twin(
        name="woocommerce",
        routes=[
            *(Route(one.method, one.path, _refusing(one.handler)) for one in routes),
            route("GET", "/wc-auth/v1/authorize", keys.authorise),
        ],
        settings=lambda base_url: Settings(
            store_url=base_url, consumer_key=KEY, consumer_secret=SECRET, webhook_secret=WEBHOOK_SECRET, page_size=50
        ),
        state=shop,
        first=functools.partial(_admit, shop),
        fallback=_no_route,
        redelivery=Redelivery(delays=(), accepts=lambda status: 200 <= status <= 302, done=hooks.settled),
        acts=Acts(
            touch=shop.touch,
            insert=shop.add_product,
            remove=shop.trash,
            lose_webhooks=shop.lose_webhooks,
            revoke_key=shop.revoke_key,
            withhold_right=shop.withhold_right,
            store_otherwise=shop.store_otherwise,
            stored=shop.stored,
        ),
    )
    hooks.twin = keys.twin = twin
    return twin


def _admit(shop: Shop, request: Request) -> Answer | None:
    """Let in who may call, and learn the address under which the shop is known."""
    shop.move_to(request.base_url)
    return sandbox_access.check(shop, request)


def _refusing(handler: Handler) -> Callable[[Request], Any]:
    """Return the handler with its refusals answered as the store does."""

    @functools.wraps(handler)
    async def answer(request: Request) -> Answer:
        try:
            return await handler(request)
        except Refusal as refusal:
            return Answer(refusal.status, json=refusal.body)

    return answer


async def _no_route(request: Request) -> Answer:
    message = "No route was found matching the URL and request method."
    return Answer(404, json={"code": "rest_no_route", "message": message, "data": {"status": 404}})
