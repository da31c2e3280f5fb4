"""Where the outbound client does not go, and what it does not tell."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import Malformed, NeedsAttention, Refused, RetryLater
from core.http import Client, Outbound, Outgoing, Pace
from marketwright.testing import Twin


async def test_undeclared_hosts_are_refused(client: Client, twin: Twin) -> None:
    port = urlsplit(twin.base_url).port
    for url in (f"http://localhost:{port}/", "http://127.0.0.1:1/", "https://example.com/", "ftp://x/"):
        with pytest.raises(Refused):
            await client.request("GET", url)

    assert not twin.requests


async def test_prepare_cannot_lead_elsewhere(client: Client, twin: Twin) -> None:
    def lure(outgoing: Outgoing) -> Outgoing:
        return Outgoing(method="GET", url="https://example.com/")

    with pytest.raises(Refused):
        await client.request("GET", f"{twin.base_url}/p", prepare=lure)


async def test_a_redirect_on_the_same_host_is_followed(client: Client, twin: Twin) -> None:
    answer = await client.request("GET", f"{twin.base_url}/moved", params={"to": "/p?page=2"})

    assert answer.json() == {"path": "/p", "query": "page=2", "body": ""}


@pytest.mark.parametrize("target", ["https://evil.example.com/p", "//evil.example.com/p", "http://localhost:1/p"])
async def test_a_redirect_to_another_host_asks_for_a_person(client: Client, twin: Twin, target: str) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await client.request("GET", f"{twin.base_url}/moved", params={"to": target})

    assert caught.value.code == "redirected"


async def test_a_redirect_never_repeats_a_write(client: Client, twin: Twin) -> None:
    twin.faults.fail(301, 1, headers={"Location": "/elsewhere"})

    with pytest.raises(NeedsAttention):
        await client.request("PUT", f"{twin.base_url}/p", json={})

    assert len(twin.requests) == 1


async def test_redirects_in_a_circle_end(client: Client, twin: Twin) -> None:
    twin.faults.fail(302, 100, headers={"Location": "/p"})

    with pytest.raises(NeedsAttention, match="circle"):
        await client.request("GET", f"{twin.base_url}/p")

    assert len(twin.requests) == 4


async def test_an_answer_over_the_cap_is_not_read(twin: Twin) -> None:
    async with Outbound(private_networks=True, plain_http=True, max_bytes=1000) as outbound:
        client = outbound.client(1, [urlsplit(twin.base_url).netloc], Pace())
        twin.faults.fail(200, 1, body="x" * 5000)

        with pytest.raises(Malformed) as caught:
            await client.request("GET", f"{twin.base_url}/p")

    assert caught.value.code == "too_large"


async def test_cookies_are_not_kept(client: Client, twin: Twin) -> None:
    twin.faults.fail(200, 1, headers={"Set-Cookie": "session=1"})

    await client.request("GET", f"{twin.base_url}/p")
    await client.request("GET", f"{twin.base_url}/p")

    assert "cookie" not in twin.requests[1].headers


async def test_no_error_or_repr_tells_a_secret(client: Client, twin: Twin, secret: str) -> None:
    url = f"{twin.base_url}/p?consumer_secret={secret}"
    said = [repr(client), repr(Outgoing(method="GET", url="https://x", headers={"A": secret}))]
    twin.faults.fail(503, 5, body=secret)
    with pytest.raises(RetryLater) as caught:
        await client.request("GET", url, headers={"Authorization": f"Bearer {secret}"})
    said.append(f"{caught.value} {vars(caught.value)}")
    twin.faults.fail(200, 1, body=f"<html>Your key {secret} and consumer_key=ck_1234 are wrong</html>")
    answer = await client.request("GET", url)

    with pytest.raises(Malformed) as unreadable:
        answer.json()

    said += [str(unreadable.value), repr(answer)]
    assert not any(secret in text or "ck_1234" in text for text in said)
    assert "Your key" in str(unreadable.value)


async def test_outside_of_its_block_nothing_is_sent() -> None:
    client = Outbound(private_networks=True, plain_http=True).client(1, ["127.0.0.1:1"], Pace())

    with pytest.raises(RuntimeError):
        await client.request("GET", "http://127.0.0.1:1/")


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """Return a server's TLS context whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "server.pem").write_bytes(certificate.public_bytes(pem) + private)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem")
    return context


async def test_a_certificate_that_nobody_vouches_for_asks_for_a_person(
    outbound: Outbound, self_signed: ssl.SSLContext
) -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(1000))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=self_signed)
    port = server.sockets[0].getsockname()[1]
    async with server:
        client = outbound.client(1, [f"127.0.0.1:{port}"], Pace())
        with pytest.raises(NeedsAttention) as caught:
            await client.request("GET", f"https://127.0.0.1:{port}/", headers={"Authorization": "Bearer secret"})

    assert caught.value.code == "tls"
    assert not any(seen)
