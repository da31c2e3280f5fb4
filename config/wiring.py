"""Opens an installation: what every process of it works with, opened in order and closed in reverse."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import sqlite3
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from piccolo.engine.base import Engine

from config.embedded import embedded_redis, prepare_folder
from config.packaged import folders
from config.settings import Redis, Settings, without_password
from core.chat import Chat, OpenedChat
from core.context import Context
from core.errors import ConfigurationError
from core.http import Outbound
from core.model.tuning import AiMonitoring, Provider
from core.queue import open_queue
from core.registry import Registry
from core.rules import messages
from core.rules.packs import Library
from core.store.engine import migrate, opened_store, pending_migrations
from core.transit import Transit, open_transit
from core.vault import Vault

log = logging.getLogger("marketwright.wiring")


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Context]:
    """Open the database, the vault, the plugins, the rulepacks, the outbound session and the queue."""
    prepare_folder(settings.folder)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(opened_database(settings))
        running = await stack.enter_async_context(with_redis(settings))
        queue = await open_queue(running.redis.url or "")
        stack.push_async_callback(queue.close)
        if not await queue.answers():
            log.error("Redis at %s does not answer; work waits until it does", without_password(running.redis.url))
        outbound = await stack.enter_async_context(
            Outbound(private_networks=settings.outbound.private_networks, plain_http=settings.outbound.plain_http)
        )
        registry = Registry.discover()
        yield Context(
            registry=registry,
            library=open_library(registry, settings),
            vault=await open_vault(settings, outbound),
            outbound=outbound,
            queue=queue,
            tuning=settings.tuning,
            clock=now,
            public_url=settings.web.public_url,
            language=language_of(settings),
            mail=settings.mail_server,
            chat=await stack.enter_async_context(opened_chat(settings)),
        )


@contextlib.asynccontextmanager
async def opened_chat(settings: Settings) -> AsyncIterator[Chat | None]:
    """Open the way to the language model, if there is a key for one; its library comes with an extra."""
    tuning = settings.ai_monitoring
    if not tuning.asks_model:
        yield None
        return
    async with chat_of(tuning) as chat:
        yield chat


def chat_of(tuning: AiMonitoring) -> OpenedChat:
    """Return the way to the provider's models. Libraries are imported here: they take a second, and few need one."""
    is_anthropic = tuning.provider is Provider.ANTHROPIC
    try:
        if is_anthropic:
            from core.chat_anthropic import AnthropicChat  # noqa: PLC0415

            return AnthropicChat(tuning)
        from core.chat_openai import OpenAIChat  # noqa: PLC0415

        return OpenAIChat(tuning)
    except ImportError as error:
        extra = "anthropic" if is_anthropic else "llm"
        raise ConfigurationError(
            f"ai_monitoring.api_key is set, but the library for {tuning.provider} is missing; run: "
            f"pip install 'marketwright[{extra}]'"
        ) from error


@contextlib.asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[None]:
    """Open the database and see that it is up to date.

    A SQLite file is brought up to date at once. A PostgreSQL database, which other processes may be using, is not:
    `marketwright migrate` does that, and until then a ConfigurationError says so.
    """
    if settings.database_url.startswith("sqlite"):
        await migrated(settings)
    prepare_folder(settings.folder)
    async with reached_store(settings):
        if await pending_migrations():
            raise ConfigurationError(
                f"the database {without_password(settings.database_url)} is not up to date; run: marketwright migrate"
            )
        yield


@contextlib.asynccontextmanager
async def reached_store(settings: Settings) -> AsyncIterator[Engine[Any]]:
    """Open the database as it is; a ConfigurationError says why it cannot be, in place of Piccolo's warning."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=".*Unable to fetch server version")
                engine = await stack.enter_async_context(opened_store(settings.database_url))
        except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            shown = without_password(settings.database_url)
            raise ConfigurationError(
                f"the database {shown} cannot be opened: {error or type(error).__name__}"
            ) from error
        yield engine


async def migrated(settings: Settings) -> list[str]:
    """Bring the database up to date and return the migrations that ran; one process of a folder does it at a time."""
    prepare_folder(settings.folder)
    async with reached_store(settings) as engine:
        with locked(settings.folder / "migrate.lock"):
            return await migrate(engine)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of `path` for the time of the block; another process waits."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.asynccontextmanager
async def with_redis(settings: Settings) -> AsyncIterator[Settings]:
    """Yield `settings` with the address of a Redis: the one that they name, or an embedded one, running."""
    if settings.redis.url is not None:
        yield settings
        return
    async with embedded_redis(settings.folder) as url:
        yield msgspec.structs.replace(settings, redis=Redis(url=url))


def open_library(registry: Registry, settings: Settings) -> Library:
    """Open the rulepacks; the folder of a plugin that cannot be used is left out, which the log says."""
    library = Library.open(folders(registry.rulepacks, settings))
    for one in library.left_out:
        log.error("the rulepacks of plugin %s (%s) are quarantined: %s", one.brought_by, one.folder, one.reason)
    return library


def language_of(settings: Settings) -> str:
    """Return the language of issues; ConfigurationError for one that nobody speaks."""
    try:
        return messages.language(settings.language)
    except ValueError as error:
        raise ConfigurationError(f"language: {error}") from error


async def open_vault(settings: Settings, outbound: Outbound) -> Vault:
    """Open the keys, which HashiCorp Vault unwraps where one is named."""
    transit = transit_of(settings)
    if transit is None:
        return Vault.open_folder(settings.key_folder)
    return await open_transit(transit, settings.key_folder, outbound)


def transit_of(settings: Settings) -> Transit | None:
    """Return the HashiCorp Vault that wraps the keys, if one is named."""
    service = settings.vault
    if service.address is None:
        return None
    return Transit(address=service.address, token=service.token or "", key=service.key, mount=service.mount)


def now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)
