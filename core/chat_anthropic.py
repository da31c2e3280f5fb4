"""Asks a server that speaks Anthropic's Messages, through Anthropic's own library.

As in `core.chat_openai` no redirect is followed, no proxy of the environment is used, an answer has a longest size,
and a whole call a longest time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import anthropic
import httpx2
import msgspec

from core.chat import ANSWER_TOKENS, Reply, Turns, gathered
from core.errors import Malformed, MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.model.tuning import AiMonitoring

ADDRESS = "https://api.anthropic.com"
TOOL = "correction"
DECLINED = ("refusal", "model_context_window_exceeded")
"""Why a model stops without an answer to this question ("Handling stop reasons", platform.claude.com)."""


class Form(StrEnum):
    """How an answer's shape is asked for: by `output_config`, by the arguments of one tool, or by words alone."""

    FORMAT = "format"
    TOOL = "tool"
    WORDS = "words"


class _Usage(msgspec.Struct):
    """What is read from or written to the cache is billed too, and not part of `input_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


class _Block(msgspec.Struct):
    type: str
    text: str | None = None
    input: msgspec.Raw = msgspec.Raw()


class _Message(msgspec.Struct):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Usage | None = None


class AnthropicChat:
    """One process's way to the model. Use it as an async context; making it loads the library: a second."""

    def __init__(self, tuning: AiMonitoring, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.model = tuning.model
        self._deadline = tuning.timeout_seconds * (tuning.retries + 1)
        self._turns = Turns(tuning.concurrency, clock)
        self._form = Form.FORMAT
        http = httpx2.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(tuning.timeout_seconds, connect=min(5.0, tuning.timeout_seconds)),
            headers={"Accept-Encoding": "identity"},
        )
        self._client = anthropic.AsyncAnthropic(
            api_key=tuning.api_key,
            base_url=tuning.base_url or ADDRESS,
            max_retries=tuning.retries,
            http_client=http,
        )
        self._create = self._client.messages.with_streaming_response.create

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> Reply:
        """Ask once, in turn; see `core.chat.Chat`."""
        return await self._turns.take(lambda: self._ask(system, user, schema))

    async def _ask(self, system: str, user: str, schema: Mapping[str, Any]) -> Reply:
        """Ask in the form that was taken last; a server that does not know it is asked in the next one, at once."""
        for form in (self._form, *(one for one in Form if one is not self._form)):
            try:
                reply = await self._call(system, user, schema, form)
            except _FormUnknown:
                continue
            self._form = form
            return reply
        raise NeedsAttention(
            "The model's server does not take our questions (status 400); a spend limit that is reached says so too.",
            code="model_server",
        )

    async def _call(self, system: str, user: str, schema: Mapping[str, Any], form: Form) -> Reply:
        given: dict[str, Any] = {
            "model": self.model,
            "system": system,
            "messages": [{"role": "user", "content": user}],
            "max_tokens": ANSWER_TOKENS,
        }
        if form is Form.FORMAT:
            given["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        elif form is Form.TOOL:
            given["tools"] = [{"name": TOOL, "description": "Give the correction.", "input_schema": schema}]
            given["tool_choice"] = {"type": "tool", "name": TOOL, "disable_parallel_tool_use": True}
        try:
            async with asyncio.timeout(self._deadline), self._create(**given) as response:
                return _read(await gathered(response.iter_bytes()))
        except anthropic.BadRequestError as error:
            raise _FormUnknown from error
        except (anthropic.APIError, httpx2.HTTPError, TimeoutError) as error:
            raise _ours(error) from error


class _FormUnknown(Exception):
    """The server refuses a question in this form; it may take it in another."""


def _read(body: bytes) -> Reply:
    """Return the answer: a tool's arguments where one was called, else the text."""
    try:
        found = msgspec.json.decode(body, type=_Message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("What answers at the model's address is no model.", code="model_server") from error
    if found.stop_reason in DECLINED:
        raise Rejected("The model declines to answer.", code="model_refused")
    usage = found.usage or _Usage()
    sent = (usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens)
    arguments = next((bytes(one.input) for one in found.content if one.type == "tool_use"), b"")
    text = "".join(one.text or "" for one in found.content if one.type == "text")
    return Reply(
        arguments.decode() or text,
        sum(max(one or 0, 0) for one in sent),
        max(usage.output_tokens, 0),
    )


ATTENTION = {
    401: ("The model's server refuses the key; see ai_monitoring.api_key.", "wrong_key"),
    402: ("The model's server wants its bill paid; see the account there.", "model_billing"),
    403: ("The model's server refuses the key; see ai_monitoring.api_key.", "wrong_key"),
    404: ("The server knows no model of this name; see ai_monitoring.model and base_url.", "model_unknown"),
}
"""What a person has to mend, by status ("Errors", platform.claude.com)."""
PASSING = (408, 409)


def _ours(error: Exception) -> MarketwrightError:
    """Return our error for the library's; its own text may quote the key or the question, so it is not passed on."""
    status = error.status_code if isinstance(error, anthropic.APIStatusError) else None
    if status in ATTENTION:
        message, code = ATTENTION[status]
        return NeedsAttention(message, code=code)
    if status == 413:
        return Rejected("The question is too large for the model's server.", code="model_refused")
    if status == 429:
        return RetryLater("The model's server says that we ask too often.", code="rate_limited")
    if isinstance(error, anthropic.APITimeoutError | TimeoutError | httpx2.TimeoutException):
        return RetryLater("The model did not answer in time.", code="model_slow")
    if status is not None and status < 500 and status not in PASSING:
        return NeedsAttention(f"The model's server answers with status {status}.", code="model_server")
    return RetryLater("The model cannot be reached.", code="model_away")
