"""What the front door does with what comes: it keeps what is true, once, and says what is wrong with the rest."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec

from core.model.events import WebhookEvent
from core.store.tables import Connection

BODY = b'{"id": 7, "name": "Blue shirt", "date_modified_gmt": "2026-11-23T08:40:20"}'


async def test_a_signed_delivery_is_kept_as_it_came_before_it_is_acknowledged(front):
    answer = await front.deliver(BODY)

    (kept,) = await front.kept()
    event = msgspec.json.decode(kept["event"], type=WebhookEvent)
    assert (answer.status, answer.code) == (200, "kept")
    assert (bytes(kept["body"]), kept["topic"], event.external_id) == (BODY, "product.updated", "7")
    assert kept["received_at"].astimezone(UTC) == datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)
    assert (kept["handled_at"], kept["attempts"], kept["dedupe_key"]) == (None, 0, event.dedupe_key)


async def test_the_jobs_hear_of_what_was_kept(front):
    await front.deliver(BODY)
    await front.intake.close()

    (kept,) = await front.kept()
    assert front.queue.asked == [("process_deliveries", (kept["id"],))]


async def test_a_wrong_signature_is_refused_and_nothing_is_kept(front):
    answer = await front.deliver(BODY, x_wc_webhook_signature="A" * 43 + "=")

    assert (answer.status, answer.code) == (401, "bad_signature")
    assert await front.kept() == []


async def test_malformed_json_with_a_wrong_signature_is_a_wrong_signature(front):
    answer = await front.deliver(b"{", x_wc_webhook_signature="")

    assert answer.status == 401


async def test_malformed_json_is_refused_with_its_place(front):
    answer = await front.deliver(b'{"id": 7,\n "name": x}')

    assert (answer.status, answer.code) == (400, "malformed")
    assert answer.content["where"] == "line 2, column 10 (byte 19)"
    assert await front.kept() == []


async def test_text_that_is_not_utf8_is_refused_with_its_place(front):
    answer = await front.deliver(b'{"id": 7, "name": "\xff"}')

    assert (answer.status, answer.content["where"]) == (400, "line 1, column 20 (byte 19)")


async def test_json_nested_without_end_is_refused(front):
    answer = await front.deliver(b'{"id": 7, "name": ' + b"[" * 20_000 + b"]" * 20_000 + b"}")

    assert (answer.status, answer.code) == (400, "malformed")
    assert await front.kept() == []


async def test_a_body_over_the_limit_is_refused_by_its_announced_length(front):
    answer = await front.deliver(b" " * (front.intake.max_body_bytes + 1))

    assert (answer.status, answer.code) == (413, "body_too_large")
    assert str(front.intake.max_body_bytes) in answer.content["message"]
    assert await front.kept() == []


async def test_a_body_over_the_limit_is_refused_while_it_streams(front):
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 4096

    answer = await front.send(front.path, chunks(), front.headers(b""))

    assert answer.status == 413
    assert await front.kept() == []


async def test_a_body_in_pieces_is_put_together(front):
    async def chunks() -> AsyncIterator[bytes]:
        yield BODY[:10]
        yield BODY[10:]

    answer = await front.send(front.path, chunks(), front.headers(BODY))

    assert answer.status == 200
    assert [bytes(row["body"]) for row in await front.kept()] == [BODY]


async def test_a_compressed_body_is_not_taken(front):
    answer = await front.deliver(BODY, content_encoding="gzip")

    assert (answer.status, answer.code) == (415, "compressed_body")


async def test_unknown_addresses_are_not_found(front):
    paths = ["/webhooks/woocommerce/nobody", "/webhooks/shopify/shop-1", "/webhooks/woocommerce", "/webhooks/a/b/c"]

    answers = [await front.send(path, BODY, front.headers(BODY)) for path in paths]

    assert [answer.status for answer in answers] == [404] * 4
    assert await front.kept() == []


async def test_a_channel_without_webhooks_is_not_found(front):
    front.channels["woocommerce"] = dataclasses.replace(front.channels["woocommerce"], read_webhook=None)

    answer = await front.deliver(BODY)

    assert (answer.status, answer.code) == (404, "no_webhooks")


async def test_a_channel_whose_plugin_is_gone_asks_to_come_again(front):
    del front.channels["woocommerce"]

    answer = await front.deliver(BODY)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")


async def test_only_post_is_taken(front):
    answer = await front.send(front.path, None, {}, method="GET")

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_an_activation_ping_is_acknowledged_and_not_kept(front):
    answer = await front.send(front.path, b"webhook_id=2", {})

    assert (answer.status, answer.code) == (200, "ignored")
    assert await front.kept() == []


async def test_the_same_delivery_twice_is_kept_once(front):
    codes = [(await front.deliver(BODY)).code for _ in range(3)]

    assert codes == ["kept", "repeated", "repeated"]
    assert len(await front.kept()) == 1


async def test_two_hundred_at_once_are_each_kept_once(front):
    bodies = [json.dumps({"id": number}).encode() for number in range(200)]

    answers = await asyncio.gather(*(front.deliver(body) for body in bodies * 2))

    assert sorted(answer.code for answer in answers) == ["kept"] * 200 + ["repeated"] * 200
    assert sorted(bytes(row["body"]) for row in await front.kept()) == sorted(bodies)


async def test_a_connection_that_is_switched_off_keeps_nothing(front):
    await Connection.update({Connection.enabled: False}).where(Connection.public_id == "shop-1")

    answer = await front.deliver(BODY)
    forged = await front.deliver(BODY, x_wc_webhook_signature="A" * 43 + "=")

    assert (answer.status, answer.code, forged.status) == (200, "switched_off", 401)
    assert await front.kept() == []


async def test_while_the_server_stops_senders_are_asked_to_come_again(front):
    await front.deliver(BODY)
    await front.intake.close()

    answer = await front.deliver(b'{"id": 8}')

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


async def test_neither_bodies_nor_secrets_are_logged(front, caplog):
    caplog.set_level(logging.DEBUG)

    await front.deliver(BODY)
    await front.deliver(b'{"id": 7, "name": "Blue shirt"', x_wc_webhook_signature="forged")
    await front.deliver(b'{"id": 7, "name": "Blue shirt"')

    assert "Blue shirt" not in caplog.text
    assert "lab-webhook" not in caplog.text
    assert "bad_signature" in caplog.text


async def test_every_delivery_of_a_real_store_is_taken_and_kept_once(front, captured):
    signed = [one for one in captured if not one[0].endswith("nosecret")]

    first = [await front.send(front.path, body, headers) for _, headers, body in signed]
    again = [await front.send(front.path, body, headers) for _, headers, body in signed]

    assert {answer.status for answer in [*first, *again]} == {200}
    assert {answer.code for answer in again} <= {"repeated", "ignored"}
    assert len(await front.kept()) == sum(answer.code == "kept" for answer in first) > 20
