"""What may be logged of texts and records: secrets never, buyers and addresses never."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from core.model.records import Record, RecordKind

MASK = "***"

SECRET_NAMES = (
    "access_token", "api_key", "apikey", "app_secret", "authorization", "client_secret", "code_verifier",
    "consumer_key", "consumer_secret", "cookie", "id_token", "key", "oauth_consumer_key", "oauth_nonce",
    "oauth_signature", "oauth_timestamp", "oauth_token", "password", "passwd", "private_key", "refresh_token",
    "secret", "set-cookie", "session_id", "shared_secret", "signature", "subject_token", "token",
    "webhook_secret", "ws_key", "x-api-key", "x-auth-token", "x-shopify-access-token", "x-amz-access-token",
)  # fmt: skip
_NAMES = "|".join(sorted((re.escape(name) for name in SECRET_NAMES), key=len, reverse=True))
_PAIR = re.compile(rf"(?i)(?:(?<![\w-])|(?<=%3F)|(?<=%26))({_NAMES})(=|%3D)([^&\s\"'<>]+)")
_FIELD = re.compile(rf"(?i)([\"'])({_NAMES})\1(\s*[:,]\s*)([\"'])((?:\\.|(?!\4).)*)\4")
_HEADER = re.compile(rf"(?im)^({_NAMES}):[ \t]*\S.*$")
_SCHEME = re.compile(r"(?i)\b(basic|bearer)\s+[A-Za-z0-9._~+/=-]{6,}")
_USERINFO = re.compile(r"(?i)\b(https?://)[^/\s@]+@")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[\w-]*[^\W\d_][\w-]*")
"""Addresses end in a domain with letters; `shopify@2026.11` is a rulepack."""
_SHORTEST_SECRET = 4


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without the secrets given, without values of secret names, and without e-mail addresses."""
    for form in sorted(_forms(secrets), key=len, reverse=True):
        text = text.replace(form, MASK)
    text = _PAIR.sub(rf"\1\2{MASK}", text)
    text = _FIELD.sub(rf"\1\2\1\3\4{MASK}\4", text)
    text = _HEADER.sub(rf"\1: {MASK}", text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    return _EMAIL.sub(MASK, text)


def redact_headers(headers: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Return the headers with the values of secret ones masked."""
    known = tuple(secrets)
    return {name: MASK if is_secret_name(name) else redact(value, known) for name, value in headers.items()}


def is_secret_name(name: str) -> bool:
    """Say whether a header, query parameter or field of this name holds a secret."""
    lower = name.lower()
    return lower in SECRET_NAMES or any(mark in lower for mark in ("secret", "token", "signature", "hmac", "auth"))


def _forms(secrets: Iterable[str]) -> set[str]:
    """Return each secret in the shapes in which it travels: plain, in a URL, in base64."""
    forms: set[str] = set()
    for secret in secrets:
        if len(secret) < _SHORTEST_SECRET:
            continue
        encoded = base64.b64encode(secret.encode()).decode()
        forms |= {secret, quote(secret, safe=""), quote_plus(secret), encoded, encoded.rstrip("=")}
    return forms


ORDER_FIELDS_WITHOUT_PEOPLE = (
    "external_id", "number", "status", "placed_at", "updated_at", "currency", "total", "shipping_total", "tax_total",
)  # fmt: skip
_COUNTRY = "country"


def anonymise_order(record: Record) -> Record:
    """Return an order without its people: amounts, states, lines and countries only."""
    kept: dict[str, Any] = {name: record[name] for name in ORDER_FIELDS_WITHOUT_PEOPLE if name in record}
    for address in ("shipping_address", "billing_address"):
        place = record.get(address)
        if isinstance(place, dict) and place.get(_COUNTRY):
            kept[address] = {_COUNTRY: place[_COUNTRY]}
    lines = record.get("lines")
    if isinstance(lines, list):
        names = ("sku", "title", "quantity", "unit_price")
        kept["lines"] = [
            {name: line[name] for name in names if name in line} for line in lines if isinstance(line, dict)
        ]
    return kept


def outlives(kind: RecordKind, value: Any) -> Any:
    """Return what may be kept of a value when its record is gone: of an order nothing, for it may be a buyer's."""
    return None if kind is RecordKind.ORDER else value


def loggable(kind: RecordKind, record: Record) -> Record:
    """Return what a log may say of a record: identity and shape, never text that people wrote about people."""
    identity: dict[str, Any] = {"kind": kind.value}
    for name in ("external_id", "sku", "number", "status", "updated_at"):
        if isinstance(record.get(name), str | int):
            identity[name] = record[name]
    for name in ("variants", "images", "lines", "shipments"):
        if isinstance(record.get(name), list):
            identity[name] = len(record[name])
    return identity
