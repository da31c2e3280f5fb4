"""The pace of a connection: buckets, the platform's own budget, concurrency."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import RetryLater
from core.pace import Bucket, Budget, Limiter, Pace


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


@pytest.fixture
def time() -> Time:
    return Time()


def limiter(time: Time, pace: Pace, max_wait: float = 30) -> Limiter:
    return Limiter(pace, clock=time.clock, sleep=time.sleep, max_wait=max_wait)


async def spend(limiter: Limiter, *costs: float, operation: str = "default") -> None:
    for cost in costs:
        limiter.leave(await limiter.enter(operation, cost))


async def test_a_full_bucket_lets_a_burst_through_and_then_drips(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(3, 2)}))

    await spend(pace, 1, 1, 1)
    burst = time.now
    await spend(pace, 1, 1)

    assert burst == 0
    assert time.now == pytest.approx(1.0)


async def test_a_bucket_never_holds_more_than_its_capacity(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(2, 1)}))
    await spend(pace, 2)
    time.now = 1000

    await spend(pace, 2, 1)

    assert time.now == pytest.approx(1001)


async def test_operations_have_buckets_of_their_own(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(10, 1), "feeds": Bucket(1, 0.1)}))

    await spend(pace, 1, operation="feeds")
    await spend(pace, 1, 1, 1)
    quick = time.now
    await spend(pace, 1, operation="feeds")

    assert quick == 0
    assert time.now == pytest.approx(10)


async def test_an_operation_without_a_bucket_draws_on_the_default(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(1, 1)}))

    await spend(pace, 1, operation="orders")
    await spend(pace, 1, operation="products")

    assert time.now == pytest.approx(1)


async def test_without_buckets_nothing_waits(time: Time) -> None:
    await spend(limiter(time, Pace()), *[1.0] * 100)

    assert time.now == 0


async def test_a_call_dearer_than_the_bucket_waits_for_a_full_one(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(10, 1)}))

    await spend(pace, 50, 50)

    assert time.now == pytest.approx(10)


async def test_a_wait_beyond_the_bound_is_for_later_and_takes_nothing(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(100, 1)}), max_wait=30)
    await spend(pace, 100)

    with pytest.raises(RetryLater) as caught:
        await spend(pace, 100)
    await spend(pace, 10)

    assert caught.value.after == pytest.approx(100)
    assert time.now == pytest.approx(10)


async def test_the_platform_s_numbers_are_believed(time: Time) -> None:
    # throttleStatus of a recorded Shopify answer: 2000 points, 100 a second
    pace = limiter(time, Pace(buckets={"default": Bucket(1000, 50)}))
    ticket = await pace.enter("default", 10)
    pace.learn(ticket, Budget(available=50, capacity=2000, per_second=100))
    pace.leave(ticket)

    await spend(pace, 250)

    assert time.now == pytest.approx(2.0)


async def test_a_budget_is_learned_where_no_bucket_was_declared(time: Time) -> None:
    pace = limiter(time, Pace())
    ticket = await pace.enter("default", 1)
    pace.learn(ticket, Budget(available=0, capacity=40, per_second=2))
    pace.leave(ticket)

    await spend(pace, 1)

    assert time.now == pytest.approx(0.5)


async def test_what_other_calls_in_flight_will_take_is_kept_aside(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(1000, 100)}))
    first = await pace.enter("default", 100)
    second = await pace.enter("default", 400)
    pace.learn(first, Budget(available=500))
    pace.leave(first)

    await spend(pace, 200)

    assert time.now == pytest.approx(1.0)
    pace.leave(second)


async def test_a_pause_holds_everybody(time: Time) -> None:
    pace = limiter(time, Pace())
    pace.pause(5)

    await asyncio.gather(spend(pace, 1), spend(pace, 1))

    assert time.now == pytest.approx(5)


async def test_trouble_halves_the_concurrency_and_luck_restores_it_slowly(time: Time) -> None:
    pace = limiter(time, Pace(concurrency=8))
    for _ in range(5):
        pace.slow_down()
    lowest = pace.concurrency
    for _ in range(30):
        pace.speed_up()

    assert lowest == 1
    assert pace.concurrency == pytest.approx(4)
    for _ in range(100):
        pace.speed_up()
    assert pace.concurrency == 8


async def test_a_cancelled_caller_gives_back_what_it_took(time: Time) -> None:
    pace = limiter(time, Pace(concurrency=1, buckets={"default": Bucket(10, 1)}))
    running = await pace.enter("default", 5)
    waiting = asyncio.create_task(pace.enter("default", 5))
    await asyncio.sleep(0.01)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    pace.leave(running)
    await spend(pace, 5)

    assert time.now == 0


async def test_a_caller_cancelled_as_its_turn_comes_passes_it_on(time: Time) -> None:
    pace = limiter(time, Pace(concurrency=1))
    running = await pace.enter("default", 1)
    first = asyncio.create_task(pace.enter("default", 1))
    second = asyncio.create_task(pace.enter("default", 1))
    await asyncio.sleep(0.01)

    pace.leave(running)
    first.cancel()

    pace.leave(await asyncio.wait_for(second, 1))
    assert first.cancelled()


async def test_the_same_pace_opened_again_keeps_its_state(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(1, 1)}, read=lambda response: None))
    await spend(pace, 1)

    pace.adopt(Pace(buckets={"default": Bucket(1, 1)}, read=lambda response: None))
    await spend(pace, 1)

    assert time.now == pytest.approx(1)


async def test_a_changed_pace_starts_afresh(time: Time) -> None:
    pace = limiter(time, Pace(buckets={"default": Bucket(1, 1)}))
    await spend(pace, 1)

    pace.adopt(Pace(buckets={"default": Bucket(5, 1)}))
    await spend(pace, 5)

    assert time.now == 0
