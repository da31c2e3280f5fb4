"""One GraphQL call to a shop: the token, the pace, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from marketwright import Bucket, Budget, Connection, Malformed, Pace, Response
from plugins.shopify import refusals, tokens
from plugins.shopify.documents import API_VERSION, Document
from plugins.shopify.settings import Settings

_SHORTEST_WAIT = 0.5


@dataclass(frozen=True)
class Answer:
    """The `data` of an answer, the API version that gave it, and the time on Shopify's clock (ISO, UTC)."""

    data: dict[str, Any]
    version: str
    at: str


class _Status(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    maximum_available: float | None = None
    currently_available: float | None = None
    restore_rate: float | None = None


class _Cost(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    requested_query_cost: float | None = None
    throttle_status: _Status = _Status()


class _Extensions(msgspec.Struct, frozen=True, kw_only=True):
    cost: _Cost | None = None


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What the pace reads in an answer; its data is skipped."""

    errors: Any = None
    extensions: _Extensions | None = None


def hosts(settings: Settings) -> tuple[str, ...]:
    """Return the only host that this connection may reach."""
    return (settings.shop_domain,)


def pace(settings: Settings) -> Pace:
    """Return the pace to begin with: a standard plan's 2,000 points, 100 a second. Answers tell the shop's own.

    Sources: recorded `throttleStatus`; shopify.dev "rate limits" (Advanced 200, Plus 1,000, Enterprise 2,000).
    """
    return Pace(concurrency=4, buckets={"default": Bucket(capacity=2000, per_second=100)}, read=read_budget)


def read_budget(response: Response) -> Budget | None:
    """Return what an answer says of the cost bucket; `wait` where the call was refused, which comes as HTTP 200."""
    if response.status != 200:
        return None
    try:
        envelope = msgspec.json.decode(response.body, type=_Envelope)
    except msgspec.DecodeError:
        return None
    cost = envelope.extensions.cost if envelope.extensions else None
    status = cost.throttle_status if cost else _Status()
    wait = None
    if isinstance(envelope.errors, list) and any(_throttled(error) for error in envelope.errors):
        missing = ((cost.requested_query_cost if cost else None) or 0.0) - (status.currently_available or 0.0)
        wait = max(_SHORTEST_WAIT, missing / (status.restore_rate or 100.0))
    elif cost is None:
        return None
    return Budget(
        available=status.currently_available,
        capacity=status.maximum_available,
        per_second=status.restore_rate,
        wait=wait,
    )


async def ask(connection: Connection, document: Document, variables: Mapping[str, Any]) -> Answer:
    """Carry out a document and return its answer; a refused access token is renewed once where it can be."""
    settings = await tokens.current(connection)
    response = await _post(connection, settings, document, variables)
    if response.status == 401 and settings.renewable:
        settings = await tokens.renew(connection, settings)
        response = await _post(connection, settings, document, variables)
    if response.status != 200:
        raise refusals.from_status(response, _secrets(settings))
    body = response.json()
    if not isinstance(body, dict):
        raise Malformed("Shopify's answer is not a GraphQL answer.", code="unexpected_form")
    if body.get("errors"):
        raise refusals.from_errors(body["errors"], _secrets(settings))
    if not isinstance(body.get("data"), dict):
        raise Malformed("Shopify's answer holds no data.", code="unexpected_form")
    return Answer(body["data"], response.headers.get("x-shopify-api-version", API_VERSION), _moment(response))


async def call(connection: Connection, document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a document and return its data."""
    return (await ask(connection, document, variables)).data


async def change(
    connection: Connection,
    document: Document,
    variables: Mapping[str, Any],
    locate: refusals.Locate = lambda path: None,
) -> dict[str, Any]:
    """Carry out a mutation and return its payload; user errors are raised, `locate` names their canonical field."""
    payload = await attempt(connection, document, variables)
    if payload.get("userErrors"):
        raise refusals.from_user_errors(payload["userErrors"], locate)
    return payload


async def attempt(connection: Connection, document: Document, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a mutation and return its payload, user errors included."""
    data = await call(connection, document, variables)
    payload = next(iter(data.values()), None)
    if not isinstance(payload, dict):
        raise Malformed("Shopify's answer to a mutation holds no payload.", code="unexpected_form")
    return payload


def nodes_of(connection_field: Any) -> list[dict[str, Any]]:
    """Return the nodes of a Relay connection."""
    nodes = connection_field.get("nodes") if isinstance(connection_field, dict) else None
    if not isinstance(nodes, list):
        raise Malformed("Shopify's answer lacks the nodes of a list.", code="unexpected_form")
    return [node for node in nodes if isinstance(node, dict)]


def _moment(response: Response) -> str:
    """Return when Shopify answered by its own clock; by ours where it does not say."""
    try:
        moment = parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    except ValueError:
        moment = datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _secrets(settings: Settings) -> tuple[str, ...]:
    return settings.access_token, settings.api_secret, settings.previous_api_secret, settings.refresh_token


def _throttled(error: Any) -> bool:
    return isinstance(error, dict) and (error.get("extensions") or {}).get("code") == "THROTTLED"


async def _post(
    connection: Connection, settings: Settings, document: Document, variables: Mapping[str, Any]
) -> Response:
    return await connection.http.request(
        "POST",
        f"{settings.origin}/admin/api/{API_VERSION}/graphql.json",
        json={"query": document.text, "operationName": document.name, "variables": dict(variables)},
        headers={"X-Shopify-Access-Token": settings.access_token, "Accept": "application/json"},
        operation=document.name,
        cost=document.cost,
        idempotent=document.idempotent,
    )
