"""An intake behind its real route, with the WooCommerce plugin and a store that is never called."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from litestar import Litestar

from config.serve import answering, listen
from core.channel import Channel
from core.channel import Connection as Opened
from core.errors import NotFound
from core.http import Outbound
from core.signing import hmac_base64
from core.store.tables import Connection, Delivery, Merchant
from core.store.writer import ledger_for
from plugins.woocommerce import channel as woocommerce
from plugins.woocommerce.settings import Settings
from webhooks.directory import Directory
from webhooks.inbound import Intake, before

SECRET = "lab-webhook-sécret"
NOW = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)
LIMIT = 64 * 1024


class Bells:
    """A queue that remembers which jobs were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int | str, ...]]] = []

    async def enqueue(self, job: str, *ids: int | str, delay: float = 0.0) -> None:
        """Remember it."""
        self.asked.append((job, ids))


class Answer(msgspec.Struct):
    """What a store is told. An answer without a body says that the delivery was kept."""

    status: int
    headers: Mapping[str, str]
    content: dict[str, str]

    @property
    def code(self) -> str:
        """Return the code of its body."""
        return self.content["code"]


class Front:
    """The server's front door as a store sees it. `opened` counts how often a connection was opened."""

    def __init__(self, url: str) -> None:
        self.queue = Bells()
        self.seconds = 0.0
        self.opened = 0
        self.secret = SECRET
        self.path = "/webhooks/woocommerce/shop-1"
        self.channels: dict[str, Channel] = {"woocommerce": woocommerce}
        directory = Directory(self.channel, self.open_connection, clock=lambda: self.seconds)
        self.intake = Intake(directory, ledger_for(url), self.queue, lambda: NOW, max_body_bytes=LIMIT)
        self.app = before(self.intake, Litestar(openapi_config=None, logging_config=None))
        self.address = ""
        self.session: aiohttp.ClientSession | None = None

    def channel(self, name: str) -> Channel:
        """Return a channel as the registry does."""
        if name not in self.channels:
            raise NotFound(f"there is no channel {name!r}")
        return self.channels[name]

    async def open_connection(self, connection_id: int) -> Opened:
        """Open the connection with the secret of the moment."""
        self.opened += 1
        settings = Settings(
            store_url="https://shop.example",
            consumer_key="ck_" + "0" * 40,
            consumer_secret="cs_" + "0" * 40,
            webhook_secret=self.secret,
        )
        client = Outbound().client(connection_id, woocommerce.hosts(settings), woocommerce.pace(settings))
        return Opened(id=connection_id, channel="woocommerce", settings=settings, http=client)

    def headers(self, body: bytes, **changed: str) -> dict[str, str]:
        """Return the headers of a signed delivery."""
        headers = {
            "content-type": "application/json",
            "x-wc-webhook-topic": "product.updated",
            "x-wc-webhook-id": "2",
            "x-wc-webhook-delivery-id": "d1",
            "x-wc-webhook-signature": hmac_base64(SECRET, body),
        }
        return headers | {name.replace("_", "-"): value for name, value in changed.items()}

    async def send(self, path: str, body: Any, headers: Mapping[str, str], method: str = "POST") -> Answer:
        """Send a request and return the answer."""
        assert self.session is not None
        async with self.session.request(method, self.address + path, data=body, headers=headers) as answer:
            text = await answer.text()
            return Answer(answer.status, answer.headers, json.loads(text) if text else {"code": "kept"})

    async def deliver(self, body: bytes, **changed: str) -> Answer:
        """Send a signed delivery and return the answer."""
        return await self.send(self.path, body, self.headers(body, **changed))

    async def kept(self) -> list[dict[str, Any]]:
        """Return what is in the database."""
        return list(await Delivery.select().order_by(Delivery.id))


@pytest.fixture
async def front(store: str) -> AsyncIterator[Front]:
    """Return an open front door with one connection behind it."""
    merchant = Merchant(name="Alder & Finch", created_at=NOW)
    await merchant.save()
    row = Connection(
        public_id="shop-1", merchant=merchant.id, channel="woocommerce", name="Shop", sealed="1",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    await row.save()
    door = Front(store)
    await door.intake.open()
    listener = listen("127.0.0.1", 0)
    door.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with (
        answering(door.app, listener),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as door.session,
    ):
        yield door
    await door.intake.close()


@pytest.fixture
def captured(shared: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """Return the deliveries that a real store sent: topic folder path, headers, body."""
    found = []
    for file in sorted((shared / "captures/woocommerce/webhook-deliveries").glob("*.json")):
        sent = json.loads(file.read_bytes())
        headers = {name.lower(): value for name, value in sent["headers"]}
        for name in ("host", "connection", "content-length", "accept-encoding"):
            headers.pop(name, None)
        found.append((sent["path"], headers, base64.b64decode(sent["body_base64"])))
    return found
