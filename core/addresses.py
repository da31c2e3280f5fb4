"""Where our client may connect to: declared hosts only, and no address inside our own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from core.errors import Refused

_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SHARED = ipaddress.IPv4Network("100.64.0.0/10")
_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"))
)
"""Where Amazon, Google and Azure, Amazon over IPv6, Alibaba, and Azure's host answer a machine about itself."""


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the internet at large, whichever way IPv4 is wrapped in it."""
    ip = _unwrapped(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return ip.is_global and not ip.is_multicast and not ip.is_site_local
    return ip.is_global and not ip.is_multicast and ip not in _SHARED


def is_forbidden(address: str) -> bool:
    """Say whether an address is refused even where private networks are allowed: no shop is there.

    These are multicast, link-local and unspecified addresses, and those where clouds tell machines their secrets.
    """
    ip = _unwrapped(address)
    return ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in _METADATA


def check_address(address: str, host: str, *, private_networks: bool) -> None:
    """Raise `Refused` unless the address, to which the host leads, may be connected to."""
    if is_forbidden(address) or not (private_networks or is_public(address)):
        raise Refused(
            f"{host} leads to a private, local or reserved address; allow private networks in the settings "
            "if the shop really runs there.",
            code="private_address",
        )


def _unwrapped(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address, or the IPv4 address that is mapped or tunnelled in it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip


def as_ip(host: str) -> str | None:
    """Return the address where the host is written as one, else None. Brackets of IPv6 are taken off."""
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        return None


def host_and_port(url: str) -> tuple[str, str, int]:
    """Return scheme, lower-case host and port of an address, or raise `Refused` where it is not a web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise Refused("Only https addresses can be called.", code="bad_address") from error
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise Refused("An address to call needs a host and must not hold credentials.", code="bad_address")
    return parts.scheme, parts.hostname.lower().rstrip("."), port


def check_declared(url: str, hosts: Iterable[str]) -> None:
    """Raise `Refused` unless the address is on a declared `host` (default port) or `host:port`."""
    scheme, host, port = host_and_port(url)
    for declared in hosts:
        allowed = urlsplit(f"//{declared}")
        if (allowed.hostname or "").lower().rstrip(".") == host and port == (allowed.port or _DEFAULT_PORTS[scheme]):
            return
    raise Refused(f"{host}:{port} is not one of this connection's declared hosts.", code="undeclared_host")


class GuardedResolver(AbstractResolver):
    """Resolves names and hands the connector only addresses that were checked, so that there is no second look-up."""

    def __init__(self, *, private_networks: bool = False, inner: AbstractResolver | None = None) -> None:
        self._private = private_networks
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raise `Refused` if any of them is not public."""
        if self._inner is None:
            self._inner = DefaultResolver()
        found = await self._inner.resolve(host, port, family)
        for result in found:
            check_address(result["host"], host, private_networks=self._private)
        return found

    async def close(self) -> None:
        """Release the resolver beneath."""
        if self._inner is not None:
            await self._inner.close()
