"""Sends one digest: as a mail, or as a webhook signed the way the Standard Webhooks specification says."""

from __future__ import annotations

import secrets
from typing import Any

import aiohttp
import msgspec

from core.context import Context
from core.errors import Malformed, MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.exchange import compose
from core.mail import send
from core.model.notices import Digest, RecipientKind
from core.notifications import letters, words
from core.notifications.endpoints import secret_of
from core.notifications.server import needed
from core.retries import network_failure, retry_after
from core.signing import standard_webhooks_sign
from core.store.digests import DigestRow
from core.store.recipients import RecipientRow

GONE = 410
WANTED = range(200, 300)
SHORTEST_WAIT, LONGEST_WAIT = 30.0, 3600.0 * 6


async def deliver(context: Context, recipient: RecipientRow, digest: DigestRow) -> None:
    """Send a digest to its recipient.

    RetryLater: try again. Rejected: it wants no more of them, now or later. NeedsAttention: a person has to act
    before it can be sent.
    """
    site = (context.public_url or "").rstrip("/")
    if recipient.kind is RecipientKind.EMAIL:
        server = await needed(context)
        letter = letters.digest_letter(
            server, recipient.address, digest.content, digest.key, context.clock(), site=site, token=recipient.token
        )
        await send(server, letter, recipient.address)
        return
    await post(context, recipient, digest.key, payload(digest.content, digest.key, site))


def payload(digest: Digest, key: str, site: str) -> dict[str, Any]:
    """Return what a webhook says: counts, and for each cause its title, its count, examples and links."""
    return {
        "type": f"digest.{digest.about}",
        "timestamp": digest.until,
        "data": {
            "id": key,
            "since": digest.since,
            "until": digest.until,
            "summary": words.counted(digest),
            "counts": {str(kind): number for kind, number in digest.counts.items()},
            "news": [
                {
                    "kind": one.kind,
                    "title": words.plain(one.title, words.LONGEST_TITLE),
                    "count": one.count,
                    "where": one.where,
                    "merchant": one.merchant,
                    "url": f"{site}{one.path}" if site else None,
                    "examples": [
                        {
                            "text": words.plain(each.text, words.LONGEST_EXAMPLE),
                            "url": f"{site}{each.path}" if site else None,
                        }
                        for each in one.examples
                    ],
                }
                for one in digest.news
            ],
            "left_out": digest.left_out,
        },
    }


async def try_out(context: Context, recipient: RecipientRow) -> None:
    """Send an endpoint a `ping`; errors say what is wrong."""
    key = f"msg_{secrets.token_hex(16)}"
    await post(context, recipient, key, {"type": "ping", "timestamp": context.clock(), "data": {"id": key}})


async def post(context: Context, recipient: RecipientRow, key: str, said: dict[str, Any]) -> None:
    """Post a signed message to an endpoint; its address is looked at as it is resolved, and no redirect is followed."""
    secret, body = secret_of(context, recipient), msgspec.json.encode(said)
    at = int(context.clock().timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": standard_webhooks_sign(secret, key, at, body),
    }
    outgoing = compose("POST", recipient.address, body=body, headers=headers)
    try:
        answer = await context.outbound.send(outgoing, (secret,))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        failure = network_failure(error)
        raise RetryLater(f"{failure.reason}.", code=failure.code) from error
    except Malformed as error:
        raise RetryLater("The endpoint's answer is too large to be one.", code="endpoint_answer") from error
    _judge(answer.status, retry_after(answer.headers))


def _judge(status: int, wait: float | None) -> None:
    """Raise what an answer means; any 2xx is a thank-you."""
    if status in WANTED:
        return
    if status == GONE:
        raise Rejected("The endpoint says that it is gone (410).", code="endpoint_gone")
    raise RetryLater(f"The endpoint answered with status {status}.", after=wait, code="endpoint_status")


def wait_of(error: MarketwrightError, attempts: int) -> float:
    """Return the seconds to wait after so many attempts: half a minute, doubled each time, six hours at most."""
    named = error.after if isinstance(error, RetryLater) and error.after is not None else 0.0
    if isinstance(error, NeedsAttention):
        named = max(named, 600.0)
    return min(max(named, SHORTEST_WAIT * 2.0 ** min(max(attempts - 1, 0), 12)), LONGEST_WAIT)
