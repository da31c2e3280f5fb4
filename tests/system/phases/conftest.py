"""A WooCommerce shop, and a person's program at the API of a running server."""

from __future__ import annotations

import asyncio
import contextlib
import html
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from config.settings import Database, Settings
from config.wiring import opened
from core import people
from core.model.people import Role
from core.store import merchants
from marketwright.testing import catalogue
from plugins import woocommerce

SEED = 5
OUTDOOR = {"Lawn & Garden", "Outdoor Recreation", "Pet Supplies"}
CM3_A_KILOGRAM = 4_000
Product = dict[str, Any]


class Shop:
    """The twin, with two departments; goods weigh what their size says, titles in `Home` begin with the brand.

    `originals` are its products as they were at first, by number; `sound` those that nothing is wrong with.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.twin = woocommerce.channel.sandbox(seed=SEED, size=size)
        self.state = self.twin.state
        made = {int(it.record["external_id"]): it for it in catalogue(seed=SEED, size=size)}
        places = {name: self.state.term("categories", name) for name in ("Home", "Outdoor")}
        for number, product in self.state.products.items():
            path = [*(made[number].record["category"] or "").split(" > "), ""]
            product["categories"] = [places["Outdoor" if path[1] in OUTDOOR else "Home"]]
            sides = [float(product["dimensions"][side]) for side in ("length", "width", "height")]
            brand = html.unescape(product["brands"][0]["name"]) if product["brands"] else ""
            if path[1] not in OUTDOOR and not product["name"].startswith(brand):
                product["name"] = f"{brand} {product['name']}"
            kilograms = sides[0] * sides[1] * sides[2] / CM3_A_KILOGRAM * (0.95 + number % 11 / 100)
            product["weight"] = f"{kilograms:.3f}"
        self.originals = {number: dict(product) for number, product in self.state.products.items()}
        self.sound: dict[int, Product] = {
            number: dict(product)
            for number, product in self.state.products.items()
            if product["type"] == "simple" and not made[number].defects and not product["sale_price"]
        }

    def take(self, count: int, fits: Callable[[Product], bool] = lambda product: True) -> list[int]:
        """Return so many sound products of a kind; nobody is given them again."""
        chosen = [number for number, product in self.sound.items() if fits(product)][:count]
        assert len(chosen) == count
        for number in chosen:
            del self.sound[number]
        return chosen

    def holds(self, number: int, name: str) -> Any:
        """Return what stands in a product of the shop now: of a category or a brand its name."""
        return told(self.state.products[number], name)

    def originally(self, number: int, name: str) -> Any:
        """Return what stood there before anything was spoilt."""
        return told(self.originals[number], name)

    async def change(self, number: int, fields: Product) -> None:
        """Let the merchant write something into a product; the signed webhook follows."""
        await self.state.change(number, **fields)


def told(product: Product, name: str) -> Any:
    """Return a field of a shop's product as a person would say it."""
    value = product[name]
    if name in ("brands", "categories"):
        return html.unescape(value[0]["name"]) if value else None
    return value


class Desk:
    """A person's program at the API. `records` are our ids of the shop's products, by number."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session, self.address = session, f"{address}/api/v1"
        self.records: dict[int, int] = {}

    async def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        async with self.session.get(self.address + path, params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Any = None) -> Any:
        """Do something."""
        async with self.session.post(self.address + path, json={} if body is None else body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if "json" in answer.content_type else None

    async def all(self, path: str, **query: Any) -> list[Any]:
        """Return every item of a list."""
        found: list[Any] = []
        after: dict[str, str] = {}
        while True:
            page = await self.get(path, limit=200, **query, **after)
            found += page["items"]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    async def know_records(self, count: int) -> None:
        """Wait until all products have come in, and remember their ids."""

        async def there() -> bool:
            items = await self.all("/records/", kind="product")
            self.records = {int(one["external_id"]): one["id"] for one in items}
            return len(self.records) >= count

        await until(there, "the products did not come in", 60.0)

    async def issue(self, rule: str, number: int, step: str) -> Any:
        """Wait until the suggestions for a product's issue hold a program that begins with a step; return its page."""

        async def suggested() -> Any:
            for one in await self.all("/issues/"):
                if one["record_id"] == self.records[number] and one["rule"] == rule and one["suggestion"]:
                    page = await self.get(f"/issues/{one['issue_id']}")
                    if any(step in it["program"][0] for it in page["suggestions"]):
                        return page
            return None

        return await until(suggested, f"nothing with {step} is suggested for {rule} of product {number}")

    async def corrections(self, pattern: str, number: int) -> list[Any]:
        """Return what the machine by itself corrected in a product, newest first."""
        found = await self.all("/applications/", automatic="true", pattern=pattern)
        return [one for one in found if one["record_id"] == self.records[number]]

    async def own(self, pattern: str, number: int, state: str = "verified") -> Any:
        """Wait until the machine's own correction of a product is in this state, and return it."""

        async def done() -> Any:
            found = await self.corrections(pattern, number)
            return next((one for one in found if one["state"] == state), None)

        return await until(done, f"there is no {state} correction of product {number} by itself")


async def until(holds: Callable[[], Awaitable[Any]], what: str, seconds: float = 60.0) -> Any:
    """Wait until something is so, and return it."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        if found := await holds():
            return found
        await asyncio.sleep(0.15)
    pytest.fail(what)


async def arrive(environment: dict[str, str]) -> tuple[str, int]:
    """Return an admin's token for the API of a new installation, and its merchant."""
    settings = Settings(
        data_dir=environment["MARKETWRIGHT_DATA_DIR"], database=Database(url=environment["MARKETWRIGHT_DATABASE__URL"])
    )
    async with opened(settings) as context:
        admin = await people.create_user("ada", "correct horse battery", Role.ADMIN, None)
        merchant = await merchants.create("Alder & Finch", context.clock())
        return await people.create_api_token(admin, "four phases"), merchant


@contextlib.asynccontextmanager
async def connected(server: Any, token: str, merchant: int, shop: Shop) -> AsyncIterator[Desk]:
    """Run the shop, connect it so that corrections may apply themselves, and wait for its products."""
    async with (
        shop.twin.running(),
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
    ):
        desk = Desk(session, server.address)
        settings = msgspec.to_builtins(shop.twin.settings())
        account = {
            "channel": "woocommerce", "name": "Shop", "merchant": merchant, "mode": "apply_and_push",
            "settings": {name: str(value) for name, value in settings.items() if value},
        }  # fmt: skip
        made = await desk.post("/connections/", account)
        await desk.post(f"/connections/{made['id']}/test")
        await desk.post(f"/connections/{made['id']}/webhooks")
        await desk.post(f"/connections/{made['id']}/sync")
        await desk.know_records(shop.size)
        yield desk


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Shop:
    """Return a shop that is not open yet, of as many products as the test asks for."""
    return Shop(request.param)


@pytest.fixture
def story(environment: dict[str, str], serve: Callable[[], Any], shop: Shop) -> Callable[..., None]:
    """Return what runs a story at the desk of a server that is connected to the shop, as the story spoilt it."""

    def run(walk: Callable[[Desk], Awaitable[None]], **more: str) -> None:
        environment.update(more)
        token, merchant = asyncio.run(arrive(environment))
        server = serve()

        async def play() -> None:
            async with connected(server, token, merchant, shop) as desk:
                await walk(desk)

        try:
            asyncio.run(play())
        except BaseException:
            print(server.log.read_text()[-4000:])
            raise

    return run


@pytest.fixture
def wait() -> Callable[..., Awaitable[Any]]:
    """Return what waits until something is so."""
    return until
