"""What Shopify refuses, and what to do next: each of its ways to say no becomes one of our errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from marketwright import (
    MarketwrightError,
    NeedsAttention,
    NotFound,
    Rejected,
    Response,
    RetryLater,
)

TOO_COSTLY = "max_cost_exceeded"
BAD_CURSOR = "bad_cursor"

_SCOPE = re.compile(r"\b(?:read|write)_[a-z_]+")
_PASSING = {"THROTTLED", "INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"}
_LONGEST = 300

Locate = Callable[[Sequence[str]], str | None]
"""Turns the path in a user error (`["variants", "0", "price"]`) into the canonical field."""


def from_status(response: Response, secrets: Sequence[str] = ()) -> MarketwrightError:
    """Return the error of an answer that is not 200. The body's `errors` is a text or a list."""
    said = _quiet(_said(response), secrets)[:_LONGEST]
    if response.status == 403:
        return _denied(response, said)
    if response.status in _CLOSED_DOORS:
        message, code = _CLOSED_DOORS[response.status]
        return NeedsAttention(message, code=code)
    return Rejected(f"Shopify answered with status {response.status}: {said}", code=f"status_{response.status}")


def _denied(response: Response, said: str) -> NeedsAttention:
    """Tell a right that is missing from a firewall that answers in Shopify's place."""
    if "json" not in response.headers.get("content-type", "json"):
        return NeedsAttention(
            "Something between us and Shopify refused the call with a page of its own (status 403): ask whoever runs "
            "the network or the proxy of this server to let it reach the shop's address.",
            code="blocked_by_host",
        )
    scopes = tuple(dict.fromkeys(_SCOPE.findall(said)))
    return NeedsAttention(f"Shopify denies access: {said}", code="missing_right", missing=scopes)


_CLOSED_DOORS = {
    401: ("Shopify does not take the access token: it is wrong, was revoked, or the app was uninstalled.", "wrong_key"),
    402: ("Shopify has frozen this shop: its plan has to be paid.", "shop_frozen"),
    404: ("There is no shop at this address: check the shop domain.", "wrong_address"),
    423: ("Shopify has locked this shop; its owner has to ask Shopify.", "shop_locked"),
}


def from_errors(errors: Any, secrets: Sequence[str] = ()) -> MarketwrightError:
    """Return the error of an answer with top-level `errors`."""
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    said = "; ".join(str(error.get("message", "")) for error in listed) or str(errors)
    said = _quiet(said, secrets)[:_LONGEST]
    codes = {str((error.get("extensions") or {}).get("code", "")) for error in listed}
    if "ACCESS_DENIED" in codes:
        text = " ".join(str((error.get("extensions") or {}).get("requiredAccess", "")) for error in listed)
        scopes = tuple(dict.fromkeys(_SCOPE.findall(text) or _SCOPE.findall(said)))
        return NeedsAttention(f"The app lacks a right in this shop: {said}", code="missing_right", missing=scopes)
    if codes & _PASSING:
        return RetryLater(f"Shopify could not answer: {said}", code=min(codes & _PASSING).lower())
    if "SHOP_INACTIVE" in codes:
        return NeedsAttention("This shop is not active.", code="shop_frozen")
    if "MAX_COST_EXCEEDED" in codes:
        return Rejected(f"Shopify finds the query too large: {said}", code=TOO_COSTLY)
    if "cursor" in said.lower():
        return Rejected(f"Shopify does not know the cursor any more: {said}", code=BAD_CURSOR)
    code = next((code.lower() for code in sorted(codes) if code), "rejected")
    return Rejected(f"Shopify refused the request: {said}", code=code)


def from_user_errors(errors: Sequence[dict[str, Any]], locate: Locate) -> MarketwrightError:
    """Return the error of a mutation whose `userErrors` are not empty."""
    said = "; ".join(str(error.get("message", "")) for error in errors)[:_LONGEST]
    codes = [str(error.get("code") or "") for error in errors]
    field = next((found for error in errors if (found := locate(error.get("field") or ()))), None)
    gone = any(code.endswith("DOES_NOT_EXIST") for code in codes) or "does not exist" in said.lower()
    if gone and field is None:
        return NotFound(f"Shopify has it no more: {said}")
    return Rejected(
        f"Shopify refused it: {said}",
        code=next((code.lower() for code in codes if code), "rejected"),
        field=field,
        detail=list(errors),
    )


def _said(response: Response) -> str:
    """Return what the body says, in one line; nothing of a page that is no JSON."""
    if not response.body.lstrip().startswith(b"{"):
        return f"status {response.status}"
    body = response.json()
    errors = body.get("errors", body.get("error", "")) if isinstance(body, dict) else ""
    if isinstance(errors, list):
        errors = "; ".join(str(e.get("message", "")) if isinstance(e, dict) else str(e) for e in errors)
    return str(errors) or f"status {response.status}"


def _quiet(text: str, secrets: Sequence[str]) -> str:
    """Return the text without the secrets, should it echo them."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***") if secret else text
    return text
