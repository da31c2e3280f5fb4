"""Where the client may connect to: nothing inside our own network, however its address is written."""

from __future__ import annotations

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from core.addresses import GuardedResolver, check_declared, is_public
from core.errors import Refused
from core.http import Outbound, Pace

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1",
    "fec0::1", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "23.227.38.65", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"]


class Book(AbstractResolver):
    """A resolver that knows the answers beforehand and counts the questions."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(
                hostname=host, host=it, port=port, family=socket.AF_INET6 if ":" in it else socket.AF_INET, proto=0,
                flags=0,
            )
            for it in self.addresses
        ]  # fmt: skip

    async def close(self) -> None:
        return None


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_our_own_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    resolver = GuardedResolver(inner=Book("93.184.215.14", address))

    with pytest.raises(Refused) as caught:
        await resolver.resolve("shop.example.com", 443)

    assert caught.value.code == "private_address"


async def test_private_networks_may_be_allowed() -> None:
    resolver = GuardedResolver(private_networks=True, inner=Book("10.0.0.7"))

    found = await resolver.resolve("shop.internal", 443)

    assert [result["host"] for result in found] == ["10.0.0.7"]


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "100.100.100.200", "fe80::1", "0.0.0.0", "ff02::1"],
)
async def test_where_clouds_keep_secrets_is_refused_even_with_private_networks(address: str) -> None:
    resolver = GuardedResolver(private_networks=True, inner=Book(address))

    with pytest.raises(Refused):
        await resolver.resolve("shop.internal", 443)


async def test_a_literal_metadata_address_is_refused_even_with_private_networks() -> None:
    async with Outbound(private_networks=True, plain_http=True) as outbound:
        client = outbound.client(1, ["169.254.169.254"], Pace())

        with pytest.raises(Refused) as caught:
            await client.request("GET", "http://169.254.169.254/latest/meta-data")

    assert caught.value.code == "private_address"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "2130706433", "0x7f000001", "017700000001",
        "127.1", "0177.0.0.1", "0x7f.0.0.1", "localhost",
    ],
)  # fmt: skip
async def test_no_spelling_of_loopback_gets_through(host: str) -> None:
    async with Outbound(attempts=1, timeout=2) as outbound:
        client = outbound.client(1, [host], Pace())

        with pytest.raises(Refused):
            await client.request("GET", f"https://{host}/latest/meta-data")


async def test_a_name_that_leads_inside_is_refused_by_the_client() -> None:
    async with Outbound(resolver=GuardedResolver(inner=Book("169.254.169.254"))) as outbound:
        client = outbound.client(1, ["shop.example.com"], Pace())

        with pytest.raises(Refused) as caught:
            await client.request("GET", "https://shop.example.com/")

    assert caught.value.code == "private_address"


async def test_plain_http_stays_inside_our_own_network() -> None:
    book = Book("93.184.215.14")
    async with Outbound(
        private_networks=True, plain_http=True, resolver=GuardedResolver(private_networks=True, inner=book)
    ) as outbound:
        client = outbound.client(1, ["shop.example.com"], Pace())

        with pytest.raises(Refused) as caught:
            await client.request("GET", "http://shop.example.com/")

    assert caught.value.code == "plain_http"


async def test_plain_http_is_refused_by_default() -> None:
    async with Outbound(private_networks=True) as outbound:
        client = outbound.client(1, ["127.0.0.1:1"], Pace())

        with pytest.raises(Refused) as caught:
            await client.request("GET", "http://127.0.0.1:1/")

    assert caught.value.code == "plain_http"


@pytest.mark.parametrize(
    ("url", "declared"),
    [
        ("https://shop.example.com/a", "shop.example.com"),
        ("https://SHOP.example.com:443/a", "shop.example.com"),
        ("https://shop.example.com:8443/a", "shop.example.com:8443"),
        ("https://shop.example.com./a", "shop.example.com"),
        ("https://[::1]:8443/a", "[::1]:8443"),
    ],
)
def test_a_declared_host_is_allowed(url: str, declared: str) -> None:
    check_declared(url, [declared])


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com:8443/", "https://shop.example.com.evil.com/", "https://evil.com/shop.example.com",
        "https://shop.example.com@evil.com/", "https://user:pass@shop.example.com/", "https://evil.com#shop.example.com",
        "https://sub.shop.example.com/", "http://shop.example.com:443x/", "file:///etc/passwd", "//shop.example.com/",
        "https://", "https://evil.com\\@shop.example.com/",
    ],
)  # fmt: skip
def test_an_undeclared_host_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        check_declared(url, ["shop.example.com"])
