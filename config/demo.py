"""`marketwright serve --demo`: shops to play with, beside a server of their own.

The twins of the channels run on loopback. A merchant is connected to them, their webhooks are registered, the first
products come in by signed webhook and the rest by a pull. Everything lies in a temporary directory: the twins forget
when they end, and so does the demo.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import NamedTuple, Protocol

import msgspec

from config.serve import address_of, listen, serve
from config.settings import Database, Outbound, Redis, Settings
from core import connections, people
from core.channel import Channel
from core.context import Context
from core.errors import MarketwrightError
from core.model.corrections import Mode
from core.model.people import Actor, Role
from core.opening import open_connection
from core.store import connections as store
from core.store import merchants
from marketwright.testing import Twin

log = logging.getLogger("marketwright.demo")

MERCHANT, ADMIN = "Hearth & Trail", "demo"
SEED = 7
FIRST_CHANGES = 12
"""Products that each shop changes before the first pull, so that they come in by webhook."""
PAUSE_SECONDS = 20.0
LATER_CHANGES = 45

Say = Callable[[str], None]


class Shopkeeper(Protocol):
    """What a twin's state offers the demo."""

    async def touch(self, external_id: str) -> None:
        """Change a product as the merchant would; the signed webhook follows."""


class Shop(NamedTuple):
    """A twin that is connected, and products of it."""

    keeper: Shopkeeper
    products: tuple[str, ...]


async def run_demo(settings: Settings, say: Say) -> None:
    """Serve a demo until a signal asks to stop. The database and Redis that `settings` name are left alone."""
    with tempfile.TemporaryDirectory(prefix="marketwright-demo-") as folder:
        listener = listen(settings.web.host, settings.web.port)
        address = address_of(listener)
        private = msgspec.structs.replace(
            settings,
            data_dir=folder,
            database=Database(),
            redis=Redis(),
            outbound=Outbound(private_networks=True, plain_http=True),
            web=msgspec.structs.replace(settings.web, public_url=address),
        )

        async def play(context: Context, _: str) -> None:
            async with AsyncExitStack() as stack:
                await _play(context, address, say, stack)

        await serve(private, play, listener)


async def _play(context: Context, address: str, say: Say, stack: AsyncExitStack) -> None:
    password = secrets.token_urlsafe(9)
    admin = await people.create_user(ADMIN, password, Role.ADMIN, None)
    link = f"{address}/sign-in?token={await people.one_time_token(admin)}"
    say(f"Marketwright is serving a demo on {address}")
    say(f"Sign in with this link, once: {link}")
    say(f"or as {ADMIN} with the password {password}")
    actor = Actor(user=admin, name=ADMIN, role=Role.ADMIN)
    merchant = await merchants.create(MERCHANT, context.clock())
    shops = [
        shop
        for channel in context.registry.channels
        if channel.sandbox is not None
        if (shop := await _open_shop(context, actor, merchant, channel, stack)) is not None
    ]
    say(f"{len(shops)} shops are connected; their products come in now. Ctrl-C ends the demo.")
    await _keep_shop(shops)


async def _open_shop(
    context: Context, actor: Actor, merchant: int, channel: Channel, stack: AsyncExitStack
) -> Shop | None:
    """Start a channel's twin, connect to it, and let its first products come in; None when it cannot be connected."""
    assert channel.sandbox is not None
    twin: Twin = channel.sandbox(seed=SEED)
    await stack.enter_async_context(twin.running())
    keeper: Shopkeeper = twin.state
    try:
        connection = await connections.create(
            context,
            actor,
            merchant=merchant,
            channel=channel.name,
            name=f"{channel.title} demo shop",
            values=msgspec.to_builtins(twin.settings()),
            mode=Mode.APPLY_AND_PUSH,
        )
        await connections.test(context, actor, connection)
        await connections.register_webhooks(context, actor, connection)
        products = await _first_products(context, connection)
        for external_id in products[:FIRST_CHANGES]:
            await keeper.touch(external_id)
        await twin.settled()
        await connections.sync_now(context, actor, connection)
    except MarketwrightError as error:
        log.error("the %s demo shop could not be connected: %s", channel.title, error.message)
        return None
    return Shop(keeper, products)


async def _first_products(context: Context, connection: int) -> tuple[str, ...]:
    """Return the ids of the products on the channel's first page."""
    row = await store.get(connection)
    assert row is not None
    channel, opened = open_connection(context, row)
    page = await anext(channel.pull_products(opened, {}), None)
    return () if page is None else tuple(record.external_id for record in page.records)


async def _keep_shop(shops: list[Shop]) -> None:
    """Let merchants change a product now and then."""
    rng = random.Random(SEED)  # noqa: S311 - which product it is need not be unforeseeable
    for _ in range(LATER_CHANGES):
        await asyncio.sleep(PAUSE_SECONDS)
        for shop in shops:
            await shop.keeper.touch(rng.choice(shop.products))
    await asyncio.Event().wait()
