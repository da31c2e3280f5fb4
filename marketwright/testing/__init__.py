"""The kit for plugin authors: twins of platforms, a believable catalogue, and the contract every channel must keep.

A twin is built from routes; its handlers are `async def handler(request: Request) -> Answer`:

    from marketwright.testing import Answer, Request, Twin, catalogue, route

    def make_twin(seed: int = 1, size: int = 300) -> Twin:
        shop = Shop(catalogue(seed=seed, size=size))

        async def products(request: Request) -> Answer:
            page = int(request.get("page", "1"))
            return Answer(json=shop.page(page), headers={"X-Total": str(len(shop.products))})

        return Twin(
            name="acme",
            routes=[route("GET", "/api/products", products), route("PUT", "/api/products/{id}", shop.put)],
            settings=lambda base_url: Settings(base_url=base_url, api_key="twin-key"),
            state=shop,
            first=shop.authenticate,            # Callable[[Request], Answer | None]: answers early, or not at all
            redelivery=Redelivery(delays=()),   # how the platform repeats webhooks
            acts=Acts(touch=shop.rename, insert=shop.add, remove=shop.delete),
        )

    async with twin.running() as base_url:      # or await twin.start(host, port) … await twin.stop()
        async with open_connection(channel, twin.settings(), webhook_url="http://127.0.0.1:1/hook") as connection:
            ...

`twin.requests` is the log of requests, `twin.deliveries` of webhooks sent with `await twin.deliver(url, headers,
body)` (returns at once; `await twin.settled()` waits for all). Faults are used up in order, before any handler:
`twin.faults.slow(seconds, times)`, `.fail(status, times, body=…, retry_after=…)`, `.drop(times)`, `.garble(times)`,
`.cut(times)`, `.reply(lambda request: Answer(…), times)` for a platform's own ways; each takes
`match=lambda request: …` and returns a `Fault` whose `used` counts. `await twin.suffer(Trouble.CLOCK_OFF)` brings any
trouble by its name, on any twin; `Acts` says what only the twin can do.

`catalogue(seed, size, currency)` returns `Product(record, defects)`: `record` is canonical, `defects` says what is
wrong with it. `orders(seed, products, size)` returns `Order(record, defects)`, placed by people who do not exist. A
twin holds of these defects what its platform could.

`Recorder(folder, "record")` and `Recorder(folder)`, given as `Outbound(recorder=…)`, write what a real platform
answers, secrets masked, and play it back without a network.

`Described(document, base_path)` holds requests against a platform's OpenAPI description; `exchanges(folder)` reads what
was recorded from a real one.

`ChannelContract` is a test class to subclass; its docstring says what to give it.
"""

from core.http import Outbound, Recorder
from marketwright.testing.acts import Acts
from marketwright.testing.catalogue import Product, catalogue, gtin13
from marketwright.testing.connections import open_connection, secrets_of
from marketwright.testing.contract import ChannelContract
from marketwright.testing.deliveries import Attempt, Delivery, Redelivery
from marketwright.testing.described import Described
from marketwright.testing.faults import Fault, Faults
from marketwright.testing.orders import Order, orders
from marketwright.testing.recorded import Exchange, exchanges
from marketwright.testing.requests import Answer, Handler, Request, Route, route
from marketwright.testing.troubles import Trouble, UnknownHere
from marketwright.testing.twin import Twin

__all__ = [
    "Acts",
    "Answer",
    "Attempt",
    "ChannelContract",
    "Delivery",
    "Described",
    "Exchange",
    "Fault",
    "Faults",
    "Handler",
    "Order",
    "Outbound",
    "Product",
    "Recorder",
    "Redelivery",
    "Request",
    "Route",
    "Trouble",
    "Twin",
    "UnknownHere",
    "catalogue",
    "exchanges",
    "gtin13",
    "open_connection",
    "orders",
    "route",
    "secrets_of",
]
