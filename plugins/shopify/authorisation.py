"""Connecting a shop by Shopify's own page: the authorization code grant, for public apps and custom apps of others.

Sources: shopify-app-js `lib/auth/oauth` (the requests) and `lib/utils/hmac-validator.ts` (the signature: all other
parameters sorted, percent-encoded, at most 90 seconds old).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import quote

from marketwright import BadSignature, Callback, Client, Handover, Malformed, SignIn, verify_hmac_hex
from plugins.shopify import tokens
from plugins.shopify.account import SCOPES
from plugins.shopify.settings import Settings, shop_domain

TOLERANCE = 90
"""Seconds that a callback may be old, or ahead of our clock."""


def authorise(values: Mapping[str, str], handover: Handover) -> str:
    """Return the address at which the shop asks its owner whether our app may come in."""
    wanted = {
        "client_id": values["api_key"],
        "scope": ",".join(SCOPES),
        "redirect_uri": handover.callback_url,
        "state": handover.state,
        "grant_options[]": "",  # empty: a token of the shop, which outlives the session of the person
    }
    return f"{_app(values).origin}/admin/oauth/authorize?{encoded(wanted)}"


def state_of(callback: Callback) -> str:
    """Return the state that came back."""
    return callback.query.get("state", "")


async def accept(values: Mapping[str, str], callback: Callback, client: Client) -> dict[str, str]:
    """Exchange the code of a callback that is Shopify's, fresh, and about this very shop."""
    app = _app(values)
    verify(callback.query, app, time.time())
    code = callback.query.get("code", "")
    if not code:
        raise Malformed("Shopify's callback holds no code.", code="no_code")
    granted = await tokens.exchange(client, app, {"code": code, "expiring": "1"})
    return {
        "access_token": granted.access_token,
        "refresh_token": granted.refresh_token,
        "token_expires_at": str(granted.token_expires_at),
    }


def verify(query: Mapping[str, str], app: Settings, now: float) -> None:
    """Raise `BadSignature` unless the parameters were signed by Shopify just now, for this shop."""
    secrets = (app.api_secret, app.previous_api_secret)
    if not verify_hmac_hex(secrets, signed_text(query).encode(), query.get("hmac", "")):
        raise BadSignature("This callback was not signed with the app's API secret key.")
    stamp = query.get("timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or abs(now - int(stamp)) > TOLERANCE:
        raise BadSignature("This callback is too old, or one of the two clocks is wrong.", code="stale_timestamp")
    try:
        shop = shop_domain(query.get("shop", ""))
    except ValueError:
        shop = ""
    if shop != app.shop_domain:
        raise BadSignature("This callback is about another shop than the one you named.", code="other_shop")


def signed_text(query: Mapping[str, str]) -> str:
    """Return what Shopify signs of a callback: every parameter but the signatures, sorted and percent-encoded."""
    return encoded({name: query[name] for name in sorted(query) if name not in {"hmac", "signature"}})


def encoded(query: Mapping[str, str]) -> str:
    """Return a query in its order, with spaces as %20."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())


def _app(values: Mapping[str, str]) -> Settings:
    """Return the settings of an app that has no token yet."""
    try:
        return Settings(
            shop_domain=values["shop_domain"],
            api_key=values["api_key"],
            api_secret=values["api_secret"],
            previous_api_secret=values.get("previous_api_secret", ""),
        )
    except ValueError as error:
        raise Malformed(f"The settings do not fit: {error}", where="shop_domain") from error


sign_in = SignIn(
    needs=("shop_domain", "api_key", "api_secret"),
    authorise=authorise,
    state_of=state_of,
    accept=accept,
    hosts=lambda values: (_app(values).shop_domain,),
    hint="Fill in the shop domain, the API key and the API secret key. In the app's configuration, {callback_url} must "
    "stand among the redirect URLs.",
)
