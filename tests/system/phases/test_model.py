"""The same phases with a language model on loopback, and after it has died."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.suggest.disclosure import ALLOWED

pytestmark = pytest.mark.process

BARE = {"description": "", "short_description": "", "brands": [], "attributes": []}
"""A product of which only its title is known: no template has enough to say."""

RULE, STEP = "description.required", "set_value"


class Model:
    """A server of chat completions, in a thread: it says a record's title again, and quotes it."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                question = json.loads(body["messages"][1]["content"])
                asked.append(question)
                title = question["record"]["title"]
                said = {
                    "kind": "value", "program": [], "value": f"{title}.",
                    "evidence": [{"field": "title", "quote": title}],
                }  # fmt: skip
                message = {"role": "assistant", "content": json.dumps(said)}
                answer = {
                    "id": "1", "object": "chat.completion", "created": 1, "model": "small",
                    "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                    "usage": {"prompt_tokens": 700, "completion_tokens": 40, "total_tokens": 740},
                }  # fmt: skip
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def die(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def model() -> Iterator[Model]:
    """Return a model that answers until it is told to die."""
    one = Model()
    yield one
    one.die()


async def approve(desk: Any, number: int) -> tuple[Any, float]:
    """Approve what the model proposed for a product; return the issue's page as it was, and the new confidence."""
    page = await desk.issue(RULE, number, STEP)
    decided = await desk.post(f"/issues/{page['issue']['id']}/approve")
    return page, decided["confidence"]


async def by_hand(desk: Any, number: int, rule: str, value: Any) -> Any:
    """Correct a product's open issue as a person does where nothing is suggested."""
    found = [one for one in await desk.all("/issues/") if one["record_id"] == desk.records[number]]
    issue = next(one for one in found if one["rule"] == rule)
    return await desk.post(f"/issues/{issue['issue_id']}/modify", {"value": value})


@pytest.mark.parametrize("shop", [60], indirect=True)
def test_a_model_proposes_what_nothing_cheaper_can_and_its_death_stops_nobody(
    shop: Any, story: Any, model: Model, wait: Any
) -> None:
    first, second, third = shop.take(3, lambda one: one["categories"][0]["name"] == "Home")
    priced = shop.take(4)
    shop.state.products[first].update(BARE)

    async def walk(desk: Any) -> None:
        page, confidence = await approve(desk, first)
        suggestion, title = page["suggestions"][0], shop.originally(first, "name")
        assert (page["pattern"]["phase"], suggestion["source"]) == ("detected", "llm")
        assert title in suggestion["evidence"][0]
        assert confidence == pytest.approx(0.9)
        await wait(lambda: _holds(shop, first, f"{title}."), "the description did not reach the shop")

        await shop.change(second, BARE)
        page, confidence = await approve(desk, second)
        assert page["pattern"]["phase"] == "recognised"
        assert page["pattern"]["waits_for"]
        assert all(set(one["record"]) <= set(ALLOWED) for one in model.asked)

        model.die()
        await shop.change(third, BARE)
        await wait(lambda: _away(desk), "nobody was told that the model is away")
        await by_hand(desk, third, RULE, "A lamp for the garden.")
        await wait(lambda: _holds(shop, third, "A lamp for the garden."), "what a person wrote did not reach the shop")
        await notation(desk, shop, priced)

    key = "sk-test-0123456789"
    story(walk, MARKETWRIGHT_AI_MONITORING__API_KEY=key, MARKETWRIGHT_AI_MONITORING__BASE_URL=model.url,
          MARKETWRIGHT_AI_MONITORING__RETRIES="0", MARKETWRIGHT_AI_MONITORING__MODEL="small")  # fmt: skip


async def notation(desk: Any, shop: Any, numbers: list[int]) -> None:
    """Teach notation with nobody to ask: three approvals, and the fourth is corrected by itself."""
    pattern = ""
    for number in numbers[:3]:
        await shop.change(number, {"regular_price": "10"})
        page = await desk.issue("price.decimals", number, "decimal_places")
        pattern = page["pattern"]["pattern_id"]
        await desk.post(f"/issues/{page['issue']['id']}/approve")
    await shop.change(numbers[3], {"regular_price": "10"})
    await desk.own(pattern, numbers[3])

    assert shop.holds(numbers[3], "regular_price") == "10.00"


async def _holds(shop: Any, number: int, text: str) -> bool:
    await asyncio.sleep(0)
    return bool(shop.holds(number, "description") == text)


async def _away(desk: Any) -> bool:
    return any("model" in one["message"].lower() for one in await desk.all("/alerts"))
