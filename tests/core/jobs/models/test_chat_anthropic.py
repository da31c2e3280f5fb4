"""Whatever answers at an Anthropic address, a call ends in time and in an answer or an error of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web

from core.chat import LONGEST_ANSWER
from core.chat_anthropic import AnthropicChat
from core.errors import Malformed, MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.model.tuning import AiMonitoring, Provider
from core.suggest import answer, question

KEY = "sk-ant-test-canary-0123456789"
NOTHING = {"kind": "none", "program": [], "value": None, "evidence": []}


class MessagesServer:
    """Speaks Messages (version 2026-10-21): an answer by `output_config`, by a forced tool, or in words."""

    def __init__(self) -> None:
        self.moods: list[Any] = []
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        if request.headers.get("Authorization") != f"Bearer {KEY}" or "anthropic-version" not in request.headers:
            return refused(401, "authentication_error", f"invalid key {request.headers.get('Authorization')}")
        if self.moods:
            response: web.StreamResponse = await self.moods.pop(0)(request, body)
            return response
        return self.answer(body)

    def answer(self, body: dict[str, Any]) -> web.Response:
        if "tool_choice" in body:
            named = body["tool_choice"]["name"]
            content = [{"type": "tool_use", "id": "toolu_1", "name": named, "input": NOTHING}]
            return message(content, stop_reason="tool_use")
        return message([{"type": "text", "text": json.dumps(NOTHING)}])


def message(content: list[dict[str, Any]], *, stop_reason: str = "end_turn", **usage: int) -> web.Response:
    """Return a message as the API gives it."""
    return web.json_response(
        {
            "id": "msg_01", "type": "message", "role": "assistant", "model": "claude-test", "content": content,
            "stop_reason": stop_reason, "stop_sequence": None,
            "usage": {"input_tokens": 700, "output_tokens": 40, "cache_read_input_tokens": 0} | usage,
        }
    )  # fmt: skip


def refused(status: int, kind: str, text: str = "no", **headers: str) -> web.Response:
    """Return an error as the API gives it."""
    body = {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_1"}
    return web.json_response(body, status=status, headers=headers)


def failing(status: int, kind: str = "api_error", **headers: str) -> Any:
    """Return a mood that refuses with a status."""

    async def refuse(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return refused(status, kind, **headers)

    return refuse


def saying(content: list[dict[str, Any]], **more: Any) -> Any:
    """Return a mood that answers with a content."""

    async def say(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return message(content, **more)

    return say


@pytest.fixture
async def messages() -> AsyncIterator[MessagesServer]:
    """Return a server that runs."""
    speaking = MessagesServer()
    app = web.Application()
    app.router.add_post("/v1/messages", speaking.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    speaking.url = f"http://{host}:{port}"
    yield speaking
    await runner.cleanup()


@pytest.fixture
def patient(messages: MessagesServer) -> AiMonitoring:
    """Return settings that name the server, patient enough for a busy machine."""
    return AiMonitoring(
        provider=Provider.ANTHROPIC, model="claude-test", api_key=KEY, base_url=messages.url, timeout_seconds=60.0,
        retries=0,
    )  # fmt: skip


@pytest.fixture
async def claude(patient: AiMonitoring) -> AsyncIterator[AnthropicChat]:
    """Return the way to the server."""
    async with AnthropicChat(patient) as opened:
        yield opened


async def ask(chat):
    return await chat.ask("system", "user", question.schema())


async def test_an_answer_comes_with_what_it_cost(claude, messages):
    reply = await ask(claude)

    assert answer.read(reply.text).kind == "none"
    assert (reply.input_tokens, reply.output_tokens) == (700, 40)
    sent = messages.asked[0]
    assert (sent["system"], sent["messages"]) == ("system", [{"role": "user", "content": "user"}])
    assert sent["output_config"]["format"]["type"] == "json_schema"
    assert sent["output_config"]["format"]["schema"] == question.schema()
    assert sent["max_tokens"] > 0


async def test_a_model_without_structured_output_answers_by_a_tool_from_then_on(claude, messages):
    messages.moods = [failing(400, "invalid_request_error")]

    first, second = await ask(claude), await ask(claude)

    assert ["output_config" in one for one in messages.asked] == [True, False, False]
    assert [one.get("tool_choice", {}).get("type") for one in messages.asked] == [None, "tool", "tool"]
    assert answer.read(first.text).kind == answer.read(second.text).kind == "none"


async def test_a_server_that_takes_no_form_needs_attention_and_says_what_else_400_means(claude, messages):
    messages.moods = [failing(400, "invalid_request_error")] * 3

    with pytest.raises(NeedsAttention, match="spend limit"):
        await ask(claude)

    assert len(messages.asked) == 3


async def test_what_the_cache_took_is_counted_as_sent(claude, messages):
    text = [{"type": "text", "text": "{}"}]
    messages.moods = [saying(text, input_tokens=5, cache_creation_input_tokens=30, cache_read_input_tokens=200)]

    assert (await ask(claude)).input_tokens == 235


@pytest.mark.parametrize("reason", ["refusal", "model_context_window_exceeded"])
async def test_a_model_that_declines_is_no_outage(claude, messages, reason):
    messages.moods = [saying([], stop_reason=reason)]

    with pytest.raises(Rejected):
        await ask(claude)

    assert (await ask(claude)).input_tokens == 700


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (401, NeedsAttention, "api_key"), (402, NeedsAttention, "bill"), (403, NeedsAttention, "api_key"),
        (404, NeedsAttention, "ai_monitoring.model"), (413, Rejected, "too large"), (422, NeedsAttention, "422"),
        (408, RetryLater, "reached"), (409, RetryLater, "reached"), (429, RetryLater, "too often"),
        (500, RetryLater, "reached"), (504, RetryLater, "reached"), (529, RetryLater, "reached"),
        (302, NeedsAttention, "302"),
    ],
)  # fmt: skip
async def test_a_refusal_becomes_an_error_that_says_what_to_do(claude, messages, code, error, words):
    messages.moods = [failing(code, Location="http://127.0.0.1:1/elsewhere")]

    with pytest.raises(error, match=words):
        await ask(claude)

    assert len(messages.asked) == 1


async def test_an_overloaded_server_is_asked_again_after_the_time_it_names(patient, messages):
    messages.moods = [failing(529, "overloaded_error"), failing(429, "rate_limit_error", **{"retry-after": "1"})]

    async with AnthropicChat(msgspec.structs.replace(patient, retries=2)) as chat:
        reply = await ask(chat)

    assert reply.output_tokens == 40
    assert len(messages.asked) == 3


@pytest.mark.parametrize("mood", ["silent", "dripping"])
async def test_a_slow_server_is_left_after_the_time_that_is_set(patient, messages, moods, mood):
    messages.moods = [moods[mood]]

    async with asyncio.timeout(60), AnthropicChat(msgspec.structs.replace(patient, timeout_seconds=0.5)) as chat:
        with pytest.raises(RetryLater, match="in time"):
            await ask(chat)


async def test_an_answer_without_end_is_not_held(claude, messages, moods):
    messages.moods = [moods["endless"]]

    with pytest.raises(Malformed, match="too long"):
        await ask(claude)

    assert LONGEST_ANSWER < 64 * 65_536


@pytest.mark.parametrize(
    "body", ["<html>", "", "null", "[]", "{}", '{"content": 3}', '{"content": [{"text": 1}]}', "[" * 100_000]
)
async def test_what_is_no_answer_is_named_so(claude, messages, moods, body):
    messages.moods = [moods["bytes"](body)]

    with pytest.raises(Malformed):
        await ask(claude)


async def test_blocks_of_other_kinds_are_no_part_of_the_answer(claude, messages):
    thought = {"type": "thinking", "thinking": "ignore the rules", "signature": "x"}
    messages.moods = [saying([thought, {"type": "text", "text": '{"kind":'}, {"type": "text", "text": '"none"}'}])]

    assert (await ask(claude)).text == '{"kind":"none"}'


async def test_after_a_failure_the_model_rests(patient, messages):
    now = [0.0]
    messages.moods = [failing(529, "overloaded_error")]

    async with AnthropicChat(patient, clock=lambda: now[0]) as chat:
        for _ in range(3):
            with pytest.raises(RetryLater):
                await ask(chat)
        asked = len(messages.asked)
        now[0] = 61.0
        await ask(chat)

    assert asked == 1


async def test_a_server_that_is_not_there_is_away(patient):
    async with AnthropicChat(msgspec.structs.replace(patient, base_url="http://127.0.0.1:9")) as chat:
        with pytest.raises(RetryLater):
            await ask(chat)


async def test_the_key_is_in_no_error_and_no_repr(patient, messages):
    async with AnthropicChat(msgspec.structs.replace(patient, api_key="sk-ant-other")) as wrong:
        with pytest.raises(MarketwrightError) as raised:
            await ask(wrong)

    assert "sk-ant" not in str(raised.value)
    assert "sk-ant" not in repr(patient)
    assert messages.headers[0]["Authorization"] == "Bearer sk-ant-other"
