"""A server on loopback that speaks chat completions, with the moods of real ones."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import web

from core.chat_openai import OpenAIChat
from core.context import Context
from core.model.tuning import AiMonitoring, Tuning

KEY = "sk-test-canary-0123456789"
Mood = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


class ModelServer:
    """Answers with `says`, or as the next of `moods`; `asked` are the questions that came."""

    def __init__(self) -> None:
        self.says: Any = {"kind": "none", "program": [], "value": None, "evidence": []}
        self.moods: list[Mood] = []
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": f"bad key {KEY}"}}, status=401)
        if self.moods:
            return await self.moods.pop(0)(request, body)
        return self.answer(self.says(body) if callable(self.says) else self.says)

    def answer(self, content: Any, **message: Any) -> web.Response:
        text = content if isinstance(content, str | None) else json.dumps(content)
        return web.json_response(
            {
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4",
                "choices": [
                    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text} | message}
                ],
                "usage": {"prompt_tokens": 700, "completion_tokens": 40, "total_tokens": 740},
            }
        )  # fmt: skip

    def record(self, number: int = -1) -> dict[str, Any]:
        """Return the record that a question showed."""
        return json.loads(self.asked[number]["messages"][1]["content"])["record"]


def status(code: int, **headers: str) -> Mood:
    """Return a mood that refuses with a status."""

    async def refuse(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return web.json_response({"error": {"message": "no", "code": "x"}}, status=code, headers=headers)

    return refuse


async def silent(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Say nothing for longer than anybody waits."""
    await asyncio.sleep(600)
    return web.Response()


async def dripping(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Send a byte now and then, so that no timeout from byte to byte is ever reached."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(12_000):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def endless(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Send far more than an answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(64):
        await response.write(b" " * 65_536)
    return response


def bytes_of(text: str) -> Mood:
    """Return a mood that answers 200 with this very body."""

    async def send(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    return send


async def filtered(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Refuse one question for what is in it."""
    return web.json_response({"error": {"message": "no", "code": "content_filter"}}, status=400)


MOODS = {
    "filtered": filtered, "silent": silent, "dripping": dripping, "endless": endless, "status": status,
    "bytes": bytes_of,
}  # fmt: skip


@pytest.fixture
def moods() -> dict[str, Any]:
    """Return the moods by name."""
    return MOODS


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """Return a model server that runs."""
    speaking = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", speaking.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    speaking.url = f"http://{host}:{port}/v1"
    yield speaking
    await runner.cleanup()


@pytest.fixture
def settings(server: ModelServer) -> AiMonitoring:
    """Return settings that name the server, patient enough for a machine that is busy with something else."""
    return AiMonitoring(api_key=KEY, base_url=server.url, timeout_seconds=60.0, retries=0)


Opened = Callable[..., Any]


@pytest.fixture
async def chat(settings: AiMonitoring) -> AsyncIterator[OpenAIChat]:
    """Return the way to the server."""
    async with OpenAIChat(settings) as opened:
        yield opened


@pytest.fixture
def asking(house: Context, desk: Any, chat: OpenAIChat, settings: AiMonitoring) -> Any:
    """Return the desk of an installation that has a model, and other settings where they are given."""

    def with_model(**changed: Any) -> Any:
        tuned = msgspec.structs.replace(settings, **changed)
        desk.house = dataclasses.replace(house, chat=chat, tuning=Tuning(ai_monitoring=tuned))
        return desk

    return with_model
