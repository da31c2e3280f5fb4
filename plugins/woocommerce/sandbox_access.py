"""Who may call the twin: keys in three forms, checked in the order and with the words of the real store."""

from __future__ import annotations

import base64
import binascii

from marketwright import oauth1_signed_query
from marketwright.testing import Answer, Request
from plugins.woocommerce.sandbox_save import Refusal
from plugins.woocommerce.sandbox_shop import KEY, SECRET, Shop

_WINDOW = 900


def check(shop: Shop, request: Request) -> Answer | None:
    """Answer a request that may not be answered; None where it may."""
    pretty = not request.path.startswith("/index.php/")
    if shop.modes.plain_permalinks and pretty:
        return Answer(404, body="<!DOCTYPE html><html><body>Page not found</body></html>")
    path = request.path.removeprefix("/index.php")
    if not path.startswith("/wp-json/wc"):
        keyed = "authorization" in request.headers or request.get("oauth_consumer_key")
        return _refused("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.") if keyed else None
    try:
        _authenticate(shop, request)
    except Refusal as refusal:
        return Answer(refusal.status, json=refusal.body)
    return None


def _authenticate(shop: Shop, request: Request) -> None:
    given = _key_given(shop, request)
    if given is not None:
        key, secret = given
        if key != KEY or shop.revoked:
            raise _unseen()
        if secret != SECRET:
            raise _denied("Consumer secret is invalid.")
    elif request.get("oauth_consumer_key"):
        _check_oauth(shop, request)
    else:
        raise _unseen()
    wanted = "read" if request.method in {"GET", "HEAD"} else "write"
    if request.method != "OPTIONS" and wanted not in shop.modes.permissions:
        raise _denied(f"The API key provided does not have {wanted} permissions.")


def _key_given(shop: Shop, request: Request) -> tuple[str, str] | None:
    """Return key and secret out of the query or the header: over TLS only, elsewhere they are not looked at."""
    if not shop.modes.over_tls:
        return None
    if request.get("consumer_key"):
        return request.get("consumer_key"), request.get("consumer_secret")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or shop.modes.strips_authorization:
        return None
    try:
        key, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return key, secret


def _check_oauth(shop: Shop, request: Request) -> None:
    """Check a one-legged OAuth 1.0a signature over method, address and query; the body is not signed."""
    if request.get("oauth_consumer_key") != KEY or shop.revoked:
        raise _denied("Consumer key is invalid.")
    stamp, nonce = request.get("oauth_timestamp"), request.get("oauth_nonce")
    method = request.get("oauth_signature_method")
    if method not in {"HMAC-SHA1", "HMAC-SHA256"} or not stamp.isdigit():
        raise _denied("Invalid signature - signature method is invalid.")
    expected = oauth1_signed_query(
        request.method,
        f"{request.base_url}{request.path}",
        [(name, value) for name, value in request.query if not name.startswith("oauth_")],
        KEY,
        SECRET,
        nonce=nonce,
        timestamp=int(stamp),
        algorithm="sha1" if method == "HMAC-SHA1" else "sha256",
    )
    if dict(expected)["oauth_signature"] != request.get("oauth_signature"):
        raise _denied("Invalid signature - provided signature does not match.")
    if abs(request.at - int(stamp)) > _WINDOW:
        raise _denied("Invalid timestamp.")
    if (stamp, nonce) in shop.nonces:
        raise _denied("Invalid nonce - nonce has already been used.")
    shop.nonces.add((stamp, nonce))


def _unseen() -> Refusal:
    return Refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")


def _denied(message: str) -> Refusal:
    return Refusal(401, "woocommerce_rest_authentication_error", message)


def _refused(code: str, message: str) -> Answer:
    return Answer(401, json={"code": code, "message": message, "data": {"status": 401}})
