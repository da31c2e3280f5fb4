"""The settings of a Shopify connection: one shop, and one of three forms of credentials."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

_SHOP = re.compile(r"^[a-z0-9][a-z0-9_-]*\.(myshopify\.com|shopify\.com|myshopify\.io|shop\.dev)$")
_LOOPBACK = re.compile(r"^127\.0\.0\.1(:\d{1,5})?$")
_ADMIN = re.compile(r"^admin\.shopify\.com/store/([a-z0-9][a-z0-9_-]*)")
_HANDLE = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
_DEV_DASHBOARD = "https://dev.shopify.com/dashboard"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the shop is and how we may enter it.

    Either `access_token` alone (a token that does not expire, of an app made in the shop's admin), or `api_key` and
    `api_secret` alone (an app of the Dev Dashboard: tokens of 24 hours are asked for), or these two with
    `refresh_token` (a public app: tokens of one hour, each refresh gives a new refresh token).
    """

    shop_domain: Annotated[
        str,
        Meta(
            title="Shop domain",
            description="The shop's own address at Shopify, such as mystore.myshopify.com; not the customers' domain.",
            extra_json_schema={"link": "https://admin.shopify.com/settings/domains"},
        ),
    ]
    access_token: Annotated[
        str,
        Meta(
            title="Admin API access token",
            description="For an app made in the shop's admin: it starts with shpat_ and is shown once. Leave it empty "
            "for an app of the Dev Dashboard; it is then fetched with the client ID and secret.",
            extra_json_schema={
                "secret": True,
                "link": "https://admin.shopify.com/settings/apps/development",
            },
        ),
    ] = ""
    api_key: Annotated[
        str,
        Meta(
            title="API key (client ID)",
            description="The app's client ID; the shop's admin calls it API key.",
            extra_json_schema={"link": _DEV_DASHBOARD},
        ),
    ] = ""
    api_secret: Annotated[
        str,
        Meta(
            title="API secret key (client secret)",
            description="Signs the webhooks, and fetches access tokens for apps of the Dev Dashboard.",
            extra_json_schema={"secret": True, "link": _DEV_DASHBOARD},
        ),
    ] = ""
    previous_api_secret: Annotated[
        str,
        Meta(
            title="Previous API secret key",
            description="Only for a time after the secret was rotated: webhooks signed with the old one are taken too.",
            extra_json_schema={"secret": True, "advanced": True},
        ),
    ] = ""
    refresh_token: Annotated[
        str,
        Meta(
            title="Refresh token",
            description="Only for apps with expiring offline tokens. It is replaced at each refresh by itself.",
            extra_json_schema={"secret": True, "advanced": True},
        ),
    ] = ""
    token_expires_at: Annotated[
        int,
        Meta(
            title="Access token expires at",
            description="Seconds since 1970; kept by the program. 0 for a token that does not expire.",
            ge=0,
            extra_json_schema={"advanced": True},
        ),
    ] = 0
    trade_token: Annotated[
        bool,
        Meta(
            title="Trade the access token for one that expires",
            description="For public apps, whose tokens without an end Shopify refuses from 2027-01-01. The next test "
            "does it; Shopify then takes the old token back.",
            extra_json_schema={"advanced": True},
        ),
    ] = False

    def __post_init__(self) -> None:
        """Bring the domain into its one form, and refuse what can never work."""
        msgspec.structs.force_setattr(self, "shop_domain", shop_domain(self.shop_domain))
        if not self.access_token and not (self.api_key and self.api_secret):
            raise ValueError("enter an access token, or the API key and the API secret key of the app")
        if self.refresh_token and not (self.api_key and self.api_secret):
            raise ValueError("a refresh token works only together with the API key and the API secret key")

    def __repr__(self) -> str:
        """Show the shop only: the rest is secret."""
        return f"Settings(shop_domain={self.shop_domain!r})"

    @property
    def renewable(self) -> bool:
        """Say whether a new access token can be fetched without a person."""
        expiring = bool(self.refresh_token or self.token_expires_at or not self.access_token)
        return expiring and bool(self.api_key and self.api_secret)

    @property
    def origin(self) -> str:
        """Return the address that all calls start with; loopback (the sandbox twin) speaks plain http."""
        scheme = "http" if _LOOPBACK.match(self.shop_domain) else "https"
        return f"{scheme}://{self.shop_domain}"


def shop_domain(text: str) -> str:
    """Return the shop's domain in its one form, from whatever of its addresses was pasted.

    The pattern is that of Shopify's own library (shopify-app-js, `shop-validator.ts`): it keeps our calls, and the
    credentials in them, on Shopify's hosts. Loopback is for the sandbox twin.
    """
    plain = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if in_admin := _ADMIN.match(plain):
        return f"{in_admin[1]}.myshopify.com"
    plain = plain.partition("/")[0]
    if _HANDLE.match(plain):
        return f"{plain}.myshopify.com"
    if _SHOP.match(plain) or _LOOPBACK.match(plain):
        return plain
    raise ValueError("enter the shop's address at Shopify, such as mystore.myshopify.com")
