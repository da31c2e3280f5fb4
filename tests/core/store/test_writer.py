"""Deliveries are committed together, each is answered for itself, and nothing is acknowledged that is not durable."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import Rejected, RetryLater
from core.store.ledger import Group, Incoming, Outcome, Take, Tell
from core.store.tables import Connection, Delivery, Merchant
from core.store.writer import Writer, ledger_for

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Watched:
    """A ledger that is really written, and remembers the groups. `broken` makes it fail as a lost database does."""

    url: str
    groups: list[int] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        self.real = ledger_for(self.url)
        self.open, self.close = self.real.open, self.real.close

    async def drain(self, take: Take, tell: Tell) -> None:
        """Commit, or fail."""

        def taken() -> Group:
            group = take()
            self.groups += [len(group)] if group else []
            return group

        def failed(group: Group, _outcome: Outcome) -> None:
            tell(group, RetryLater("The disk is full."))

        await self.real.drain(taken, failed if self.broken else tell)


@pytest.fixture
def ledger(store: str) -> Watched:
    return Watched(store)


@pytest.fixture
async def connection(store: str) -> int:
    merchant = Merchant(name="Alder & Finch", created_at=NOW)
    await merchant.save()
    row = Connection(
        public_id="shop-1", merchant=merchant.id, channel="woocommerce", name="Shop", sealed="",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    await row.save()
    return int(row.id)


@pytest.fixture
async def heard() -> list[int]:
    return []


@pytest.fixture
async def writer(ledger: Watched, heard: list[int]) -> AsyncIterator[Writer]:
    writer = Writer(ledger, heard.extend, max_waiting=64)
    await writer.open()
    yield writer
    await writer.close()


@pytest.fixture
def delivery(connection: int) -> Callable[..., Incoming]:
    """Return a function that makes a delivery with this key."""

    def make(key: str, *, of: int = connection, topic: str = "product.updated") -> Incoming:
        return Incoming(of, key, topic, '{"topic":"product.updated"}', b'{"id": 1}', NOW)

    return make


async def test_what_arrives_together_is_committed_together(writer, ledger, delivery, heard):
    ids = await asyncio.gather(*(writer.record(delivery(f"k{number}")) for number in range(50)))

    stored = {row["dedupe_key"]: row["id"] for row in await Delivery.select()}
    assert [stored[f"k{number}"] for number in range(50)] == ids
    assert len(ledger.groups) <= 3
    assert sorted(heard) == sorted(ids)


async def test_a_repeat_within_a_group_and_across_groups_has_no_second_id(writer, delivery, heard):
    first = await asyncio.gather(*(writer.record(delivery(key)) for key in ("a", "b", "a", "c")))
    second = await asyncio.gather(*(writer.record(delivery(key)) for key in ("b", "d", "c", "e", "a")))

    stored = {row["dedupe_key"]: row["id"] for row in await Delivery.select()}
    assert first == [stored["a"], stored["b"], None, stored["c"]]
    assert second == [None, stored["d"], None, stored["e"], None]
    assert sorted(heard) == sorted(stored.values())


async def test_a_delivery_that_cannot_be_stored_does_not_spoil_its_group(writer, delivery):
    wrong = delivery("wrong")._replace(topic=None)

    outcomes = await asyncio.gather(
        *(writer.record(one) for one in (delivery("a"), wrong, delivery("b"))), return_exceptions=True
    )

    assert isinstance(outcomes[1], Rejected)
    assert [row["dedupe_key"] for row in await Delivery.select().order_by(Delivery.id)] == ["a", "b"]


async def test_what_cannot_be_committed_is_not_acknowledged(writer, ledger, delivery, heard):
    ledger.broken = True

    with pytest.raises(RetryLater):
        await writer.record(delivery("a"))
    ledger.broken = False

    assert heard == []
    assert await writer.record(delivery("b")) is not None


async def test_beyond_the_bound_senders_are_asked_to_come_again(writer, delivery):
    outcomes = await asyncio.gather(
        *(writer.record(delivery(f"k{number}")) for number in range(100)), return_exceptions=True
    )

    refused = [one for one in outcomes if isinstance(one, RetryLater)]
    assert [one.code for one in refused] == ["overloaded"] * 36
    assert await Delivery.count() == 64


async def test_closing_commits_what_waits(writer, delivery):
    waiting = [asyncio.create_task(writer.record(delivery(f"k{number}"))) for number in range(20)]
    await asyncio.sleep(0)

    await writer.close()

    assert None not in await asyncio.gather(*waiting)
    assert await Delivery.count() == 20


CHILD = """
import asyncio, os, sys
from datetime import UTC, datetime
from core.store.ledger import Incoming
from core.store.writer import Writer, ledger_for

async def sender(writer, lane):
    number = 0
    while True:
        key = f"{lane}-{number}"
        await writer.record(Incoming(int(sys.argv[2]), key, "t", "{}", b"x" * 4000, datetime.now(UTC)))
        os.write(1, f"{key}\\n".encode())
        number += 1

async def main():
    writer = Writer(ledger_for(sys.argv[1]), lambda ids: None)
    await writer.open()
    await asyncio.gather(*(sender(writer, lane) for lane in range(32)))

asyncio.run(main())
"""


@pytest.mark.process
async def test_killing_the_process_loses_nothing_that_was_acknowledged(store, connection):
    command = [sys.executable, "-c", CHILD, store, str(connection)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline() for _ in range(500)]
        child.send_signal(signal.SIGKILL)
        acknowledged += child.stdout.read().splitlines(keepends=True)

    kept = {row["dedupe_key"] for row in await Delivery.select(Delivery.dedupe_key)}
    told = {line.decode().strip() for line in acknowledged if line.endswith(b"\n")}
    assert len(told) >= 500
    assert told <= kept
