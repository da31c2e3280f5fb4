"""A running twin with an open connection, Shopify's official schema, and its recorded answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema

from marketwright import Connection
from marketwright.testing import Twin, open_connection
from plugins.shopify import channel
from plugins.shopify.documents import Document, account, orders, products, stock, webhooks
from plugins.shopify.sandbox import sandbox

Opened = Callable[..., AbstractAsyncContextManager[tuple[Twin, Connection]]]


@pytest.fixture(scope="session")
def schema(shared: Path) -> GraphQLSchema:
    """Return Shopify's own schema of the API version that we ask for."""
    text = (shared / "specs/shopify/admin_2026-07.schema.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


@pytest.fixture(scope="session")
def recording(shared: Path) -> Callable[[str], Any]:
    """Return a reader of recorded exchanges with real shops, by the end of their names."""
    folder = shared / "specs/shopify/graphql_recordings"

    def read(name: str) -> Any:
        (file,) = folder.glob(f"*__{name}.json")
        return json.loads(file.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def body_of(shared: Path) -> Callable[[str], bytes]:
    """Return a reader of Shopify's own webhook bodies, taken out of the envelope of its REST answers."""
    folder = shared / "specs/shopify/rest_webhook_payload_fixtures"

    def read(name: str) -> bytes:
        envelope = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return json.dumps(envelope[name]).encode()

    return read


@pytest.fixture(scope="session")
def documents() -> dict[str, Document]:
    """Return every document that we send, by name."""
    modules = (account, products, orders, stock, webhooks)
    return {it.name: it for module in modules for it in vars(module).values() if isinstance(it, Document)}


@pytest.fixture
def opened() -> Opened:
    """Return what opens a connection to a fresh twin; modes go to the twin."""

    @asynccontextmanager
    async def opening(
        *, webhook_url: str | None = None, save_settings: Any = None, **modes: Any
    ) -> AsyncIterator[tuple[Twin, Connection]]:
        twin = sandbox(**{"size": 12, "redelivery": (), **modes})
        async with (
            twin.running(),
            open_connection(
                channel, twin.settings(), webhook_url=webhook_url, save_settings=save_settings
            ) as connection,
        ):
            yield twin, connection

    return opening
