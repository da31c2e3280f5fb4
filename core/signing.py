"""Sign and verify what travels between channels and us."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets as randomness
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from core.errors import BadSignature

Algorithm = Literal["sha1", "sha256", "sha512"]

_HEX = re.compile(r"[0-9a-fA-F]+")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END PUBLIC KEY-----")
_WEBHOOK_PREFIX = "whsec_"
_OAUTH_METHODS = {"sha1": "HMAC-SHA1", "sha256": "HMAC-SHA256"}


def hmac_base64(key: str | bytes, message: bytes, algorithm: Algorithm = "sha256") -> str:
    """Return the HMAC of the message in base64. A text key counts as UTF-8."""
    return base64.b64encode(_digest(key, message, algorithm)).decode()


def hmac_hex(key: str | bytes, message: bytes, algorithm: Algorithm = "sha256") -> str:
    """Return the HMAC of the message in lower-case hexadecimal. A text key counts as UTF-8."""
    return _digest(key, message, algorithm).hex()


def verify_hmac_base64(
    secrets: Sequence[str | bytes], message: bytes, signature: str, algorithm: Algorithm = "sha256"
) -> bool:
    """Say whether the base64 signature was made with any of the secrets (the new one, the one before)."""
    given = _strict_base64(signature)
    return given is not None and _any_matches(secrets, message, given, algorithm)


def verify_hmac_hex(
    secrets: Sequence[str | bytes], message: bytes, signature: str, algorithm: Algorithm = "sha256"
) -> bool:
    """Say whether the hexadecimal signature was made with any of the secrets."""
    if not _HEX.fullmatch(signature) or len(signature) % 2:
        return False
    return _any_matches(secrets, message, bytes.fromhex(signature), algorithm)


def standard_webhooks_sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` value of the Standard Webhooks specification 1.0: `v1,<base64>`."""
    return f"v1,{hmac_base64(_webhook_key(secret), _webhook_content(message_id, str(timestamp), body))}"


def standard_webhooks_verify(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float | None = None,
    tolerance: float = 300.0,
    bare: bool = False,
) -> None:
    """Raise `BadSignature` unless a `v1` signature among those in the header was made with one of the secrets.

    Header names are lower case. `bare` also takes base64 without its version, as Etsy's documentation shows it.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (message_id and timestamp and signatures):
        raise BadSignature("The webhook lacks its id, timestamp or signature header.")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise BadSignature("The webhook's timestamp is not a number of seconds.")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise BadSignature("The webhook's timestamp is too far from now.", code="stale_timestamp")
    content = _webhook_content(message_id, timestamp, body)
    keys = [_webhook_key(secret) for secret in secrets]
    for one in signatures.split():
        version, comma, value = one.partition(",")
        if bare and not comma:
            version, value = "v1", one
        if version == "v1" and verify_hmac_base64(keys, content, value):
            return
    raise BadSignature("The webhook's signature is not made with this connection's secret.")


def verify_ecdsa(public_key_pem: str, message: bytes, signature: str, digest: str = "sha1") -> bool:
    """Say whether a base64 DER signature is the ECDSA signature of the message.

    The key may be PEM without its line breaks, as eBay's `getPublicKey` gives it; eBay signs with SHA-1.
    """
    key, given, algorithm = _public_key(public_key_pem), _strict_base64(signature), _hash(digest)
    if not isinstance(key, ec.EllipticCurvePublicKey) or given is None or algorithm is None:
        return False
    try:
        key.verify(given, message, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def verify_rsa(public_key_pem: str, message: bytes, signature: str, digest: str = "sha256") -> bool:
    """Say whether a base64 signature is the RSA (PKCS #1 v1.5) signature of the message."""
    key, given, algorithm = _public_key(public_key_pem), _strict_base64(signature), _hash(digest)
    if not isinstance(key, rsa.RSAPublicKey) or given is None or algorithm is None:
        return False
    try:
        key.verify(given, message, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def oauth1_signed_query(
    method: str,
    url: str,
    params: Iterable[tuple[str, str]],
    consumer_key: str,
    consumer_secret: str,
    *,
    token: str | None = None,
    token_secret: str | None = None,
    nonce: str | None = None,
    timestamp: int | None = None,
    algorithm: Literal["sha1", "sha256"] = "sha256",
) -> list[tuple[str, str]]:
    """Return the query parameters with those of OAuth 1.0a (RFC 5849) and their signature; `url` has no query.

    One-legged where no token is given, as WooCommerce wants it over plain http. Make a new one for each attempt:
    a nonce is taken once.
    """
    signed = list(params)
    signed += [
        ("oauth_consumer_key", consumer_key),
        ("oauth_nonce", nonce or randomness.token_hex(16)),
        ("oauth_signature_method", _OAUTH_METHODS[algorithm]),
        ("oauth_timestamp", str(int(time.time()) if timestamp is None else timestamp)),
    ]
    if token is not None:
        signed.append(("oauth_token", token))
    encoded = sorted((_percent(name), _percent(value)) for name, value in signed)
    normalised = "&".join(f"{name}={value}" for name, value in encoded)
    content = f"{method.upper()}&{_percent(url)}&{_percent(normalised)}"
    key = f"{_percent(consumer_secret)}&{_percent(token_secret or '')}"
    return [*signed, ("oauth_signature", hmac_base64(key, content.encode(), algorithm))]


def _percent(text: str) -> str:
    return quote(text, safe="~")


def _digest(key: str | bytes, message: bytes, algorithm: Algorithm) -> bytes:
    return hmac.digest(key.encode() if isinstance(key, str) else key, message, algorithm)


def _any_matches(secrets: Sequence[str | bytes], message: bytes, given: bytes, algorithm: Algorithm) -> bool:
    """Compare with every secret, in constant time; an empty secret never matches."""
    matched = False
    for secret in secrets:
        if secret:
            matched |= hmac.compare_digest(_digest(secret, message, algorithm), given)
    return matched


def _strict_base64(text: str) -> bytes | None:
    """Return the bytes of canonical base64, else None: one signature has one spelling."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None


def _webhook_key(secret: str) -> bytes:
    """Return the key of a Standard Webhooks secret: base64, with or without its prefix and padding."""
    text = secret.removeprefix(_WEBHOOK_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("The webhook secret known to us is not base64.", code="bad_secret") from error
    if not key:
        raise BadSignature("The webhook secret known to us is empty.", code="bad_secret")
    return key


def _webhook_content(message_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{message_id}.{timestamp}.".encode() + body


def _public_key(pem: str) -> object:
    """Return the public key in a PEM text, also one written on a single line; None where there is none."""
    found = _PEM.search(pem)
    if found is None:
        return None
    try:
        return serialization.load_der_public_key(base64.b64decode("".join(found[1].split())))
    except (ValueError, UnsupportedAlgorithm):
        return None


def _hash(name: str) -> hashes.HashAlgorithm | None:
    """Return the digest of this name, written as platforms do (`SHA1`, `sha-256`); None for any other."""
    known: dict[str, hashes.HashAlgorithm] = {
        "sha1": hashes.SHA1(),  # noqa: S303 - what eBay signs with
        "sha256": hashes.SHA256(),
        "sha512": hashes.SHA512(),
    }
    return known.get(name.lower().replace("-", ""))
