"""What the tests of the WooCommerce plugin share: recordings, a twin, a connection to it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from marketwright import Change, Connection, Push, Pushed, RecordKind, Response, WebhookRequest
from marketwright.testing import Answer, Request, Twin, open_connection, route
from plugins.woocommerce import channel, paths
from plugins.woocommerce.sandbox import sandbox

Recorded = Callable[[str], Response]


@pytest.fixture(scope="session")
def captures(shared: Path) -> Path:
    """Return the folder of recordings from real stores."""
    return shared / "captures" / "woocommerce"


@pytest.fixture(scope="session")
def recorded(captures: Path) -> Recorded:
    """Return a function that gives the answer in a recording."""

    def answer(name: str) -> Response:
        response = json.loads((captures / f"{name}.json").read_text())["response"]
        headers = {key.lower(): value for key, value in response["headers"]}
        return Response(status=response["status"], headers=headers, body=response["body_text"].encode())

    return answer


@pytest.fixture(scope="session")
def deliveries(captures: Path) -> dict[str, WebhookRequest]:
    """Return the recorded webhooks by file name, as the server hands them over."""
    found: dict[str, WebhookRequest] = {}
    for file in sorted((captures / "webhook-deliveries").glob("*.json")):
        kept = json.loads(file.read_text())
        found[file.stem] = WebhookRequest(
            method=kept["method"],
            path=kept["path"],
            headers={key.lower(): value for key, value in kept["headers"]},
            body=base64.b64decode(kept["body_base64"]),
        )
    return found


@pytest.fixture
def modes() -> dict[str, Any]:
    """Return the twin's modes; a test may parametrise them."""
    return {}


@pytest.fixture
async def twin(modes: dict[str, Any]) -> AsyncIterator[Twin]:
    """Run a twin with 60 products."""
    made = sandbox(seed=1, size=60, **modes)
    async with made.running():
        yield made


@pytest.fixture
async def inbox() -> AsyncIterator[Twin]:
    """Run a server that takes webhooks and answers 200, or what its faults say."""

    async def accept(request: Request) -> Answer:
        return Answer(200)

    made = Twin("inbox", [route("*", "/{rest:.*}", accept)], settings=lambda base_url: None)
    async with made.running():
        yield made


@pytest.fixture
async def connection(twin: Twin, inbox: Twin) -> AsyncIterator[Connection]:
    """Connect to the twin; its webhooks are to go to the inbox."""
    settings = twin.settings()
    async with open_connection(channel, settings, webhook_url=f"{inbox.base_url}/hooks/1") as opened:
        yield opened


@pytest.fixture
def push(connection: Connection) -> Callable[..., Awaitable[Pushed]]:
    """Return a function that pushes changes of a product as it is now."""

    async def write(external_id: str, *changes: Change) -> Pushed:
        now = await channel.pull_one(connection, RecordKind.PRODUCT, external_id)
        wanted = Push(external_id=external_id, record=now.record, raw=now.raw, changes=changes)
        return await channel.push_product(connection, wanted)  # type: ignore[misc]

    return write


@pytest.fixture
def set_to(connection: Connection, push: Callable[..., Awaitable[Pushed]]) -> Callable[..., Awaitable[Pushed]]:
    """Return a function that pushes one field, whatever it was before."""

    async def write(external_id: str, field: str, value: Any) -> Pushed:
        now = await channel.pull_one(connection, RecordKind.PRODUCT, external_id)
        return await push(external_id, Change(field=field, before=paths.get(now.record, field), after=value))

    return write


@pytest.fixture
def bodies(twin: Twin) -> Callable[[], list[dict[str, Any]]]:
    """Return a function that gives the bodies that were sent to change something."""
    return lambda: [json.loads(it.body) for it in twin.requests if it.method in {"PUT", "POST"}]


@pytest.fixture
def variable(twin: Twin) -> str:
    """Return the id of a product with several variations."""
    return next(str(key) for key, it in twin.state.products.items() if len(it["variations"]) > 2)


@pytest.fixture
def plain(twin: Twin) -> str:
    """Return the id of a product without variations."""
    return next(str(key) for key, it in twin.state.products.items() if it["type"] == "simple" and it["brands"])
