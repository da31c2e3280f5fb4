"""Connections over the API: accounts on channels, their health, their pulls and their webhooks."""

from typing import Any

from litestar import Controller, get, patch, post
from litestar.params import JSONBody

from core import connections
from core.api.bodies import ConnectionChange, NewConnection
from core.api.door import Caller, Installation, admins_only
from core.api.parameters import After, ConnectionId, Id, Limit
from core.channel import Subscription
from core.connections import TestResult
from core.connections_form import shown
from core.errors import Malformed, NotFound
from core.model.people import Actor
from core.opening import unseal
from core.rulebook import Requirements, requirements_of
from core.store import connections as stored
from core.store import merchants
from core.store.listings import connections as listing
from core.store.listings import sync_runs
from core.store.listings.connections import ConnectionItem
from core.store.listings.page import Page
from core.store.listings.sync_runs import SyncRunItem


class Connections(Controller):
    """Accounts on channels."""

    path = "/connections"
    tags = ("Connections",)

    @get("/", summary="List connections")
    async def listed(self, actor: Caller) -> list[ConnectionItem]:
        """All connections with their health, their counts and their newest pulls; never their credentials."""
        return await listing.connections(actor.merchant)

    @get("/{connection_id:int}", summary="Look at a connection")
    async def one(self, actor: Caller, connection_id: Id) -> ConnectionItem:
        """One connection with its health."""
        return await listing.one(actor.merchant, connection_id)

    @get("/{connection_id:int}/settings", guards=[admins_only], summary="Look at a connection's settings")
    async def settings(self, actor: Caller, context: Installation, connection_id: Id) -> dict[str, Any]:
        """The settings by name. Of a secret only whether it is set is told. Admins only."""
        row = connections.visible(actor, await stored.get(connection_id))
        channel = context.registry.channel(row.channel)
        return shown(channel, unseal(context, channel, row))

    @post("/", guards=[admins_only], summary="Connect an account")
    async def create(self, actor: Caller, context: Installation, data: JSONBody[NewConnection]) -> ConnectionItem:
        """Add a connection; its credentials are sealed. Test it next. Admins only."""
        connection_id = await connections.create(
            context,
            actor,
            merchant=await _merchant(actor, data.merchant),
            channel=data.channel,
            name=data.name,
            values=data.settings,
            mode=data.mode,
            sync_minutes=data.sync_minutes,
        )
        return await listing.one(actor.merchant, connection_id)

    @patch("/{connection_id:int}", guards=[admins_only], summary="Change a connection")
    async def update(
        self, actor: Caller, context: Installation, connection_id: Id, data: JSONBody[ConnectionChange]
    ) -> ConnectionItem:
        """Change what is given and leave the rest. Admins only."""
        await connections.update(
            context,
            actor,
            connection_id,
            values=data.settings,
            name=data.name,
            mode=data.mode,
            enabled=data.enabled,
            sync_minutes=data.sync_minutes,
            rulepack=data.rulepack,
        )
        return await listing.one(actor.merchant, connection_id)

    @post("/{connection_id:int}/test", status_code=200, guards=[admins_only], summary="Test a connection")
    async def test(self, actor: Caller, context: Installation, connection_id: Id) -> TestResult:
        """Try the credentials now and say what was found. Admins only."""
        return await connections.test(context, actor, connection_id)

    @post("/{connection_id:int}/sync", status_code=202, guards=[admins_only], summary="Pull now")
    async def sync(self, actor: Caller, context: Installation, connection_id: Id) -> None:
        """Ask for a pull; `GET /api/v1/sync-runs` shows how it goes. Admins only."""
        await connections.sync_now(context, actor, connection_id)

    @get("/{connection_id:int}/requirements", summary="Look at what a platform publishes")
    async def requirements(self, actor: Caller, context: Installation, connection_id: Id) -> Requirements:
        """What the platform itself asks of products: the rules made of it, and what was left out with its reason."""
        return await requirements_of(context, connections.visible(actor, await stored.get(connection_id)))

    @post(
        "/{connection_id:int}/requirements",
        status_code=202,
        guards=[admins_only],
        summary="Read what a platform publishes",
    )
    async def read_requirements(self, actor: Caller, context: Installation, connection_id: Id) -> None:
        """Ask for the platform's requirements now; what changed has the records checked again. Admins only."""
        await connections.read_requirements_now(context, actor, connection_id)

    @get("/{connection_id:int}/webhooks", guards=[admins_only], summary="List webhook subscriptions")
    async def webhooks(self, actor: Caller, context: Installation, connection_id: Id) -> list[Subscription]:
        """The subscriptions as the channel lists them. Admins only."""
        return await connections.list_webhooks(context, actor, connection_id)

    @post("/{connection_id:int}/webhooks", status_code=200, guards=[admins_only], summary="Register webhooks")
    async def register(self, actor: Caller, context: Installation, connection_id: Id) -> list[Subscription]:
        """Subscribe to what is missing, revive what the channel switched off, and list what stands. Admins only."""
        return await connections.register_webhooks(context, actor, connection_id)


@get("/sync-runs", tags=["Connections"], summary="List pulls")
async def list_sync_runs(
    actor: Caller, connection: ConnectionId = None, after: After = None, limit: Limit = 50
) -> Page[SyncRunItem]:
    """Pulls, newest first, with their counts."""
    return await sync_runs.sync_runs(actor.merchant, connection, after, limit)


async def _merchant(actor: Actor, wanted: int | None) -> int:
    """Return whose account is connected: the one named, which must be the caller's to name."""
    merchant = wanted if wanted is not None else actor.merchant
    if merchant is None:
        raise Malformed("Say whose account it is.", where="merchant")
    if actor.merchant not in (None, merchant) or merchant not in await merchants.names():
        raise NotFound(f"There is no merchant {merchant}.")
    return merchant
