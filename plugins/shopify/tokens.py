"""Access tokens: those that never expire, those fetched with the app's credentials, those refreshed by rotation.

What brings one is always the same endpoint with another grant.

Sources: shopify-app-js `lib/auth/oauth` (requests), shopify.dev "offline access tokens" (60 minutes, a new refresh
token at each refresh) and "client credentials" (24 hours).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import msgspec

from marketwright import Client, Connection, Malformed, NeedsAttention, Response
from plugins.shopify.settings import Settings

_OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
_MARGIN = 120
"""Seconds before its end at which a token is renewed, so that it does not expire on its way."""


class _Granted(msgspec.Struct, frozen=True, kw_only=True):
    """The token endpoint's answer."""

    access_token: str
    expires_in: int | None = None
    refresh_token: str = ""


@dataclass(eq=False)
class _Held:
    """The newest settings of one connection, for those whose copy was opened before a renewal."""

    settings: Settings
    known: deque[int] = field(default_factory=lambda: deque(maxlen=50))
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


# A connection is opened anew for each job, and jobs overlap: that a token is renewed once, and not once a job, needs
# something that outlives them. One entry a connection; it goes with the event loop.
_HELD: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, _Held]] = WeakKeyDictionary()


async def current(connection: Connection) -> Settings:
    """Return the connection's settings with an access token that holds, renewed where it is about to expire."""
    held = _held(connection)
    if _fresh(held.settings):
        return held.settings
    return await renew(connection, held.settings)


async def renew(connection: Connection, used: Settings) -> Settings:
    """Return settings with another access token than `used` has; callers at the same time share one renewal.

    The new token is persisted before it is used: a rotated refresh token that gets lost locks us out.
    """
    held = _held(connection)
    async with held.turn:
        if held.settings.access_token != used.access_token and _fresh(held.settings):
            return held.settings
        return await _kept(connection, held, await _granted(connection, held.settings))


async def trade(connection: Connection) -> None:
    """Trade an access token that never expires for one that does and renews itself; another kind stays as it is.

    Shopify takes the old one back. From 2027-01-01 it refuses such tokens of public apps.
    """
    held = _held(connection)
    async with held.turn:
        if not lasting(held.settings):
            return
        wanted = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": held.settings.access_token,
            "subject_token_type": _OFFLINE,
            "requested_token_type": _OFFLINE,
            "expiring": "1",
        }
        await _kept(connection, held, await exchange(connection.http, held.settings, wanted))


def lasting(settings: Settings) -> bool:
    """Say whether the access token never expires, and could be traded for one that does."""
    is_lasting = bool(settings.access_token) and not settings.token_expires_at and not settings.refresh_token
    return is_lasting and bool(settings.api_key and settings.api_secret)


async def _kept(connection: Connection, held: _Held, settings: Settings) -> Settings:
    """Persist a new token, then let it be used."""
    if connection.save_settings is not None:
        await connection.save_settings(settings)
    held.settings = settings
    held.known.append(_mark(settings))
    return settings


def _held(connection: Connection) -> _Held:
    """Return what is held for a connection; settings that a person changed replace it."""
    settings: Settings = connection.settings
    of_loop = _HELD.setdefault(asyncio.get_running_loop(), {})
    held = of_loop.get(connection.id)
    if held is None or _mark(settings) not in held.known:
        held = of_loop[connection.id] = _Held(settings)
        held.known.append(_mark(settings))
    return held


def _mark(settings: Settings) -> int:
    return hash((settings.shop_domain, settings.access_token, settings.refresh_token, settings.api_secret))


def _fresh(settings: Settings) -> bool:
    if not settings.access_token:
        return False
    return settings.token_expires_at == 0 or settings.token_expires_at - _MARGIN > time.time()


async def _granted(connection: Connection, settings: Settings) -> Settings:
    """Ask the token endpoint for a new access token."""
    if not settings.renewable:
        raise NeedsAttention(
            "The access token has expired and cannot be renewed: enter the app's API key and API secret key.",
            code="wrong_key",
        )
    if settings.refresh_token:
        wanted = {"grant_type": "refresh_token", "refresh_token": settings.refresh_token}
    else:
        wanted = {"grant_type": "client_credentials"}
    # Repeatable: a refresh token stays valid until its replacement is first used (changelog 2026-08-28).
    return await exchange(connection.http, settings, wanted, repeatable=True)


async def exchange(client: Client, app: Settings, wanted: Mapping[str, str], *, repeatable: bool = False) -> Settings:
    """Show the token endpoint the app's credentials and a grant; return the settings with the token it gives."""
    response = await client.request(
        "POST",
        f"{app.origin}/admin/oauth/access_token",
        json={"client_id": app.api_key, "client_secret": app.api_secret, **wanted},
        headers={"Accept": "application/json"},
        operation="Token",
        cost=0,
        idempotent=repeatable,
    )
    if response.status != 200:
        raise _refused(response, wanted)
    try:
        granted = msgspec.convert(response.json(), _Granted)
    except msgspec.ValidationError as error:
        raise Malformed(
            f"Shopify's answer with the access token has an unexpected form: {error}", code="unexpected_form"
        ) from error
    return msgspec.structs.replace(
        app,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token or app.refresh_token,
        token_expires_at=int(time.time()) + granted.expires_in if granted.expires_in else 0,
    )


def _refused(response: Response, wanted: Mapping[str, str]) -> NeedsAttention:
    """Return what a person has to do about a refused grant. The reason is quoted only where it is a plain word."""
    word = re.search(r'"error"\s*:\s*"([a-z_]{1,40})"', response.text)
    reason = word[1] if word else f"status {response.status}"
    if "code" in wanted:
        return NeedsAttention(
            f"Shopify does not exchange the code for an access token ({reason}): check the API key and the API secret "
            "key, and sign in again.",
            code="wrong_key",
        )
    if "subject_token" in wanted:
        return NeedsAttention(
            f"Shopify does not trade this access token for one that expires ({reason}): it stays as it is. Apps made "
            "in the shop's admin keep theirs; switch the trade off.",
            code="token_not_traded",
        )
    if "refresh_token" in wanted:
        return NeedsAttention(
            f"Shopify does not take the refresh token ({reason}): install the app in the shop again.",
            code="token_revoked",
        )
    return NeedsAttention(
        f"Shopify gives no access token for this API key and API secret key ({reason}): check both, and that the app "
        "is installed in this shop and belongs to the same organisation.",
        code="wrong_key",
    )
