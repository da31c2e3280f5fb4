"""Reads a request's body within a bound, and says where JSON is broken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
from litestar.types import Receive

from core.errors import Malformed, MarketwrightError, RetryLater

READ_SECONDS = 30.0
"""How long a sender may take for a body that comes in several pieces."""


class TooLarge(MarketwrightError):
    """The body is over the limit."""

    code = "body_too_large"


class Compressed(MarketwrightError):
    """The body is compressed. No channel signs and sends such bodies, and a small one may unpack to a huge one."""

    code = "compressed_body"


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes | None:
    """Return the whole body of at most `limit` bytes; None when the sender went away before its end."""
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Compressed("Compressed bodies are not taken; send this webhook without Content-Encoding.")
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    message = await receive()
    if message["type"] != "http.request":
        return None
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await _read_rest(receive, body, limit)
        except TimeoutError as error:
            raise RetryLater(
                "The body did not arrive in time; send this again.", after=5.0, code="slow_body"
            ) from error
    if len(body) > limit:
        raise _too_large(limit)
    return body


async def _read_rest(receive: Receive, first: bytes, limit: int) -> bytes | None:
    """Read chunk by chunk, counting: what was announced may be a lie, and a chunked body announces nothing."""
    chunks, size = [first], len(first)
    more = True
    while more and size <= limit:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        more = message.get("more_body", False)
    if size > limit:
        raise _too_large(limit)
    return b"".join(chunks)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit} bytes, the most this server takes.")


def check_json(body: bytes) -> None:
    """Raise Malformed with line and column unless the body is JSON text in UTF-8, which is what the jobs can read."""
    try:
        body.decode()
        msgspec.json.decode(body, type=msgspec.Raw)
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8 text.", where=_place(body, error.start)) from error
    except msgspec.DecodeError as error:
        reason, offset = _reason(str(error), len(body))
        raise Malformed(f"The body is not JSON: {reason}.", where=_place(body, offset)) from error
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.", where=_place(body, 0)) from error


def _reason(text: str, size: int) -> tuple[str, int]:
    """Take msgspec's message apart: "JSON is malformed: invalid character (byte 15)", or one without a place."""
    reason, _, rest = text.removeprefix("JSON is malformed: ").partition(" (byte ")
    digits = rest.rstrip(")")
    if digits.isdigit():
        return reason, int(digits)
    return "it ends too early" if "truncated" in reason else reason, size


def _place(body: bytes, offset: int) -> str:
    """Return where an offset is, for people (lines and columns from 1) and for programs (the byte, from 0)."""
    before = body[:offset]
    line, column = before.count(b"\n") + 1, offset - before.rfind(b"\n")
    return f"line {line}, column {column} (byte {offset})"
