"""A small shop with issues that the real rules opened, and browsers of its people without a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

from admin_ui.rendering import template_config
from admin_ui.routes import routes
from core import connections as connecting
from core import people
from core.context import Context
from core.http import Outbound
from core.jobs import JOBS, keep
from core.model.people import Actor, Role
from core.model.records import RecordKind, SourceRecord
from core.model.tuning import Tuning
from core.registry import Registry
from core.rules.packs import Library
from core.store import connections, merchants
from core.store.engine import transaction
from core.vault import Vault

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
HTML = {"accept": "text/html"}
SETTINGS = {
    "store_url": "http://127.0.0.1:1",
    "consumer_key": "ck_" + "a" * 40,
    "consumer_secret": "cs_" + "b" * 40,
}


class ListQueue:
    """A queue that carries out what was asked for when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int | str, ...]]] = []

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Remember what was asked for."""
        self.asked.append((job, ids))

    async def run(self, context: Context, *only: str) -> None:
        """Carry out the jobs asked for, those named where names are given, and drop the others."""
        jobs = {function.__name__: function for function in JOBS}
        while self.asked:
            name, ids = self.asked.pop(0)
            if not only or name in only:
                await jobs[name]({"context": context}, *ids)


class Shop:
    """One merchant with a connection, its people, and records that the real rules judge."""

    def __init__(self, context: Context, merchant: int) -> None:
        self.context = context
        self.merchant = merchant
        self.connection = 0
        self.version = 0

    @property
    def owner(self) -> Actor:
        """Return the actor in whose name the shop is set up."""
        return Actor(user=0, name="owner", role=Role.ADMIN, merchant=self.merchant)

    async def connect(self, channel: str = "woocommerce", name: str = "Main shop", **settings: str) -> int:
        """Add a connection."""
        self.connection = await connecting.create(
            self.context,
            self.owner,
            merchant=self.merchant,
            channel=channel,
            name=name,
            values={**SETTINGS, **settings},
        )
        return self.connection

    async def keep(self, *products: dict[str, Any]) -> list[int]:
        """Take products in as a sync would, and return the ids of the issues they open, suggestions made."""
        row = await connections.get(self.connection)
        assert row is not None
        self.version += 1
        sources = [
            SourceRecord(
                kind=RecordKind.PRODUCT,
                external_id=product["external_id"],
                version=self.version,
                record=product,
                raw={"id": product["external_id"], "title": product.get("title")},
            )
            for product in products
        ]
        checked = await keep.check(self.context, row, sources)
        async with transaction():
            kept = await keep.write(row, checked, datetime.now(UTC))
        jobs = {function.__name__: function for function in JOBS}
        await jobs["suggest"]({"context": self.context}, *kept.opened)
        return kept.opened


def gtin(number: int) -> str:
    """Return a GTIN of a product's own."""
    digits = f"400638{number:06d}"
    return f"{digits}{-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10}"


def product(number: int, **changes: Any) -> dict[str, Any]:
    """Return a product that violates no rule, with changes."""
    plain = {
        "external_id": str(100 + number),
        "sku": f"KTL-{number:04d}",
        "title": f"Enamel kettle {number} litres",
        "description": "A kettle of enamelled steel with a wooden handle, made for gas and induction.",
        "brand": "Alder",
        "gtin": gtin(number),
        "category": "Kitchen > Kettles",
        "status": "publish",
        "price": "24.00",
        "currency": "EUR",
        "quantity": 12,
        "images": [{"url": "https://shop.example/kettle.jpg", "alt": "Kettle", "width": 1200, "height": 1200}],
        "weight": {"value": "1.2", "unit": "kg"},
        "dimensions": {"length": "20", "width": "18", "height": "22", "unit": "cm"},
    }
    return {**plain, **changes}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the URL of an empty database: pages ask nothing of it that the store's own tests do not."""
    path = tmp_path / "marketwright.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def library() -> Library:
    """Return the rulepacks that the project brings."""
    return Library.open([ROOT / "rulepacks"])


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return the channels that the project brings."""
    return Registry.discover()


@pytest.fixture
async def context(store: str, library: Library, registry: Registry, tmp_path: Path) -> AsyncIterator[Context]:
    """Return an opened installation on the test's database."""
    async with Outbound(private_networks=True, plain_http=True, attempts=1, timeout=2) as outbound:
        yield Context(
            registry=registry,
            library=library,
            vault=Vault.open_folder(tmp_path / "keys"),
            outbound=outbound,
            queue=ListQueue(),
            tuning=Tuning(),
            clock=lambda: datetime.now(UTC),
            public_url="http://127.0.0.1:1",
        )


@pytest.fixture
async def shop(context: Context) -> Shop:
    """Return a merchant with a connection and no records yet."""
    found = Shop(context, await merchants.create("Alder & Finch", context.clock()))
    await found.connect()
    return found


@pytest.fixture
async def neighbour(context: Context, shop: Shop) -> Shop:
    """Return another merchant, whose things nobody of the first may see."""
    found = Shop(context, await merchants.create("Birch & Wren", context.clock()))
    await found.connect(name="Neighbour's shop")
    return found


class Browser(httpx.AsyncClient):
    """A browser without scripts: it keeps cookies and follows no redirect by itself."""

    csrf = ""

    async def send_form(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form with the session's token."""
        return await self.post(path, data={"csrf": self.csrf, **fields}, headers=HTML)


@pytest.fixture
def app(context: Context) -> Litestar:
    """Return the application of the pages."""
    return Litestar(
        route_handlers=routes(),
        template_config=template_config(),
        state=State({"context": context}),
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[Browser]:
    """Return a browser that nobody has signed in with."""
    async with Browser(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as browser:
        yield browser


@pytest.fixture
def enter(stranger: Browser, shop: Shop) -> Any:
    """Return what signs somebody in: `await enter("reviewer")`, in the first merchant unless told otherwise."""

    async def as_role(role: str, merchant: int | None = shop.merchant) -> Browser:
        user = await people.create_user(f"{role}-{merchant}", PASSWORD, role, merchant)
        signed = await people.sign_in_by_link(await people.one_time_token(user))
        stranger.cookies.set(people.COOKIE, signed.token)
        stranger.csrf = signed.csrf
        return stranger

    return as_role


@pytest.fixture
async def reviewer(enter: Any) -> Browser:
    """Return the browser of a reviewer."""
    browser: Browser = await enter("reviewer")
    return browser


@pytest.fixture
async def admin(enter: Any) -> Browser:
    """Return the browser of an admin of the merchant."""
    browser: Browser = await enter("admin")
    return browser


@pytest.fixture
def products() -> Any:
    """Return what makes products from the changes that make them wrong."""

    def made(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [product(number, **change) for number, change in enumerate(changes, start=1)]

    return made
