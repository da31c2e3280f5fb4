"""What a person may enter, and what is refused before anything is called."""

from __future__ import annotations

import msgspec
import pytest

from plugins.shopify.settings import Settings, shop_domain


@pytest.mark.parametrize(
    "entered",
    [
        "mystore.myshopify.com",
        " MyStore.myshopify.com ",
        "https://mystore.myshopify.com/",
        "https://mystore.myshopify.com/admin/products",
        "https://admin.shopify.com/store/mystore/settings",
        "mystore",
    ],
)
def test_every_way_to_name_a_shop_becomes_its_domain(entered: str) -> None:
    assert shop_domain(entered) == "mystore.myshopify.com"


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "shop.example.com",
        "mystore.myshopify.com.evil.example",
        "evil.example/mystore.myshopify.com",
        "evil.example#.myshopify.com",
        "user@mystore.myshopify.com",
        "127.0.0.2",
        "127.0.0.1.evil.example",
        "[::1]:80",
    ],
)
def test_an_address_that_is_not_shopifys_is_refused(entered: str) -> None:
    with pytest.raises(ValueError, match=r"mystore\.myshopify\.com"):
        shop_domain(entered)


def test_loopback_is_spoken_to_without_tls_and_a_shop_never() -> None:
    twin = Settings(shop_domain="http://127.0.0.1:8080", access_token="t")
    shop = Settings(shop_domain="http://mystore.myshopify.com", access_token="t")

    assert twin.origin == "http://127.0.0.1:8080"
    assert shop.origin == "https://mystore.myshopify.com"


@pytest.mark.parametrize(
    ("fields", "renewable"),
    [
        ({"access_token": "shpat_1"}, False),
        ({"access_token": "shpat_1", "api_key": "k", "api_secret": "s"}, False),
        ({"api_key": "k", "api_secret": "s"}, True),
        ({"access_token": "a", "api_key": "k", "api_secret": "s", "refresh_token": "r"}, True),
        ({"access_token": "a", "api_key": "k", "api_secret": "s", "token_expires_at": 5}, True),
    ],
)
def test_every_form_of_credentials_is_taken(fields: dict[str, object], renewable: bool) -> None:
    settings = msgspec.convert({"shop_domain": "mystore", **fields}, Settings)

    assert settings.renewable is renewable


@pytest.mark.parametrize(
    "fields", [{}, {"api_key": "k"}, {"api_secret": "s"}, {"access_token": "t", "refresh_token": "r"}]
)
def test_half_a_form_of_credentials_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError, match="API"):
        msgspec.convert({"shop_domain": "mystore", **fields}, Settings)


def test_neither_repr_nor_form_tells_a_secret() -> None:
    settings = Settings(shop_domain="mystore", access_token="shpat_1", api_key="k", api_secret="shpss_2")
    properties = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]

    assert repr(settings) == "Settings(shop_domain='mystore.myshopify.com')"
    secret = {name for name, field in properties.items() if field.get("secret")}
    assert secret == {"access_token", "api_secret", "previous_api_secret", "refresh_token"}
    assert all(field["title"] and field["description"] for field in properties.values())
