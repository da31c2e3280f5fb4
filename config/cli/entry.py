"""What commands share that need the database: running a coroutine in an opened installation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
import msgspec

from config import logging
from config.cli.settings import settings_of
from config.loop import run
from config.settings import LogLevel, Settings
from config.wiring import opened, opened_database
from core.context import Context
from core.errors import NotFound
from core.model.people import Actor, Role
from core.store import merchants

T = TypeVar("T")


def with_context(ctx: click.Context, act: Callable[[Context], Awaitable[T]]) -> T:
    """Open the installation, run `act` in it, and return what it returns. Only warnings are logged."""
    settings = settings_of(ctx)
    quiet(settings)

    async def main() -> T:
        async with opened(settings) as context:
            return await act(context)

    return run(main())


def with_database(ctx: click.Context, act: Callable[[], Awaitable[T]]) -> T:
    """Open the database alone, run `act`, and return what it returns."""
    settings = settings_of(ctx)
    quiet(settings)

    async def main() -> T:
        async with opened_database(settings):
            return await act()

    return run(main())


def quiet(settings: Settings) -> None:
    """Log warnings and worse, for a command whose output a person or a program reads."""
    loudest = settings.logging.level if settings.logging.level is LogLevel.ERROR else LogLevel.WARNING
    logging.configure(msgspec.structs.replace(settings.logging, level=loudest))


def operator() -> Actor:
    """Return who acts on the command line: whoever can run it owns the installation."""
    return Actor(user=0, name="command line", role=Role.ADMIN)


async def owner_of(name: str | None) -> Actor:
    """Return who acts: for one merchant where a name is given, for all otherwise."""
    if name is None:
        return operator()
    merchant = await merchants.find(name)
    if merchant is None:
        raise NotFound(f"There is no merchant named {name}; see: marketwright connections list")
    return Actor(user=0, name=operator().name, role=Role.ADMIN, merchant=merchant)
