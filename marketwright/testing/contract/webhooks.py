"""The sentences about webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from unittest import SkipTest
from urllib.parse import parse_qsl

import msgspec

from marketwright import (
    Action,
    BadSignature,
    Connection,
    Push,
    RecordKind,
    SourceRecord,
    Subscription,
    WebhookEvent,
    WebhookRequest,
)
from marketwright.testing.contract.opening import Opening, first_page, needed
from marketwright.testing.requests import Request
from marketwright.testing.twin import Twin

ACTIVE = "active"


class WebhookContract(Opening):
    """A channel believes only what is signed, and knows a repeat from news."""

    async def test_a_signed_webhook_is_read(self) -> None:
        """What the twin signs verifies and names the product."""
        read = needed(self.channel.read_webhook, "read_webhook")
        async with self.listening() as (twin, connection, inbox):
            product = await self._first(connection)
            request = await self._touched(twin, inbox, product)
            event = read(request, connection)

        assert (event.kind, event.action) == (RecordKind.PRODUCT, Action.UPSERT)
        assert event.external_id == product.external_id, "the event names another product"
        assert event.topic, "an event needs its topic"
        assert event.dedupe_key, "an event needs its dedupe key"

    async def test_a_tampered_webhook_is_refused(self) -> None:
        """One changed byte of the body raises `BadSignature`."""
        async with self.listening() as (twin, connection, inbox):
            request = await self._touched(twin, inbox, await self._first(connection))
            for position in (0, len(request.body) // 2, len(request.body) - 1):
                body = bytearray(request.body)
                body[position] ^= 1
                self._refuses(msgspec.structs.replace(request, body=bytes(body)), connection)
            self._refuses(msgspec.structs.replace(request, body=request.body + b" "), connection)

    async def test_a_webhook_of_another_secret_is_refused(self) -> None:
        """A signature made with another secret raises `BadSignature`."""
        async with self.listening() as (twin, connection, inbox):
            request = await self._touched(twin, inbox, await self._first(connection))
            wrong = Connection(
                id=connection.id,
                channel=connection.channel,
                settings=self.wrong_credentials(connection.settings),
                http=connection.http,
            )
            self._refuses(request, wrong)

    async def test_a_webhook_without_signature_is_refused(self) -> None:
        """A body with no headers but its content type raises `BadSignature`."""
        async with self.listening() as (twin, connection, inbox):
            request = await self._touched(twin, inbox, await self._first(connection))
            bare = {"content-type": request.headers.get("content-type", "application/json")}
            self._refuses(msgspec.structs.replace(request, headers=bare), connection)

    async def test_repeats_share_a_dedupe_key_and_news_do_not(self) -> None:
        """The same request read again has the same key; other changes, of this or another product, have others."""
        read = needed(self.channel.read_webhook, "read_webhook")
        async with self.listening() as (twin, connection, inbox):
            page = await first_page(self.channel.pull_products, connection)
            one, other = page.records[:2]
            requests = [await self._touched(twin, inbox, product) for product in (one, other, one)]
            keys = [read(request, connection).dedupe_key for request in requests]
            again = [read(request, connection).dedupe_key for request in requests]

        assert keys == again, "the same delivery got another dedupe key"
        assert len(set(keys)) == 3, f"different deliveries share a dedupe key: {keys}"

    async def test_a_later_event_has_a_higher_version(self) -> None:
        """Two changes of one product can be told apart by age, so that the stale one never wins."""
        read = needed(self.channel.read_webhook, "read_webhook")
        async with self.listening() as (twin, connection, inbox):
            product = await self._first(connection)
            versions = []
            for _ in range(2):
                request = await self._touched(twin, inbox, product)
                records = await self._records(connection, read(request, connection), request)
                versions.append(records[0].version)

        assert versions[0] < versions[1], f"versions do not rise: {versions}"

    async def test_an_event_becomes_the_record_that_a_pull_gives(self) -> None:
        """The record out of a webhook equals the record read afresh."""
        read = needed(self.channel.read_webhook, "read_webhook")
        async with self.listening() as (twin, connection, inbox):
            product = await self._first(connection)
            request = await self._touched(twin, inbox, product)
            records = await self._records(connection, read(request, connection), request)
            fresh = await self.channel.pull_one(connection, RecordKind.PRODUCT, product.external_id)

        assert [it.external_id for it in records] == [product.external_id]
        assert records[0].record == fresh.record, "the webhook gives another record than the pull"
        assert records[0].version == fresh.version, "the webhook gives another version than the pull"

    async def test_registering_twice_changes_nothing(self) -> None:
        """Registration is idempotent, and what is registered is listed as active."""
        register = needed(self.channel.register_webhooks, "register_webhooks")
        list_webhooks = needed(self.channel.list_webhooks, "list_webhooks")
        async with self.listening() as (_, connection, inbox):
            first = await list_webhooks(connection)
            await register(connection)
            second = await list_webhooks(connection)
            base_url = inbox.base_url

        assert _kept(first) == _kept(second), "registering again made or changed subscriptions"
        assert first, "nothing is registered"
        assert all(it.state == ACTIVE and it.url.startswith(base_url) for it in first)

    async def test_lost_webhooks_are_repaired(self) -> None:
        """What the platform disabled or forgot is active again after a repair, and no subscription is doubled."""
        repair = needed(self.channel.repair_webhooks, "repair_webhooks")
        list_webhooks = needed(self.channel.list_webhooks, "list_webhooks")
        async with self.listening() as (twin, connection, _):
            before = await list_webhooks(connection)
            await self.lose_webhooks(twin)
            await repair(connection)
            after = await list_webhooks(connection)

        topics = sorted(it.topic for it in after if it.state == ACTIVE)
        assert topics == sorted(it.topic for it in before), f"active after the repair: {topics}"

    async def test_our_own_write_comes_back_as_no_news(self) -> None:
        """The webhook that follows a push brings what the push brought: the same record, so that nothing loops."""
        push = needed(self.channel.push_product, "push_product")
        read = needed(self.channel.read_webhook, "read_webhook")
        async with self.listening() as (twin, connection, inbox):
            first = await self._first(connection)
            source = await self.channel.pull_one(connection, RecordKind.PRODUCT, first.external_id)
            change = self.change(source)
            wanted = Push(external_id=source.external_id, record=source.record, raw=source.raw, changes=(change,))
            pushed = await push(connection, wanted)
            await twin.settled()
            if not inbox.requests:
                raise SkipTest("this platform tells nobody of what we write")
            requests = [as_webhook(it) for it in inbox.requests]
            echoes = [await self._records(connection, read(it, connection), it) for it in requests]

        for echo in (it for records in echoes for it in records if it.external_id == source.external_id):
            assert echo.record == pushed.record.record, "a webhook of our own write reads as a change"
            assert echo.version <= pushed.record.version, "a webhook of our own write is newer than the write"

    def _refuses(self, request: WebhookRequest, connection: Connection) -> None:
        read = needed(self.channel.read_webhook, "read_webhook")
        try:
            read(request, connection)
        except BadSignature:
            return
        raise AssertionError("a webhook that is not rightly signed was read")

    async def _first(self, connection: Connection) -> SourceRecord:
        page = await first_page(self.channel.pull_products, connection)
        return page.records[0]

    async def _touched(self, twin: Twin, inbox: Twin, product: SourceRecord) -> WebhookRequest:
        """Touch a product and return the webhook about it that arrived last."""
        inbox.requests.clear()
        await self.touch(twin, product.external_id)
        await twin.settled()
        assert inbox.requests, "touching a product sent no webhook"
        return as_webhook(inbox.requests[-1])

    async def _records(
        self, connection: Connection, event: WebhookEvent, request: WebhookRequest
    ) -> Sequence[SourceRecord]:
        read_event = needed(self.channel.read_event, "read_event")
        return await read_event(connection, event, msgspec.json.decode(request.body))


def as_webhook(request: Request) -> WebhookRequest:
    """Return a request that an inbox collected as the server hands it to a plugin."""
    return WebhookRequest(
        method=request.method,
        path=request.path,
        headers=dict(request.headers),
        body=request.body,
        query=dict(parse_qsl(request.raw_query, keep_blank_values=True)),
    )


def _kept(subscriptions: Sequence[Subscription]) -> list[tuple[str, str, str]]:
    return sorted((it.id, it.topic, it.url) for it in subscriptions)
