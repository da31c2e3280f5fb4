"""Asks any server that speaks OpenAI's chat completions, through OpenAI's own library.

The address is the operator's own setting, so that a model may run on this very machine. No redirect is followed, no
proxy of the environment is used, an answer has a longest size, and a whole call a longest time: the library's own
timeout counts from byte to byte, which a slow server can draw out for ever.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
import msgspec
import openai

from core.chat import ANSWER_TOKENS, Reply, Turns, gathered
from core.errors import Malformed, MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.model.tuning import AiMonitoring


class Form(NamedTuple):
    """How a question is written: with or without a schema, and by which name the answer's length is bounded."""

    with_schema: bool
    limit: str


FORMS = (
    Form(with_schema=True, limit="max_tokens"),
    Form(with_schema=True, limit="max_completion_tokens"),
    Form(with_schema=False, limit="max_tokens"),
    Form(with_schema=False, limit="max_completion_tokens"),
)
"""Older models know no schema, newer ones no `max_tokens`. Answers are checked all the same."""

OF_THIS_QUESTION = ("content_filter", "context_length_exceeded")
"""Why a server refuses one question, in whatever form."""


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: _Usage | None = None


class OpenAIChat:
    """One process's way to the model. Use it as an async context; making it loads the library: a second."""

    def __init__(self, tuning: AiMonitoring, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.model = tuning.model
        self._deadline = tuning.timeout_seconds * (tuning.retries + 1)
        self._turns = Turns(tuning.concurrency, clock)
        self._form = FORMS[0]
        http = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(tuning.timeout_seconds, connect=min(5.0, tuning.timeout_seconds)),
            headers={"Accept-Encoding": "identity"},
        )
        self._client = openai.AsyncOpenAI(
            api_key=tuning.api_key,
            base_url=tuning.base_url or "https://api.openai.com/v1",
            organization="",
            project="",
            max_retries=tuning.retries,
            http_client=http,
        )
        self._create = self._client.chat.completions.with_streaming_response.create

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
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        for form in (self._form, *(one for one in FORMS if one != self._form)):
            try:
                reply = await self._call(messages, schema, form)
            except _FormUnknown:
                continue
            self._form = form
            return reply
        raise NeedsAttention("The model's server does not take our questions (status 400).", code="model_server")

    async def _call(self, messages: list[dict[str, str]], schema: Mapping[str, Any], form: Form) -> Reply:
        given: dict[str, Any] = {"model": self.model, "messages": messages, form.limit: ANSWER_TOKENS}
        if form.with_schema:
            shape = {"name": "correction", "strict": True, "schema": schema}
            given["response_format"] = {"type": "json_schema", "json_schema": shape}
        try:
            async with asyncio.timeout(self._deadline):
                return _read(await self._bytes(given))
        except openai.BadRequestError as error:
            if error.code in OF_THIS_QUESTION:
                raise Rejected("The model declines to answer.", code="model_refused") from error
            raise _FormUnknown from error
        except (openai.APIError, httpx.HTTPError, TimeoutError) as error:
            raise _ours(error, self.model) from error

    async def _bytes(self, given: dict[str, Any]) -> bytes:
        """Return the body of an answer."""
        async with self._create(**given) as response:
            return await gathered(response.iter_bytes())


class _FormUnknown(Exception):
    """The server refuses a question in this form; it may take it in another."""


def _read(body: bytes) -> Reply:
    try:
        found = msgspec.json.decode(body, type=_Completion)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("What answers at the model's address is no model.", code="model_server") from error
    choice = found.choices[0] if found.choices else None
    if choice is None or choice.message.refusal or choice.finish_reason == "content_filter":
        raise Rejected("The model declines to answer.", code="model_refused")
    usage = found.usage or _Usage()
    return Reply(choice.message.content or "", max(usage.prompt_tokens, 0), max(usage.completion_tokens, 0))


def _ours(error: Exception, model: str) -> MarketwrightError:
    """Return our error for the library's; its own text may quote the key or the question, so it is not passed on."""
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return NeedsAttention("The model's server refuses the key; see ai_monitoring.api_key.", code="wrong_key")
    if isinstance(error, openai.NotFoundError):
        return NeedsAttention(
            f"The server knows no model {model!r}; see ai_monitoring.model and base_url.", code="model_unknown"
        )
    if isinstance(error, openai.RateLimitError):
        return RetryLater("The model's server says that we ask too often.", code="rate_limited")
    if isinstance(error, openai.APITimeoutError | TimeoutError | httpx.TimeoutException):
        return RetryLater("The model did not answer in time.", code="model_slow")
    if isinstance(error, openai.APIStatusError) and error.status_code < 500 and error.status_code != 408:
        return NeedsAttention(f"The model's server answers with status {error.status_code}.", code="model_server")
    return RetryLater("The model cannot be reached.", code="model_away")
