"""The probes: alive, ready, degraded, unready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.api.health import BEHIND_SECONDS, Readiness, State, examine
from core.store import backlog
from core.store.backlog import Backlog
from core.store.rows import to_json
from core.store.tables import Delivery

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class AwayQueue:
    """A queue whose Redis went away."""

    async def enqueue(self, job, *ids, delay=0.0):
        """Do nothing."""

    async def answers(self) -> bool:
        """Say no."""
        return False


async def test_the_probes_need_no_token(client):
    live = await client.get("/health/live")
    ready = await client.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready", "database": "ok", "queue": "ok", "worker": "ok", "oldest_seconds": None,
    }  # fmt: skip


async def test_a_delivery_that_waits_too_long_says_that_the_worker_is_behind(client, shop, context):
    connection = await shop.connection(await shop.merchant())
    received = context.clock() - timedelta(seconds=BEHIND_SECONDS + 60)
    row = Delivery(
        connection=connection,
        dedupe_key="1",
        topic="products/update",
        event=to_json({}),
        body=b"{}",
        received_at=received,
    )
    await Delivery.insert(row)

    health = (await client.get("/health/ready")).json()

    assert (health["status"], health["worker"]) == ("degraded", "behind")
    assert health["oldest_seconds"] > BEHIND_SECONDS


@pytest.mark.parametrize(
    ("found", "status", "worker"),
    [
        (None, Readiness.UNREADY, State.AWAY),
        (Backlog(oldest=None), Readiness.DEGRADED, State.OK),
        (Backlog(oldest=NOW), Readiness.DEGRADED, State.OK),
    ],
)
async def test_without_redis_it_is_degraded_and_without_a_database_unready(found, status, worker):
    health = await examine(AwayQueue(), found, NOW.timestamp())

    assert (health.status, health.worker, health.queue) == (status, worker, State.AWAY)


async def test_a_database_that_fails_is_away(store, monkeypatch):
    engine = type(Delivery._meta.db)

    async def fail(self, querystring, *args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(engine, "run_querystring", fail)

    assert await backlog.look(NOW) is None
