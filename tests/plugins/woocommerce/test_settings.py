"""What a merchant may type, and what is refused with a reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from marketwright.testing import secrets_of
from plugins.woocommerce.settings import Auth, Permalinks, Settings, host

GIVEN: dict[str, Any] = {
    "store_url": "https://shop.example/",
    "consumer_key": "ck_1",
    "consumer_secret": "cs_2",
    "webhook_secret": "whs",
}


def test_the_least_that_is_typed_is_enough() -> None:
    settings = msgspec.convert(GIVEN, Settings)

    assert (settings.root, host(settings)) == ("https://shop.example", "shop.example")
    assert (settings.auth, settings.permalinks) == (Auth.AUTO, Permalinks.AUTO)


def test_a_shop_in_a_folder_on_a_port_is_kept() -> None:
    settings = msgspec.convert(GIVEN | {"store_url": "https://Example.com:8443/shop"}, Settings)

    assert (settings.root, host(settings)) == ("https://Example.com:8443/shop", "example.com:8443")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("shop.example", "https://"),
        ("ftp://shop.example", "https://"),
        ("http://shop.example", "use https"),
        ("http://8.8.8.8", "use https"),
        ("https://shop.example/?rest_route=/wc/v3", "rest_route"),
        ("https://shop.example/wp-json/wc/v3", "/wp-json"),
        ("https://user:pw@shop.example", "user name"),
        ("https://shop.example/?x=1", "after the path"),
        ("https://shop.example:99999", "port"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_its_reason(url: str, word: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=word):
        msgspec.convert(GIVEN | {"store_url": url}, Settings)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8090", "http://localhost", "http://[::1]:80", "http://192.168.1.9", "http://shop.test"]
)
def test_plain_http_is_taken_for_a_store_near_by(url: str) -> None:
    assert not msgspec.convert(GIVEN | {"store_url": url}, Settings).is_https


@pytest.mark.parametrize(
    "wrong", [{"consumer_key": "cs_1"}, {"consumer_secret": "ck_1"}, {"consumer_key": "ck_1 "}, {"page_size": 101}]
)
def test_keys_in_the_wrong_box_and_pages_too_large_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(GIVEN | wrong, Settings)


@pytest.mark.parametrize("mark", ["&", "<", '"'])
def test_a_webhook_secret_that_the_store_would_alter_is_refused(mark: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="alters"):
        msgspec.convert(GIVEN | {"webhook_secret": f"a{mark}b"}, Settings)


def test_three_fields_are_secret_and_one_is_generated() -> None:
    settings = msgspec.convert(GIVEN, Settings)
    schema = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]

    assert set(secrets_of(settings)) == {"ck_1", "cs_2", "whs"}
    assert schema["webhook_secret"]["generated"] is True
    assert all(field["title"] and field["description"] for field in schema.values())
