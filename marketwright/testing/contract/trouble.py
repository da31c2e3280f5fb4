"""The sentences about trouble: limits, failures, and what errors may tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from core.http import Outbound
from marketwright import Connection, MarketwrightError, RecordKind, RetryLater
from marketwright.testing.contract.opening import Opening, first_page, pages, records_of
from marketwright.testing.requests import Answer
from marketwright.testing.troubles import Trouble

MOST_OF_A_SECOND = 0.9
MOST_AT_ONCE = 32


class TroubleContract(Opening):
    """A channel waits where waiting helps, says so where it does not, and keeps secrets."""

    async def test_throttling_is_waited_out(self) -> None:
        """Calls that were refused for pace are repeated, whether the platform says how long to wait or not."""
        async with self.opened() as (twin, connection):
            calm = records_of(await pages(self.channel.pull_products, connection))
            for trouble in (Trouble.RATE_LIMITED_SILENTLY, Trouble.RATE_LIMITED):
                await twin.suffer(trouble, 2)
                throttled = records_of(await pages(self.channel.pull_products, connection))
                assert calm == throttled, f"a pull that is {trouble} brings other records"

    async def test_the_platform_says_how_long_to_wait(self) -> None:
        """While the platform asks for a wait, nothing is called."""
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            await asyncio.sleep(min(seconds, 0.01))

        async with (
            Outbound(private_networks=True, plain_http=True, timeout=10, jitter=lambda: 0.01, sleep=sleep) as outbound,
            self.opened(outbound) as (twin, connection),
        ):
            await twin.suffer(Trouble.RATE_LIMITED, 1)
            await first_page(self.channel.pull_products, connection)

        assert max(waits, default=0.0) >= MOST_OF_A_SECOND, f"asked to wait a second, it waited {waits}"

    async def test_a_broken_line_is_survived(self) -> None:
        """Two dropped connections, and two that break in the middle of an answer, do not end a pull."""
        async with self.opened() as (twin, connection):
            calm = records_of(await pages(self.channel.pull_products, connection))
            for trouble in (Trouble.DROPPED, Trouble.TRUNCATED):
                await twin.suffer(trouble, 2)
                troubled = records_of(await pages(self.channel.pull_products, connection))
                assert calm == troubled, f"a pull over a line that is {trouble} brings other records"

    async def test_a_platform_that_is_too_slow_means_retry_later(self) -> None:
        """A platform that does not answer in time raises `RetryLater`."""
        hurried = Outbound(private_networks=True, plain_http=True, timeout=0.2, attempts=2, jitter=lambda: 0.01)
        async with hurried as outbound, self.opened(outbound) as (twin, connection):
            await twin.suffer(Trouble.SLOW)
            try:
                await pages(self.channel.pull_products, connection)
            except RetryLater:
                return
        raise AssertionError("a platform that does not answer in time must raise RetryLater")

    async def test_a_failing_platform_means_retry_later(self) -> None:
        """A platform that keeps answering 500, 502 or 503 raises `RetryLater`."""
        async with self.opened() as (twin, connection):
            for status in (500, 502, 503):
                twin.faults.fail(status, 1000, body="<html><body>Internal error</body></html>")
                try:
                    await pages(self.channel.pull_products, connection)
                except RetryLater:
                    twin.faults.clear()
                    continue
                raise AssertionError(f"status {status} must raise RetryLater")

    async def test_rubbish_is_reported_and_not_believed(self) -> None:
        """A garbled answer, or a page in place of data, raises an error of ours, and no record comes of it."""
        for trouble in (Trouble.GARBLED, Trouble.PAGE_FOR_DATA):
            async with self.opened() as (twin, connection):
                await twin.suffer(trouble)
                try:
                    found = records_of(await pages(self.channel.pull_products, connection))
                except MarketwrightError:
                    continue
            raise AssertionError(f"a {trouble} answer was taken for {len(found)} records")

    async def test_errors_never_tell_secrets(self) -> None:
        """Whatever goes wrong, and whatever the platform echoes, no secret is in the message."""
        async with self.opened() as (twin, connection):
            secrets = self.secrets(twin)
            said = [repr(connection)]
            echo = {"errors": f"echo {' '.join(secrets)}", "message": f"echo {' '.join(secrets)}", "code": "echo"}
            for status in (400, 401, 403, 404, 406, 422, 500):
                twin.faults.fail(status, 1000, body=echo)
                said += [await self._message(call) for call in self._calls(connection)]
                twin.faults.clear()
            twin.faults.reply(lambda request: _echo_page(secrets), 1000)
            said += [await self._message(call) for call in self._calls(connection)]

        assert secrets, "mark the secrets of the settings with extra_json_schema={'secret': True}"
        for text in said:
            assert not any(secret in text for secret in secrets), "an error tells a secret"

    async def test_declared_hosts_are_bare_and_few(self) -> None:
        """`hosts` names hosts, not addresses; the client refuses all others."""
        async with self.opened() as (twin, connection):
            hosts = list(self.channel.hosts(twin.settings()))
            own = urlsplit(twin.base_url).netloc

        assert own in hosts, f"the twin's {own} is not among the declared hosts {hosts}"
        assert not [it for it in hosts if "/" in it or "*" in it or "@" in it], f"not bare hosts: {hosts}"
        assert connection.http.hosts == tuple(hosts)

    async def test_the_pace_is_declared(self) -> None:
        """A channel says how fast it may call, by a budget or by how many calls run at once."""
        async with self.opened() as (twin, _):
            pace = self.channel.pace(twin.settings())

        assert 1 <= pace.concurrency <= MOST_AT_ONCE, f"{pace.concurrency} calls at once"
        assert all(it.capacity > 0 and it.per_second > 0 for it in pace.buckets.values()), "a bucket that never fills"

    def _calls(self, connection: Connection) -> list[Callable[[], Awaitable[object]]]:
        return [
            lambda: self.channel.test_credentials(connection),
            lambda: pages(self.channel.pull_products, connection),
            lambda: self.channel.pull_one(connection, RecordKind.PRODUCT, self.missing_id),
        ]

    async def _message(self, call: Callable[[], Awaitable[object]]) -> str:
        """Return what an error says; only errors of ours may come."""
        try:
            await call()
        except MarketwrightError as error:
            return f"{error} {error!r} {vars(error)}"
        return ""


def _echo_page(secrets: tuple[str, ...]) -> Answer:
    return Answer(200, body=f"<html><body>Your key is {' '.join(secrets)}</body></html>")
