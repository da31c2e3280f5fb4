"""The intake: verify, keep, ring, answer.

`POST /webhooks/{channel}/{public_id}` is plain ASGI and taken before the framework: an ordinary handler costs twice as
much a request.
An answer of 200 means that the delivery is durable, that it was kept before, or that there is nothing to keep.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import cast
from urllib.parse import parse_qsl

import msgspec
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from core.errors import Malformed, MarketwrightError, NotFound
from core.model.events import Action, WebhookEvent, WebhookRequest
from core.queue import Queue
from core.store.ledger import Incoming, Ledger
from core.store.writer import Writer
from webhooks.answers import (
    IGNORED,
    KEPT,
    NO_METHOD,
    REPEATED,
    SWITCHED_OFF,
    Answer,
    answer_for,
    send_answer,
)
from webhooks.bell import Bell
from webhooks.body import check_json, read_body
from webhooks.directory import Directory, Known
from webhooks.keys import dedupe_key, topic

log = logging.getLogger("marketwright.webhooks")

MAX_BODY_BYTES = 5 * 1024 * 1024

_ENCODER = msgspec.json.Encoder()


class Intake:
    """What the route works with; one for each process that serves. It is opened and closed with the application."""

    def __init__(
        self,
        directory: Directory,
        ledger: Ledger,
        queue: Queue,
        clock: Callable[[], datetime],
        *,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self.directory = directory
        self.clock = clock
        self.max_body_bytes = max_body_bytes
        self.bell = Bell(queue)
        self.writer = Writer(ledger, self.bell.ring)

    async def open(self) -> None:
        """Connect to the database and start to keep."""
        self.bell.open()
        await self.writer.open()

    async def close(self) -> None:
        """Commit what waits, ring for it, and let go."""
        await self.writer.close()
        await self.bell.close()


def before(intake: Intake, others: ASGIApp) -> ASGIApp:
    """Return an application that takes what lies below `/webhooks/` itself and hands everything else to `others`."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http" or not scope["path"].startswith("/webhooks/"):
            await others(scope, receive, send)
            return
        answer = await take(intake, cast(HTTPScope, scope), receive)
        if answer is not None:
            await send_answer(send, answer)

    return application


async def take(intake: Intake, scope: HTTPScope, receive: Receive) -> Answer | None:
    """Return what the sender is to be told; None when it went away before the end of its body."""
    if scope["method"] != "POST":
        return NO_METHOD
    try:
        return await _keep(intake, scope, receive)
    except MarketwrightError as error:
        answer = answer_for(error)
        level = logging.INFO if answer.status < 500 else logging.ERROR
        log.log(level, "%d %s for a webhook at %r", answer.status, answer.code, scope["path"])
        return answer


async def _keep(intake: Intake, scope: HTTPScope, receive: Receive) -> Answer | None:
    """Look up, read, verify, and wait until the delivery is durable."""
    known = await intake.directory.find(*_address(scope["path"]))
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body = await read_body(receive, headers, intake.max_body_bytes)
    if body is None:
        return None
    event = _read(known, scope, headers, body)
    if event.action is Action.IGNORE:
        return IGNORED
    if not known.endpoint.enabled:
        return SWITCHED_OFF
    check_json(body)
    delivery_id = await intake.writer.record(_incoming(intake, known.endpoint.id, event, body))
    return REPEATED if delivery_id is None else KEPT


def _address(path: str) -> tuple[str, str]:
    """Return channel and public id of `/webhooks/{channel}/{public_id}`."""
    match path.strip("/").split("/"):
        case ["webhooks", channel, public_id]:
            return channel, public_id
    raise NotFound("Webhooks go to /webhooks/{channel}/{public_id}; copy the address from the connection's page.")


def _read(known: Known, scope: HTTPScope, headers: dict[str, str], body: bytes) -> WebhookEvent:
    """Let the plugin verify and read; where it cannot read a verified body, say the place."""
    query = scope["query_string"]
    request = WebhookRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        headers=headers,
        body=body,
        query=dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {},
    )
    try:
        return known.read(request, known.connection)
    except Malformed:
        check_json(body)
        raise
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.", where="byte 0") from error


def _incoming(intake: Intake, connection: int, event: WebhookEvent, body: bytes) -> Incoming:
    return Incoming(
        connection=connection,
        dedupe_key=dedupe_key(event.dedupe_key),
        topic=topic(event.topic),
        event=_ENCODER.encode(event).decode(),
        body=body,
        received_at=intake.clock(),
    )
