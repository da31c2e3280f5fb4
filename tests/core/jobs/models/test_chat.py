"""Whatever answers at the model's address, a call ends in time and in an answer or an error of ours."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from core.chat import LONGEST_ANSWER
from core.chat_openai import OpenAIChat
from core.errors import Malformed, MarketwrightError, NeedsAttention, Rejected, RetryLater
from core.suggest import question


async def ask(chat):
    return await chat.ask("system", "user", question.schema())


async def test_an_answer_comes_with_what_it_cost(chat, server):
    reply = await ask(chat)

    assert '"kind": "none"' in reply.text
    assert (reply.input_tokens, reply.output_tokens) == (700, 40)
    sent = server.asked[0]
    assert [one["role"] for one in sent["messages"]] == ["system", "user"]
    assert sent["response_format"]["json_schema"]["strict"] is True


async def test_a_server_that_takes_no_schema_is_asked_without_from_then_on(chat, server, moods):
    server.moods = [moods["status"](400), moods["status"](400)]

    await ask(chat)
    await ask(chat)

    assert ["response_format" in one for one in server.asked] == [True, True, False, False]


async def test_a_model_that_has_another_name_for_the_length_is_asked_by_that_name(chat, server, moods):
    server.moods = [moods["status"](400)]

    await ask(chat)
    await ask(chat)

    assert ["max_completion_tokens" in one for one in server.asked] == [False, True, True]


async def test_a_server_that_takes_no_form_needs_attention(chat, server, moods):
    server.moods = [moods["status"](400)] * 4

    with pytest.raises(NeedsAttention):
        await ask(chat)

    assert len(server.asked) == 4


async def test_a_question_that_is_filtered_is_declined_and_no_outage(chat, server, moods):
    server.moods = [moods["filtered"]]

    with pytest.raises(Rejected):
        await ask(chat)

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (401, NeedsAttention), (403, NeedsAttention), (404, NeedsAttention), (422, NeedsAttention),
        (408, RetryLater), (429, RetryLater), (500, RetryLater), (503, RetryLater), (302, NeedsAttention),
    ],
)  # fmt: skip
async def test_a_refusal_becomes_an_error_that_says_what_to_do(chat, server, moods, code, error):
    server.moods = [moods["status"](code, Location="http://127.0.0.1:1/elsewhere")]

    with pytest.raises(error):
        await ask(chat)

    assert len(server.asked) == 1


async def test_a_busy_server_is_asked_again_after_the_time_it_names(settings, server, moods):
    server.moods = [moods["status"](429, **{"Retry-After": "1"}), moods["status"](503, **{"Retry-After": "0.1"})]

    async with OpenAIChat(msgspec.structs.replace(settings, retries=2)) as chat:
        reply = await ask(chat)

    assert reply.input_tokens == 700
    assert len(server.asked) == 3


@pytest.mark.parametrize("mood", ["silent", "dripping"])
async def test_a_slow_server_is_left_after_the_time_that_is_set(settings, server, moods, mood):
    server.moods = [moods[mood]]

    async with asyncio.timeout(60), OpenAIChat(msgspec.structs.replace(settings, timeout_seconds=0.5)) as chat:
        with pytest.raises(RetryLater, match="in time"):
            await ask(chat)


async def test_an_answer_without_end_is_not_held(chat, server, moods):
    server.moods = [moods["endless"]]

    with pytest.raises(Malformed, match="too long"):
        await ask(chat)

    assert LONGEST_ANSWER < 64 * 65_536


@pytest.mark.parametrize(
    "body", ["<html>", "", "null", "[]", '{"choices": 3}', '{"choices": [{"message": 1}]}', "[" * 100_000]
)
async def test_what_is_no_answer_is_named_so(chat, server, moods, body):
    server.moods = [moods["bytes"](body)]

    with pytest.raises(Malformed):
        await ask(chat)


@pytest.mark.parametrize(
    "body",
    [
        '{"choices": []}',
        '{"choices": [{"message": {"refusal": "I cannot"}}]}',
        '{"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}',
    ],
)
async def test_a_model_that_declines_is_no_outage(chat, server, moods, body):
    server.moods = [moods["bytes"](body)]

    with pytest.raises(Rejected):
        await ask(chat)

    assert (await ask(chat)).input_tokens == 700


async def test_after_a_failure_the_model_rests_so_that_not_every_job_waits_for_it(settings, server, moods):
    now = [0.0]
    server.moods = [moods["status"](500)]

    async with OpenAIChat(settings, clock=lambda: now[0]) as chat:
        for _ in range(3):
            with pytest.raises(RetryLater):
                await ask(chat)
        asked = len(server.asked)
        now[0] = 61.0
        await ask(chat)

    assert asked == 1
    assert len(server.asked) == 2


async def test_a_server_that_is_not_there_is_away(settings):
    async with OpenAIChat(msgspec.structs.replace(settings, base_url="http://127.0.0.1:9/v1")) as chat:
        with pytest.raises(RetryLater):
            await ask(chat)


async def test_no_more_calls_run_at_once_than_are_set(settings, server, moods):
    running, most = [0], [0]

    async def counted(request, body):
        running[0] += 1
        most[0] = max(most[0], running[0])
        await asyncio.sleep(0.05)
        running[0] -= 1
        return server.answer("{}")

    server.moods = [counted] * 6
    async with OpenAIChat(msgspec.structs.replace(settings, concurrency=2)) as chat:
        await asyncio.gather(*(ask(chat) for _ in range(6)))

    assert most[0] == 2


async def test_the_key_is_in_no_error_and_no_repr(chat, settings, server):
    async with OpenAIChat(msgspec.structs.replace(settings, api_key="sk-other")) as wrong:
        with pytest.raises(MarketwrightError) as raised:
            await ask(wrong)

    assert "sk-" not in str(raised.value)
    assert "sk-" not in repr(settings)
    assert server.headers[0]["Authorization"] == "Bearer sk-other"
