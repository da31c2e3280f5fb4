"""Access tokens: those that never expire, those fetched with the app's credentials, those refreshed by rotation.

Sources: shopify-app-js `lib/auth/oauth` (requests), shopify.dev "offline access tokens" (60 minutes, a new refresh
token at each refresh) and "client credentials" (24 hours).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import msgspec

from marketwright import Connection, Malformed, NeedsAttention, Response
from plugins.shopify.settings import Settings

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
        settings = await _granted(connection, held.settings)
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
    wanted = {"client_id": settings.api_key, "client_secret": settings.api_secret}
    if settings.refresh_token:
        wanted |= {"grant_type": "refresh_token", "refresh_token": settings.refresh_token}
    else:
        wanted |= {"grant_type": "client_credentials"}
    response = await connection.http.request(
        "POST",
        f"{settings.origin}/admin/oauth/access_token",
        json=wanted,
        headers={"Accept": "application/json"},
        operation="Token",
        cost=0,
        idempotent=True,  # a refresh token stays valid until its replacement is first used (changelog 2026-08-28)
    )
    if response.status != 200:
        raise _refused(response, settings)
    try:
        granted = msgspec.convert(response.json(), _Granted)
    except msgspec.ValidationError as error:
        raise Malformed(
            f"Shopify's answer with the access token has an unexpected form: {error}", code="unexpected_form"
        ) from error
    return msgspec.structs.replace(
        settings,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token or settings.refresh_token,
        token_expires_at=int(time.time()) + granted.expires_in if granted.expires_in else 0,
    )


def _refused(response: Response, settings: Settings) -> NeedsAttention:
    """Return what a person has to do about a refused grant. The reason is quoted only where it is a plain word."""
    word = re.search(r'"error"\s*:\s*"([a-z_]{1,40})"', response.text)
    reason = word[1] if word else f"status {response.status}"
    if settings.refresh_token:
        return NeedsAttention(
            f"Shopify does not take the refresh token ({reason}): install the app in the shop again.",
            code="token_revoked",
        )
    return NeedsAttention(
        f"Shopify gives no access token for this API key and API secret key ({reason}): check both, and that the app "
        "is installed in this shop and belongs to the same organisation.",
        code="wrong_key",
    )
