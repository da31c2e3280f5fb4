"""The credential test: whose shop it is, what the app may do there, and how far the shop goes."""

from __future__ import annotations

from typing import Any

from marketwright import Account, Connection, Malformed, NeedsAttention
from plugins.shopify import tokens
from plugins.shopify.client import ask
from plugins.shopify.documents import API_VERSION
from plugins.shopify.documents.account import ACCOUNT
from plugins.shopify.settings import Settings

SCOPES = (
    "read_products",
    "write_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_orders",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
"""What the functions of this plugin need; `write_files` besides, to correct the alternative text of images."""


async def test_credentials(connection: Connection) -> Account:
    """Return the shop that the credentials open, with the rights that are missing. Trade the token first if asked."""
    settings: Settings = connection.settings
    if settings.trade_token:
        await tokens.trade(connection)
    try:
        answer = await ask(connection, ACCOUNT, {})
    except Malformed as error:
        raise NeedsAttention(
            "A page came in place of the shop's data: check the shop domain, and whether a proxy of this server "
            f"answers in its place. {error.message}",
            code="not_json",
        ) from error
    shop: dict[str, Any] = answer.data.get("shop") or {}
    installation: dict[str, Any] = answer.data.get("currentAppInstallation") or {}
    granted = {str(scope.get("handle")) for scope in installation.get("accessScopes") or []}
    limits: dict[str, Any] = shop.get("resourceLimits") or {}
    facts = {
        "shop": shop.get("myshopifyDomain"),
        "currency": shop.get("currencyCode"),
        "weight_unit": str(shop.get("weightUnit") or "").lower() or None,
        "time_zone": shop.get("ianaTimezone"),
        "options_per_product": limits.get("maxProductOptions"),
        "variants_per_product": limits.get("maxProductVariants"),
        "locations": limits.get("locationLimit"),
        "api_version": _version(answer.version),
        "access_token": _token(await tokens.current(connection)),
    }
    return Account(
        name=str(shop.get("name") or ""),
        missing_rights=tuple(scope for scope in SCOPES if not _has(scope, granted)),
        facts={name: str(value) for name, value in facts.items() if value is not None},
    )


def _has(scope: str, granted: set[str]) -> bool:
    """Say whether a right is granted; the right to write includes that to read."""
    return scope in granted or scope.replace("read_", "write_", 1) in granted


def _token(settings: Settings) -> str:
    if not settings.token_expires_at:
        return "does not expire; a public app has to trade it before 2027-01-01 (advanced settings)"
    return "expires and is renewed"


def _version(answered: str) -> str:
    """Return the API version; a shop answers with a newer one once ours is no longer supported."""
    if answered == API_VERSION:
        return answered
    return f"{answered} answered, {API_VERSION} asked for: this version of the program is due for an update"
