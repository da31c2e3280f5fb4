"""The API over an installation in which two merchants each have a little of everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

import core.api
from core import people
from core.context import Context
from core.model.people import Role, SignedIn
from core.store import sessions

PASSWORD = "correct horse battery"


class World:
    """One merchant's things by what routes call them, and the tokens of its people."""

    def __init__(self, merchant: int, ids: dict[str, Any], tokens: dict[str, str]) -> None:
        self.merchant = merchant
        self.ids = ids
        self.tokens = tokens

    def bearer(self, role: str) -> dict[str, str]:
        """Return the header by which a program of somebody in this role calls."""
        return {"Authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Hash with little memory: the parameters are Argon2's, not ours, to test."""
    hasher = people.PasswordHasher
    monkeypatch.setattr(people, "PasswordHasher", lambda: hasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def app(context: Context) -> Litestar:
    """Return an application of the API alone."""
    return Litestar(
        route_handlers=core.api.routes(),
        openapi_config=core.api.openapi_config(),
        state=State({"context": context}),
        logging_config=None,
    )


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of nobody's."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://marketwright.test") as opened:
        yield opened


async def make_world(shop: Any, name: str) -> World:
    """Write a merchant with two people and one of each thing."""
    merchant = await shop.merchant(name)
    connection = await shop.connection(merchant)
    record = await shop.record(merchant, connection)
    pattern = await shop.pattern(merchant)
    issue = await shop.issue(merchant, connection, record, pattern)
    decision = await shop.decision(issue, pattern)
    application = await shop.application(merchant, connection, record, issue, pattern, decision=decision)
    await shop.issue(merchant, connection, record, pattern, field="title", state="resolved", closed_at=shop.tick())
    await shop.alert(merchant)
    await shop.sync_run(connection)
    tokens = {}
    for role in Role:
        user = await people.create_user(f"{name} {role}", PASSWORD, role, merchant)
        tokens[str(role)] = await people.create_api_token(user, "test")
    ids = {
        "issue_id": issue, "decision_id": decision, "application_id": application, "pattern_id": pattern,
        "auto_rule_id": await shop.rule(pattern), "connection_id": connection, "record_id": record,
        "grouping_id": await shop.grouping(merchant, await shop.pattern(merchant), pattern),
        "token_id": (await sessions.tokens(user))[0].id, "name": "shopify",
    }  # fmt: skip
    return World(merchant, ids, tokens)


@pytest.fixture
async def ours(shop: Any, context: Context) -> World:
    """Return the merchant whose things are asked for."""
    return await make_world(shop, "ours")


@pytest.fixture
async def theirs(shop: Any, context: Context) -> World:
    """Return another merchant."""
    return await make_world(shop, "theirs")


@pytest.fixture
async def browser(ours: World) -> SignedIn:
    """Return the session of our admin in a browser."""
    return await people.sign_in("ours admin", PASSWORD)
