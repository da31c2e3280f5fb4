"""What a sender is told: a status, a short code for programs and one sentence that says what to do.

Only the ordinary answer, 200 for what was kept, has no body: platforms read none, and a body is a second write to the
connection for each delivery, a tenth of the intake's time.
"""

from __future__ import annotations

import math

import msgspec
from litestar.types import Send

from core.errors import BadSignature, Malformed, MarketwrightError, NotFound, Rejected, RetryLater
from webhooks.body import Compressed, TooLarge

STATUSES: tuple[tuple[type[MarketwrightError], int], ...] = (
    (BadSignature, 401),
    (NotFound, 404),
    (TooLarge, 413),
    (Compressed, 415),
    (Malformed, 400),
    (Rejected, 422),
    (RetryLater, 503),
)
DEFAULT_RETRY_SECONDS = 5.0


class Answer(msgspec.Struct, frozen=True):
    """An answer ready to be sent. `close` also ends the connection: the body was not read to its end."""

    status: int
    code: str
    body: bytes
    retry_after: int | None = None
    close: bool = False


def said(status: int, code: str, message: str, *, where: str | None = None, **more: int | bool | None) -> Answer:
    """Make an answer with a JSON body."""
    content = {"code": code, "message": message} | ({"where": where} if where else {})
    return Answer(status, code, msgspec.json.encode(content), **more)  # type: ignore[arg-type]


KEPT = Answer(200, "kept", b"")
REPEATED = said(200, "repeated", "This delivery was kept before; nothing is done twice.")
IGNORED = said(200, "ignored", "Understood; there is nothing to keep.")
SWITCHED_OFF = said(200, "switched_off", "This connection is switched off; the delivery was not kept.")
NO_METHOD = said(405, "method_not_allowed", "Send webhooks with POST.", close=True)


def answer_for(error: MarketwrightError) -> Answer:
    """Return what a sender is told of an error."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 503)
    if status != 503:
        where = error.where if isinstance(error, Malformed) else None
        return said(status, error.code, error.message, where=where, close=status in {413, 415})
    if not isinstance(error, RetryLater):
        # settings that cannot be opened, a plugin that does not load: its administrators read why in the log
        return said(503, error.code, "This connection cannot take webhooks now.", retry_after=60)
    after = error.after if error.after is not None else DEFAULT_RETRY_SECONDS
    return said(503, error.code, error.message, retry_after=max(1, math.ceil(after)), close=error.code == "slow_body")


async def send_answer(send: Send, answer: Answer) -> None:
    """Send it. The header list is made anew each time, because middleware may add to it."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer.body))]
    if answer.retry_after is not None:
        headers.append((b"retry-after", b"%d" % answer.retry_after))
    if answer.status == 405:
        headers.append((b"allow", b"POST"))
    if answer.close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
