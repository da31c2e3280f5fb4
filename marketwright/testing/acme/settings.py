"""What connects to an Acme shop: the struct is the form."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

KEYS_PAGE = "https://acme.example/settings/keys"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one connection."""

    base_url: Annotated[
        str,
        Meta(
            title="Shop address",
            description="The address of the shop's API, without a path.",
            extra_json_schema={"placeholder": "https://shop.acme.example"},
        ),
    ]
    api_key: Annotated[
        str,
        Meta(
            title="API key",
            description="Made under Settings → Keys, with the rights read and write.",
            extra_json_schema={"secret": True, "link": KEYS_PAGE},
        ),
    ]
    webhook_secret: Annotated[
        str,
        Meta(
            title="Webhook secret",
            description="Signs what Acme sends us. Leave it empty and we make one.",
            extra_json_schema={"secret": True, "generated": True},
        ),
    ] = ""

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the person who typed it."""
        if not self.base_url.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("Shop address: write the whole address with https://")
