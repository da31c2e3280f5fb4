"""Notifications over the API: one's own digests, and for admins the endpoints that take them as webhooks."""

from datetime import datetime

import msgspec
from litestar import Controller, delete, get, patch, post, put
from litestar.params import JSONBody

from core.api.bodies import EndpointChange, NewEndpoint, WantedDigests
from core.api.door import Caller, Installation, admins_only
from core.api.parameters import Id
from core.model.notices import About, Digest, DigestState, Frequency
from core.notifications import endpoints, preferences, sending
from core.notifications.preferences import USUAL_HOUR, Preferences
from core.store import digests, recipients
from core.store.recipients import RecipientRow, SubscriptionRow

MOST_DIGESTS = 50


class SentDigest(msgspec.Struct, frozen=True, kw_only=True):
    """A digest and what became of it. `id` is what a receiver knows it by."""

    id: str
    endpoint_id: int | None
    state: DigestState
    attempts: int
    error: str | None
    created_at: datetime
    content: Digest


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that takes digests. `disabled_reason` says why it gets none any more."""

    id: int
    url: str
    trouble: Frequency
    corrections: Frequency
    hour: int
    disabled_reason: str | None
    created_at: datetime


class EndpointSecret(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint's secret. It is shown this once."""

    id: int
    secret: str

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"EndpointSecret(id={self.id})"


class Notifications(Controller):
    """One's own digests by mail."""

    path = "/notifications"
    tags = ("Notifications",)

    @get("/", summary="Read how one is told")
    async def read(self, actor: Caller) -> Preferences:
        """One's own address, whether it is confirmed, and how often one is told of what."""
        return await preferences.of_actor(actor)

    @put("/", summary="Set how one is told")
    async def save(self, actor: Caller, context: Installation, data: JSONBody[WantedDigests]) -> Preferences:
        """Keep an address and how often; a new address is sent a link that confirms it. Null ends all digests."""
        wanted = {About.TROUBLE: data.trouble, About.CORRECTIONS: data.corrections}
        await preferences.save(context, actor, data.address or "", wanted, data.hour)
        return await preferences.of_actor(actor)

    @get("/digests", summary="List digests")
    async def listed(self, actor: Caller) -> list[SentDigest]:
        """The newest digests to oneself, and for admins those to endpoints, each with what became of it."""
        own = await recipients.of_user(actor.user)
        known = await recipients.endpoints(actor.merchant) if actor.is_admin else []
        found = await digests.latest([*([own.id] if own else []), *(one.id for one in known)], MOST_DIGESTS)
        return [
            SentDigest(
                id=one.key,
                endpoint_id=None if own is not None and one.recipient == own.id else one.recipient,
                state=one.state,
                attempts=one.attempts,
                error=one.error,
                created_at=one.created_at,
                content=one.content,
            )
            for one in found
        ]


class Endpoints(Controller):
    """Endpoints that take digests as signed webhooks."""

    path = "/webhook-endpoints"
    tags = ("Notifications",)
    guards = (admins_only,)

    @get("/", summary="List endpoints")
    async def listed(self, actor: Caller) -> list[Endpoint]:
        """The endpoints of one's merchant; their secrets are not told again."""
        known = await recipients.endpoints(actor.merchant)
        told = await recipients.subscriptions([one.id for one in known])
        return [_shown(one, told[one.id]) for one in known]

    @post("/", summary="Add an endpoint")
    async def add(self, actor: Caller, context: Installation, data: JSONBody[NewEndpoint]) -> EndpointSecret:
        """Add an endpoint. Messages to it are signed (Standard Webhooks) with the secret, which is shown this once."""
        wanted = {About.TROUBLE: data.trouble, About.CORRECTIONS: data.corrections}
        added, secret = await endpoints.add(context, actor, data.url, wanted, data.hour)
        return EndpointSecret(id=added, secret=secret)

    @patch("/{endpoint_id:int}", summary="Change an endpoint")
    async def change(
        self, actor: Caller, context: Installation, endpoint_id: Id, data: JSONBody[EndpointChange]
    ) -> Endpoint:
        """Change what an endpoint is told; one that was switched off is tried again."""
        given = {About.TROUBLE: data.trouble, About.CORRECTIONS: data.corrections}
        wanted = {about: frequency for about, frequency in given.items() if frequency is not None}
        row = await endpoints.visible(actor, endpoint_id)
        told = (await recipients.subscriptions([row.id]))[row.id]
        hour = data.hour if data.hour is not None else _shown(row, told).hour
        await endpoints.change(context, actor, endpoint_id, wanted=wanted, hour=hour, url=data.url)
        row = await endpoints.visible(actor, endpoint_id)
        return _shown(row, (await recipients.subscriptions([row.id]))[row.id])

    @post("/{endpoint_id:int}/secret", summary="Renew an endpoint's secret")
    async def renew(self, actor: Caller, context: Installation, endpoint_id: Id) -> EndpointSecret:
        """Make another secret, which is shown this once; the one before ends at once."""
        return EndpointSecret(id=endpoint_id, secret=await endpoints.renew_secret(context, actor, endpoint_id))

    @post("/{endpoint_id:int}/test", status_code=204, summary="Test an endpoint")
    async def test(self, actor: Caller, context: Installation, endpoint_id: Id) -> None:
        """Send a signed `ping`; an error says what is wrong."""
        await sending.try_out(context, await endpoints.visible(actor, endpoint_id))

    @delete("/{endpoint_id:int}", summary="Remove an endpoint")
    async def remove(self, actor: Caller, context: Installation, endpoint_id: Id) -> None:
        """Remove an endpoint with what it was not told yet."""
        await endpoints.remove(context, actor, endpoint_id)


def _shown(row: RecipientRow, told: list[SubscriptionRow]) -> Endpoint:
    frequencies = {one.about: one.frequency for one in told}
    return Endpoint(
        id=row.id,
        url=row.address,
        trouble=frequencies.get(About.TROUBLE, Frequency.OFF),
        corrections=frequencies.get(About.CORRECTIONS, Frequency.OFF),
        hour=told[0].hour if told else USUAL_HOUR,
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
    )
