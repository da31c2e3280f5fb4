"""Connections: how each account is doing, and what may be done with it."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import admins_only, opened, signed_in
from admin_ui.notices import Notice
from admin_ui.rendering import page
from admin_ui.words import plural
from core import connections, versions
from core.channel import Subscription
from core.errors import Malformed, MarketwrightError
from core.model.corrections import Mode
from core.rulebook import Requirements, requirements_of
from core.store import connections as stored
from core.store.listings import connections as connections_listing
from core.store.listings import sync_runs as runs_listing

MODES = (
    (Mode.OBSERVE, "Observe", "Issues are found and shown. Nothing is proposed or changed."),
    (Mode.SUGGEST, "Suggest", "Corrections are proposed; what a person approves is pushed to the channel."),
    (
        Mode.APPLY_LOCALLY,
        "Apply locally",
        "Proven corrections change our copy alone; what people approve is pushed.",
    ),
    (Mode.APPLY_AND_PUSH, "Apply and push", "Proven corrections apply themselves and are pushed to the channel."),
)


class Subscribed(msgspec.Struct, frozen=True):
    """What the channel says of its webhooks, or why it cannot be asked."""

    items: list[Subscription]
    trouble: str | None = None


@get("/connections", include_in_schema=False)
async def all_connections(request: Request[Any, Any, Any]) -> Template:
    """List connections with their health."""
    admins_only(request)
    found = await connections_listing.connections(signed_in(request).actor.merchant)
    quarantined = opened(request).registry.quarantined
    return await page(request, "connections/page.html", here="connections", found=found, quarantined=quarantined)


@get("/connections/{connection_id:int}", include_in_schema=False)
async def one_connection(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Template:
    """Show one connection; its webhooks are asked of the channel only when wanted."""
    admins_only(request)
    item = await connections_listing.one(signed_in(request).actor.merchant, connection_id)
    channel = opened(request).registry.by_name.get(item.channel)
    wanted = "webhooks" in request.query_params and channel is not None and channel.list_webhooks is not None
    publishes = channel is not None and channel.pull_requirements is not None
    runs = await runs_listing.sync_runs(signed_in(request).actor.merchant, connection=connection_id, limit=10)
    return await page(
        request,
        "connections/one.html",
        here="connections",
        item=item,
        standing=await versions.standing(opened(request), signed_in(request).actor, connection_id),
        runs=runs.items,
        modes=MODES,
        has_webhooks=channel is not None and channel.register_webhooks is not None,
        webhook_address=(opened(request).public_url or str(request.base_url)).rstrip("/") + item.webhook_path,
        subscribed=await subscribed(request, connection_id) if wanted else None,
        published=await published(request, connection_id) if publishes else None,
    )


async def published(request: Request[Any, Any, Any], connection_id: int) -> Requirements:
    """Return what the platform publishes of its requirements."""
    row = connections.visible(signed_in(request).actor, await stored.get(connection_id))
    return await requirements_of(opened(request), row)


async def subscribed(request: Request[Any, Any, Any], connection_id: int) -> Subscribed:
    """Ask the channel which webhooks it sends."""
    try:
        found = await connections.list_webhooks(opened(request), signed_in(request).actor, connection_id)
    except MarketwrightError as error:
        return Subscribed([], error.message)
    return Subscribed(found)


@post("/connections/{connection_id:int}/test", status_code=200, include_in_schema=False)
async def test(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Try the credentials and say what was found."""
    admins_only(request)
    result = await connections.test(opened(request), signed_in(request).actor, connection_id)
    notice = Notice(result.message, bad=not result.ok)
    return done(request, notice, f"/connections/{connection_id}", ok=result.ok, code=result.code)


@post("/connections/{connection_id:int}/sync", status_code=200, include_in_schema=False)
async def sync(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Ask for a pull now."""
    admins_only(request)
    await connections.sync_now(opened(request), signed_in(request).actor, connection_id)
    return done(request, Notice("A pull is asked for; it starts in a moment."), f"/connections/{connection_id}")


@post("/connections/{connection_id:int}/requirements", status_code=200, include_in_schema=False)
async def read_requirements(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Ask for what the platform publishes of its requirements."""
    admins_only(request)
    await connections.read_requirements_now(opened(request), signed_in(request).actor, connection_id)
    return done(request, Notice("They are asked for; it takes a moment."), f"/connections/{connection_id}")


@post("/connections/{connection_id:int}/webhooks", status_code=200, include_in_schema=False)
async def register_webhooks(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Subscribe to the channel's webhooks."""
    admins_only(request)
    found = await connections.register_webhooks(opened(request), signed_in(request).actor, connection_id)
    notice = Notice(f"{plural(len(found), 'webhook')} registered at the channel.")
    return done(request, notice, f"/connections/{connection_id}?webhooks=1", count=len(found))


@post("/connections/{connection_id:int}/settings", status_code=200, include_in_schema=False)
async def settings(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Set mode, frequency, and whether it runs at all."""
    admins_only(request)
    form = await request.form()
    mode = str(form.get("mode", ""))
    minutes = str(form.get("sync_minutes", ""))
    if mode not in set(Mode):
        raise Malformed("Choose one of the four modes.")
    if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes) <= 10080):
        raise Malformed("The sync frequency is a number of minutes between 1 and 10080 (a week).")
    await connections.update(
        opened(request),
        signed_in(request).actor,
        connection_id,
        mode=Mode(mode),
        enabled=form.get("enabled") == "1",
        sync_minutes=int(minutes),
    )
    return done(request, Notice("Saved."), f"/connections/{connection_id}")


HANDLERS = (all_connections, one_connection, test, sync, read_requirements, register_webhooks, settings)
