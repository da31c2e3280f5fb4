"""A rulepack is edited while the server runs: its issues follow, in processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from config.settings import Database, Settings
from config.wiring import opened
from core import connections
from core.model.people import Actor, Role
from core.store import connections as stored
from core.store import merchants

pytestmark = pytest.mark.process

SECRET = "wh-secret"
PACK = """rulepack: woocommerce
version: 2099.12
extends: woocommerce@2026.11
rules:
  - id: order.number.short
    title: Order number too long
    kind: order
    category: business_rule
    severity: error
    field: number
    check: {{max_length: {limit}}}
    message: "The number has {{actual}} characters."
    source: test
    cases: [{{fail: {{number: "{text}"}}}}]
"""


@asynccontextmanager
async def webhook(environment: dict[str, str]) -> AsyncIterator[str]:
    """Make a WooCommerce connection and yield the path of its webhooks. Its shop is never called."""
    settings = Settings(
        data_dir=environment["MARKETWRIGHT_DATA_DIR"], database=Database(url=environment["MARKETWRIGHT_DATABASE__URL"])
    )
    async with opened(settings) as context:
        values = {
            "store_url": "http://127.0.0.1:9", "consumer_key": "ck_" + "0" * 40,
            "consumer_secret": "cs_" + "0" * 40, "webhook_secret": SECRET,
        }  # fmt: skip
        made = await connections.create(
            context, Actor(user=1, name="admin", role=Role.ADMIN), channel="woocommerce", name="Shop", values=values,
            merchant=await merchants.create("Alder & Finch", context.clock()),
        )  # fmt: skip
        row = await stored.get(made)
        assert row is not None
        yield f"/webhooks/woocommerce/{row.public_id}"


async def becomes(ask: Any, question: str, wanted: int) -> None:
    """Wait until the database answers with a number."""
    found = None
    for _ in range(300):
        found = await ask(question)
        if found == wanted:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{question} gives {found}, not {wanted}")


async def test_an_edited_pack_judges_what_is_kept_without_a_restart(environment, serve, tmp_path: Path, kit) -> None:
    file = tmp_path / "packs/woocommerce/2099.12.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(PACK.format(limit=9, text="x" * 10))
    environment |= {
        "MARKETWRIGHT_RULEPACKS__FOLDERS": str(tmp_path / "packs"),
        "MARKETWRIGHT_RULEPACKS__RELOAD": "true",
    }
    open_issues = "SELECT count(*) FROM issues WHERE rule = 'order.number.short' AND closed_at IS NULL"
    async with webhook(environment) as path:
        pass
    server = await asyncio.to_thread(serve)
    body = kit.order(12345)
    async with kit.database(environment["MARKETWRIGHT_DATABASE__URL"]) as ask, aiohttp.ClientSession() as session:
        async with session.post(server.address + path, data=body, headers=kit.headers(body, SECRET)) as answer:
            assert answer.status == 200
        await becomes(ask, "SELECT count(*) FROM records", 1)
        assert await ask(open_issues) == 0

        file.write_text(PACK.format(limit=4, text="x" * 5))
        await becomes(ask, open_issues, 1)
        file.write_text("rulepack: woocommerce\n")
        await becomes(ask, "SELECT count(*) FROM alerts WHERE subject = 'rulepacks' AND closed_at IS NULL", 1)
        assert await ask(open_issues) == 1
        file.write_text(PACK.format(limit=9, text="x" * 10))
        await becomes(ask, open_issues, 0)
        await becomes(ask, "SELECT count(*) FROM alerts WHERE subject = 'rulepacks' AND closed_at IS NULL", 0)
