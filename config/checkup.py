"""Examines an installation without changing it: what is wrong, and how to mend it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum

import asyncpg
import msgspec
from redis.exceptions import RedisError

from config.embedded import EmbeddedRedis
from config.packaged import library
from config.settings import Settings, without_password
from config.wiring import now, reached_store, transit_of
from core.errors import ConfigurationError, MarketwrightError
from core.http import Outbound
from core.knowledge.trust import people_needed
from core.queue import open_queue
from core.registry import Registry
from core.store import users
from core.store.engine import pending_migrations
from core.transit import Transit, open_transit
from core.vault import Vault

_LEAST_FREE_BYTES = 500 * 1024 * 1024
_MOST_SECONDS_APART = 5.0


class Health(StrEnum):
    """`problem` keeps the installation from working, `warning` will hurt sooner or later."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(msgspec.Struct, frozen=True):
    """What one look found. `remedy` is empty where nothing is to be mended."""

    part: str
    health: Health
    message: str
    remedy: str = ""


def good(part: str, message: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(part, Health.OK, message)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Yield one finding for each part, in the order in which they are to be mended."""
    for look in LOOKS:
        yield await look(settings)


async def data_folder(settings: Settings) -> Finding:
    """Look at the data directory: ours, private, with room."""
    part, folder = "data directory", settings.folder
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding(part, Health.PROBLEM, f"{nearest} is not writable", "change its owner, or set data_dir")
    if nearest != folder:
        return good(part, f"{folder} will be made on the first start")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding(part, Health.WARNING, f"others can look into {folder}", f"run: chmod 700 {folder}")
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_BYTES:
        return Finding(part, Health.WARNING, f"{free // 2**20} MiB are free", "make room on its disk")
    return good(part, f"{folder}, {free // 2**30} GiB free")


async def keys(settings: Settings) -> Finding:
    """Look at the keys that seal credentials."""
    part, folder = "keys", settings.key_folder
    transit = transit_of(settings)
    if transit is not None:
        return await _wrapped_keys(settings, transit)
    if not folder.exists():
        return good(part, f"{folder} will be made on the first start")
    try:
        known = Vault.open_folder(folder).status().opening
    except MarketwrightError as error:
        return Finding(part, Health.PROBLEM, error.message, "restore the keys from your backup, or mend their rights")
    return good(part, f"{len(known)} in {folder}; keep a backup of it apart from the database's")


async def _wrapped_keys(settings: Settings, transit: Transit) -> Finding:
    if not settings.key_folder.exists():
        return good("keys", f"the first one will be wrapped by {transit.address} on the first start")
    outbound = settings.outbound
    try:
        async with Outbound(private_networks=outbound.private_networks, plain_http=outbound.plain_http) as session:
            known = (await open_transit(transit, settings.key_folder, session)).status().opening
    except MarketwrightError as error:
        return Finding("keys", Health.PROBLEM, error.message, "mend vault.address or its token")
    return good("keys", f"{len(known)}, wrapped by {transit.address}")


async def database(settings: Settings) -> Finding:
    """Look at the database: reachable and up to date."""
    part, url = "database", settings.database_url
    shown = without_password(url)
    if _is_to_be_made(url):
        return good(part, f"{shown} will be made on the first start")
    try:
        async with reached_store(settings):
            missing = await pending_migrations()
    except (ConfigurationError, sqlite3.Error, asyncpg.PostgresError) as error:
        return Finding(part, Health.PROBLEM, str(error), "start it, mend database.url, or restore your backup")
    if missing:
        return Finding(part, Health.PROBLEM, f"{shown} lacks {len(missing)} migrations", "run: marketwright migrate")
    return good(part, f"{shown} is up to date")


def _is_to_be_made(url: str) -> bool:
    return url.startswith("sqlite:///") and not os.access(url.removeprefix("sqlite:///"), os.F_OK)


async def redis(settings: Settings) -> Finding:
    """Look at Redis: the one that is named answers and keeps our time; the embedded one can run here."""
    part, url = "redis", settings.redis.url
    if url is None:
        try:
            EmbeddedRedis(settings.folder).command()
        except MarketwrightError as error:
            return Finding(part, Health.PROBLEM, error.message, "install Redis and set redis.url")
        return good(part, "embedded")
    shown = without_password(url)
    queue = await open_queue(url)
    try:
        seconds, micros = await queue.pool.time()
    except (RedisError, OSError) as error:
        return Finding(part, Health.PROBLEM, f"{shown}: {type(error).__name__}", "start it, or mend redis.url")
    finally:
        await queue.close()
    apart = abs(time.time() - seconds - micros / 1e6)
    if apart > _MOST_SECONDS_APART:
        return Finding(part, Health.WARNING, f"its clock is {apart:.0f} s from ours", "set both clocks by NTP")
    return good(part, f"{shown} answers")


async def plugins(_: Settings) -> Finding:
    """Look at the plugins."""
    registry = Registry.discover()
    if registry.quarantined:
        reasons = "; ".join(f"{one.name} ({one.origin}): {one.reason}" for one in registry.quarantined)
        return Finding("plugins", Health.PROBLEM, f"quarantined: {reasons}", "update or uninstall what is named")
    return good("plugins", f"{len(registry.channels)} channels: {', '.join(sorted(registry.by_name))}")


async def rulepacks(settings: Settings) -> Finding:
    """Look at the rulepacks of the program, of plugins, and of the folders that the settings name."""
    try:
        known = library(settings)
    except ConfigurationError as error:
        return Finding("rulepacks", Health.PROBLEM, error.message, "mend the file, or rulepacks.folders")
    if known.left_out:
        reasons = "; ".join(f"{one.brought_by}: {one.reason}" for one in known.left_out)
        return Finding("rulepacks", Health.PROBLEM, f"quarantined: {reasons}", "update or uninstall what is named")
    return good("rulepacks", f"{len(list(known))} in {', '.join(str(folder.path) for folder in known.folders)}")


async def address(settings: Settings) -> Finding:
    """Look at our public address."""
    url = settings.web.public_url
    if url is None:
        return Finding(
            "public address", Health.WARNING, "none is set: channels cannot send webhooks", "set web.public_url"
        )
    if not url.startswith("https://"):
        return Finding("public address", Health.WARNING, f"{url} is not https", "put a TLS proxy in front of it")
    return good("public address", url)


async def clock(settings: Settings) -> Finding:
    """Look at the clock: signatures and tokens carry a time, and nothing we wrote lies in the future."""
    newest = max((one.stat().st_mtime for one in settings.folder.glob("*") if one.is_file()), default=0.0)
    ahead = newest - time.time()
    if ahead > _MOST_SECONDS_APART:
        return Finding("clock", Health.PROBLEM, f"files of ours are {ahead:.0f} s in the future", "set it by NTP")
    return good("clock", f"{now():%Y-%m-%d %H:%M:%S} UTC")


async def reviewers(settings: Settings) -> Finding:
    """Look at whether enough people may decide for as many to be asked for."""
    part, needed = "reviewers", people_needed(settings.knowledge_management)
    if needed < 2:
        return good(part, "one person's approvals are enough for a correction to apply itself")
    if _is_to_be_made(settings.database_url):
        return good(part, f"{needed} have to approve a correction before it applies itself")
    try:
        async with reached_store(settings):
            known = {} if await pending_migrations() else await users.reviewers()
    except (ConfigurationError, sqlite3.Error, asyncpg.PostgresError):
        return good(part, f"{needed} are asked for; the database does not say who there is")
    short = [f"{name} has {people}" for name, people in known.items() if people < needed]
    if short:
        message = f"{needed} people have to approve a correction, but {'; '.join(short)}: nothing will apply itself"
        return Finding(part, Health.WARNING, message, "add people, or lower knowledge_management.min_reviewers")
    return good(part, f"{needed} have to approve a correction before it applies itself")


LOOKS: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (
    data_folder,
    keys,
    database,
    redis,
    plugins,
    rulepacks,
    address,
    clock,
    reviewers,
)
