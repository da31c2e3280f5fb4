"""Calls to Acme: where they may go, how fast, and what a refusal means."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from marketwright import (
    Account,
    Bucket,
    Connection,
    Malformed,
    NeedsAttention,
    NotFound,
    Pace,
    Rejected,
    Response,
)
from marketwright.testing.acme.settings import KEYS_PAGE, Settings

RIGHTS = ("read", "write")
OURS = {"name": "title", "price": "price"}
"""Their fields that can be written, and ours for them."""


def hosts(settings: Settings) -> tuple[str, ...]:
    """Return the only host that a connection may reach."""
    return (urlsplit(settings.base_url).netloc,)


def pace(settings: Settings) -> Pace:
    """Return the published limit: ten calls a second, bursts of a hundred (put its source here)."""
    return Pace(concurrency=4, buckets={"default": Bucket(capacity=100, per_second=10)})


async def ask(connection: Connection, method: str, path: str, **options: Any) -> Response:
    """Call Acme and return its answer, or raise what its refusal means."""
    settings: Settings = connection.settings
    answer = await connection.http.request(
        method, settings.base_url + path, headers={"X-Api-Key": settings.api_key}, **options
    )
    if answer.status >= 400:
        raise refusal(answer)
    return answer


async def call(connection: Connection, method: str, path: str, **options: Any) -> Any:
    """Call Acme and return the JSON of its answer."""
    return (await ask(connection, method, path, **options)).json()


def refusal(answer: Response) -> NeedsAttention | NotFound | Rejected:
    """Return the error of a status of 400 or above."""
    if answer.status == 401:
        return NeedsAttention(f"Acme does not know this API key. Make a new one: {KEYS_PAGE}", code="wrong_key")
    if answer.status == 403:
        return NeedsAttention(
            "A firewall before Acme refuses our server's address. Ask Acme's support to allow it.",
            code="blocked_by_host",
        )
    if answer.status == 404:
        return NotFound("Acme does not have it (any more).")
    try:
        said = answer.json()
    except Malformed:
        said = None
    said = said if isinstance(said, dict) else {}
    return refused(str(said.get("code") or "rejected"), said.get("field"))


def refused(code: str, field: Any) -> Rejected:
    """Return the refusal of a value, with our path for their field."""
    return Rejected(f"Acme refused it: {code}.", code=code, field=OURS.get(str(field)))


async def test_credentials(connection: Connection) -> Account:
    """Return whose shop the key opens, and the rights that it lacks."""
    try:
        me = await call(connection, "GET", "/me")
    except Malformed as error:
        raise NeedsAttention(
            "A page came in place of data. Check the shop address, and whether something stands before the shop.",
            code="not_json",
        ) from error
    return Account(
        name=me["name"],
        missing_rights=tuple(right for right in RIGHTS if right not in me["rights"]),
        facts={"currency": me["currency"]},
    )
