"""Signatures, against published vectors and against what real stores sent and accepted."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from core.errors import BadSignature
from core.signing import (
    hmac_base64,
    hmac_hex,
    oauth1_signed_query,
    standard_webhooks_sign,
    standard_webhooks_verify,
    verify_ecdsa,
    verify_hmac_base64,
    verify_hmac_hex,
    verify_rsa,
)

# Shopify: shopify-app-js, webhooks/__tests__/validate.test.ts
SHOPIFY = ("test_secret_key", b'{"foo": "bar"}', "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=")
# WooCommerce: computed by the rule of its source, WC_Webhook::generate_signature
WOOCOMMERCE = ("my-webhook-secret", b'{"id":727,"status":"processing"}', "syLhmX2xeEc+p46jpMogNhv43nNwHa00bKNKI6rK030=")
# Shopify's OAuth callback, computed by the rule of shopify-app-js, hmac-validator.ts
CALLBACK = (
    "my super secret key",
    b"code=some%20code%20goes%20here&shop=the%20shop%20URL&state=some%20nonce%20passed%20from%20auth"
    b"&timestamp=1700000000",
    "10207991f5c2c65c114b70a3c3544ce1d00a236ea4ab034793de0d6407be9165",
)


@pytest.mark.parametrize(("secret", "body", "signature"), [SHOPIFY, WOOCOMMERCE])
def test_published_base64_signatures_hold(secret: str, body: bytes, signature: str) -> None:
    assert hmac_base64(secret, body) == signature
    assert verify_hmac_base64([secret], body, signature)


def test_published_hex_signatures_hold() -> None:
    secret, message, signature = CALLBACK

    assert hmac_hex(secret, message) == signature
    assert verify_hmac_hex([secret], message, signature)
    assert verify_hmac_hex([secret], message, signature.upper())


def test_the_secret_of_before_still_counts_after_a_rotation() -> None:
    secret, body, signature = SHOPIFY

    assert verify_hmac_base64(["the new one", secret], body, signature)


@pytest.mark.parametrize("secrets", [[], [""], ["another"], ["test_secret_key "]])
def test_other_secrets_do_not_verify(secrets: list[str]) -> None:
    assert not verify_hmac_base64(secrets, SHOPIFY[1], SHOPIFY[2])


def test_an_empty_secret_never_verifies() -> None:
    assert not verify_hmac_base64([""], b"body", hmac_base64(b"", b"body"))


def test_a_changed_body_does_not_verify() -> None:
    secret, body, signature = SHOPIFY

    assert not verify_hmac_base64([secret], body + b"\n", signature)


@pytest.mark.parametrize(
    "signature",
    [
        "", "=", "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g", "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7h=",
        " B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=", "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=\n",
        "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g==", "ünïcode", "\x00",
        hmac_hex(SHOPIFY[0], SHOPIFY[1]), SHOPIFY[2].replace("+", "-").replace("/", "_") + "x",
    ],
)  # fmt: skip
def test_other_spellings_of_a_base64_signature_are_refused(signature: str) -> None:
    assert not verify_hmac_base64([SHOPIFY[0]], SHOPIFY[1], signature)


@pytest.mark.parametrize("signature", ["", "0", CALLBACK[2][:-1], f"0x{CALLBACK[2]}", f" {CALLBACK[2]}", "ü" * 64])
def test_other_spellings_of_a_hex_signature_are_refused(signature: str) -> None:
    assert not verify_hmac_hex([CALLBACK[0]], CALLBACK[1], signature)


def test_every_signed_delivery_of_a_real_store_verifies(shared: Path) -> None:
    seen = 0
    for file in sorted((shared / "captures/woocommerce/webhook-deliveries").glob("*.json")):
        delivery = json.loads(file.read_text())
        headers = {name.lower(): value for name, value in delivery["headers"]}
        body = base64.b64decode(delivery["body_base64"])
        if "x-wc-webhook-signature" not in headers or delivery["path"].endswith("nosecret"):
            continue
        seen += 1

        assert verify_hmac_base64(["lab-webhook-sécret"], body, headers["x-wc-webhook-signature"]), file.name
        assert not verify_hmac_base64(["lab-webhook-secret"], body, headers["x-wc-webhook-signature"])

    assert seen > 20


def test_the_documented_oauth_query_is_signed_alike() -> None:
    signed = oauth1_signed_query(
        "GET",
        "http://www.example.com/wp-json/wc/v3/orders",
        [("per_page", "10")],
        "ck_abc123",
        "cs_secret",
        nonce="0123456789abcdef0123456789abcdef",
        timestamp=1_700_000_000,
    )

    assert dict(signed)["oauth_signature"] == "0G7+2vqMO+W1C4zNf5g/j6cRs4Er3Rt6X237Aie8rOo="


def test_the_signed_query_of_rfc_5849_is_signed_alike() -> None:
    # RFC 5849, section 1.2: the request for a photo, with a token
    signed = oauth1_signed_query(
        "GET",
        "http://photos.example.net/photos",
        [("file", "vacation.jpg"), ("size", "original")],
        "dpf43f3p2l4k3l03",
        "kd94hf93k423kf44",
        token="nnch734d00sl2jdk",
        token_secret="pfkkdhi9sl3r4s00",
        nonce="chapoH",
        timestamp=137_131_202,
        algorithm="sha1",
    )

    assert dict(signed)["oauth_signature"] == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


@pytest.mark.parametrize(
    "name",
    [
        "0182-oauth1-over-tls", "0183-oauth1-put-json-body", "023-oauth1-unicode-and-space-in-query",
        "024-oauth1-array-parameter",
    ],
)  # fmt: skip
def test_what_a_real_store_accepted_is_signed_alike(shared: Path, name: str) -> None:
    folder = shared / "captures/woocommerce/api"
    key, _, secret = _basic(json.loads((folder / "012-basic-over-tls.json").read_text())).partition(":")
    exchange = json.loads((folder / f"{name}.json").read_text())
    sent = urlsplit(exchange["request"]["url"])
    query = dict(parse_qsl(sent.query, keep_blank_values=True))

    signed = oauth1_signed_query(
        exchange["request"]["method"],
        f"{sent.scheme}://{sent.netloc}{sent.path}",
        [(name, value) for name, value in query.items() if not name.startswith("oauth_")],
        key,
        secret,
        nonce=query["oauth_nonce"],
        timestamp=int(query["oauth_timestamp"]),
    )

    assert exchange["response"]["status"] == 200
    assert dict(signed) == query


def test_each_oauth_query_has_its_own_nonce() -> None:
    queries = [oauth1_signed_query("GET", "http://shop/", [], "ck", "cs") for _ in range(20)]

    assert len({dict(query)["oauth_nonce"] for query in queries}) == 20


@pytest.fixture
def vector(shared: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((shared / "specs/standardwebhooks/vectors.json").read_text())
    return found


def _headers(vector: dict[str, str], **changed: str) -> dict[str, str]:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {name: vector[name] for name in names} | {name.replace("_", "-"): it for name, it in changed.items()}


def test_the_standard_webhooks_vector_is_signed_alike(vector: dict[str, str]) -> None:
    moment = int(vector["webhook-timestamp"])

    signature = standard_webhooks_sign(vector["secret"], vector["webhook-id"], moment, vector["body"].encode())

    assert signature == vector["webhook-signature"]


def test_the_standard_webhooks_vector_verifies(vector: dict[str, str]) -> None:
    now = int(vector["webhook-timestamp"]) + 299
    body = vector["body"].encode()
    several = f"v1a,xyz v1,AAAA {vector['webhook-signature']}"

    standard_webhooks_verify([vector["secret"]], _headers(vector), body, now=now)
    standard_webhooks_verify(["d3Jvbmc=", vector["secret"]], _headers(vector), body, now=now)
    standard_webhooks_verify([vector["secret"]], _headers(vector, webhook_signature=several), body, now=now)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_id": ""}, {"webhook_id": "msg_other"}, {"webhook_timestamp": "1614265331"},
        {"webhook_timestamp": "soon"}, {"webhook_timestamp": "١٦١٤٢٦٥٣٣٠"}, {"webhook_timestamp": "1614265330.0"},
        {"webhook_signature": ""}, {"webhook_signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="},
        {"webhook_signature": "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        {"webhook_signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    ],
)  # fmt: skip
def test_a_changed_standard_webhook_is_refused(vector: dict[str, str], changed: dict[str, str]) -> None:
    now = int(vector["webhook-timestamp"])

    with pytest.raises(BadSignature):
        standard_webhooks_verify([vector["secret"]], _headers(vector, **changed), vector["body"].encode(), now=now)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_standard_webhook_of_another_time_is_refused(vector: dict[str, str], seconds: int) -> None:
    now = int(vector["webhook-timestamp"]) + seconds

    with pytest.raises(BadSignature) as caught:
        standard_webhooks_verify([vector["secret"]], _headers(vector), vector["body"].encode(), now=now)

    assert caught.value.code == "stale_timestamp"


def test_etsy_s_bare_signature_is_taken_where_it_is_asked_for() -> None:
    # Inputs from an integrator's test; the value is computed by the rule of Etsy's documentation.
    secret, body = "whsec_ZXRzeS13ZWJob29rLXRlc3Qtc2VjcmV0LTMyLWJ5dGVzISE=", b'{"event_type":"order.paid"}'
    headers = {"webhook-id": "evt_123", "webhook-timestamp": "1700000000"}
    headers["webhook-signature"] = "HZlRdCwtiRxbvrsOoWFa7l/9OWqWUGK3LjCKuq8mw+4="

    standard_webhooks_verify([secret], headers, body, now=1_700_000_000, bare=True)

    with pytest.raises(BadSignature):
        standard_webhooks_verify([secret], headers, body, now=1_700_000_000)


def test_a_secret_that_is_no_base64_is_named_as_the_cause(vector: dict[str, str]) -> None:
    with pytest.raises(BadSignature) as caught:
        standard_webhooks_verify(["whsec_!!"], _headers(vector), b"", now=int(vector["webhook-timestamp"]))

    assert caught.value.code == "bad_secret"


@pytest.mark.parametrize(("name", "holds"), [("VALID", True), ("INVALID", False), ("SIGNATURE_MISMATCH", False)])
def test_ebay_s_own_vectors_are_judged_as_ebay_does(shared: Path, name: str, *, holds: bool) -> None:
    file = shared / "specs/ebay/test-vectors/event-notification-nodejs-sdk_test.json"
    vectors: dict[str, Any] = json.loads(file.read_text())
    vector = vectors[name]
    signature = json.loads(base64.b64decode(vector["signature"]))["signature"]
    body = json.dumps(vector["message"], separators=(",", ":")).encode()

    assert verify_ecdsa(vectors["VALID"]["response"]["key"], body, signature, "SHA1") is holds
    assert not verify_ecdsa(vectors["VALID"]["response"]["key"], body, signature, "SHA256")
    assert not verify_ecdsa(vectors["VALID"]["response"]["key"], body, signature, "MD5")


def test_rsa_signatures_hold_for_their_message_only() -> None:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.public_key().public_bytes(encoding, form).decode()
    signature = base64.b64encode(key.sign(b"body", padding.PKCS1v15(), hashes.SHA256())).decode()

    assert verify_rsa(pem, b"body", signature)
    assert verify_rsa(pem.replace("\n", ""), b"body", signature)
    assert not verify_rsa(pem, b"other", signature)
    assert not verify_rsa(pem, b"body", "no base64")
    assert not verify_rsa("no key", b"body", signature)
    assert not verify_ecdsa(pem, b"body", signature)


def _basic(exchange: dict[str, Any]) -> str:
    """Return the key and secret that a recorded call carried; the store they opened is gone."""
    header: str = exchange["request"]["headers"]["Authorization"]
    return base64.b64decode(header.removeprefix("Basic ")).decode()
