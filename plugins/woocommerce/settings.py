"""What a merchant tells us to connect a WooCommerce store, checked as far as it can be without calling it."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

_KEYS_PAGE = "{store_url}/wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys"
_PRIVATE_SUFFIXES = (".localhost", ".local", ".test", ".internal", ".lan")


class Auth(StrEnum):
    """How the key travels: HTTP Basic, in the query (where a host strips the header), or signed (plain http)."""

    AUTO = "auto"
    BASIC = "basic"
    QUERY = "query"
    OAUTH1 = "oauth1"


class Permalinks(StrEnum):
    """Which address form the store answers: `/wp-json/…`, or `/index.php/wp-json/…` without pretty permalinks."""

    AUTO = "auto"
    PRETTY = "pretty"
    INDEX = "index.php"


def _text(title: str, description: str, **schema: object) -> Meta:
    return Meta(title=title, description=description, extra_json_schema=schema)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one WooCommerce connection. Empty `auto` fields are found by the connection test and kept."""

    store_url: Annotated[
        str,
        _text(
            "Store address",
            "The address of your shop's front page, for example https://shop.example. "
            "A shop in a folder is fine: https://example.com/shop.",
            placeholder="https://shop.example",
        ),
    ]
    consumer_key: Annotated[
        str,
        _text(
            "Consumer key",
            "Starts with ck_. WooCommerce → Settings → Advanced → REST API → Add key, permissions Read/Write.",
            secret=True,
            link=_KEYS_PAGE,
        ),
    ]
    consumer_secret: Annotated[
        str,
        _text(
            "Consumer secret",
            "Starts with cs_. It is shown once, together with the key.",
            secret=True,
            link=_KEYS_PAGE,
        ),
    ]
    webhook_secret: Annotated[
        str,
        _text(
            "Webhook secret",
            "Signs what the store sends us. Leave it empty and we make one; it is set when webhooks are registered.",
            secret=True,
            generated=True,
        ),
    ] = ""
    auth: Annotated[
        Auth,
        _text("Authentication", "Leave on auto: the connection test finds what works and keeps it.", advanced=True),
    ] = Auth.AUTO
    permalinks: Annotated[
        Permalinks,
        _text("Permalinks", "Leave on auto: the connection test finds the form your shop answers.", advanced=True),
    ] = Permalinks.AUTO
    page_size: Annotated[
        int,
        Meta(
            ge=10,
            le=100,
            title="Records per page",
            description="Lower it where a small host times out. WooCommerce takes 100 at most.",
            extra_json_schema={"advanced": True},
        ),
    ] = 100
    currency: Annotated[str, _text("Currency", "Read from the store by the connection test.", advanced=True)] = ""
    weight_unit: Annotated[str, _text("Weight unit", "Read from the store by the connection test.", advanced=True)] = ""
    dimension_unit: Annotated[
        str, _text("Dimension unit", "Read from the store by the connection test.", advanced=True)
    ] = ""

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the person who typed it."""
        check_address(self.store_url)
        _check_key("Consumer key", self.consumer_key, "ck_")
        _check_key("Consumer secret", self.consumer_secret, "cs_")
        if any(mark in self.webhook_secret for mark in "&<>\"'"):
            raise ValueError("Webhook secret: WooCommerce alters the characters & < > and quotes; leave them out.")

    @property
    def root(self) -> str:
        """Return the store address without a trailing slash."""
        return self.store_url.strip().rstrip("/")

    @property
    def is_https(self) -> bool:
        """Say whether the store is reached over TLS."""
        return urlsplit(self.root).scheme == "https"


def host(settings: Settings) -> str:
    """Return the store's `host` or `host:port`, in lower case: the only one its client may reach."""
    return urlsplit(settings.root).netloc.lower()


def check_address(store_url: str) -> None:
    """Raise `ValueError`, in words for the person who typed it, unless this can be the address of a store."""
    parts = urlsplit(store_url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("Store address: write the whole address with https://, for example https://shop.example")
    if "rest_route" in parts.query:
        raise ValueError(
            "Store address: the ?rest_route= form does not accept WooCommerce keys; give the front page's address."
        )
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("Store address: leave out everything after the path, and any user name or password.")
    if "/wp-json" in parts.path or "/wp-admin" in parts.path:
        raise ValueError("Store address: give the address of the front page, without /wp-json or /wp-admin.")
    try:
        parts.port  # noqa: B018 - reading it is the check
    except ValueError as error:
        raise ValueError("Store address: the port must be a number up to 65535.") from error
    if parts.scheme == "http" and not is_private(parts.hostname):
        raise ValueError(
            "Store address: use https. Plain http would send your customers' data unencrypted; "
            "it is taken only for a store on this machine or in a private network."
        )


def _check_key(title: str, value: str, prefix: str) -> None:
    if not value.startswith(prefix) or not value.isascii() or any(letter.isspace() for letter in value):
        raise ValueError(f"{title}: it starts with {prefix} and holds no spaces. Copy it again from WooCommerce.")


def is_private(hostname: str) -> bool:
    """Say whether a host name or address lies on this machine or in a private network, as far as its text tells."""
    name = hostname.lower().rstrip(".")
    if name == "localhost" or name.endswith(_PRIVATE_SUFFIXES):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
