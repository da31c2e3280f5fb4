"""The sentences about what a platform itself objects to."""

from __future__ import annotations

from marketwright import Connection, PlatformVerdict, RecordKind, RetryLater, VerdictPage
from marketwright.testing.contract.opening import Opening, check_verdict, first_page, known, needed
from marketwright.testing.troubles import Trouble
from marketwright.testing.twin import Twin


class VerdictsContract(Opening):
    """A channel passes on what its platform objects to, with the platform's code and our field."""

    async def test_what_the_platform_objects_to_is_told(self) -> None:
        """A verdict comes with its code: with the product, or by the pull of verdicts."""
        async with self.opened() as (twin, connection):
            object_to = known(twin.acts.object_to, "object_to")
            product = (await first_page(self.channel.pull_products, connection)).records[0].external_id
            code = await object_to(product)
            told = await self._told(connection, product)

        for verdict in told:
            check_verdict(verdict)
        assert code in {verdict.code for verdict in told}, f"the platform says {code}; told were {told}"

    async def test_verdicts_are_the_same_twice(self) -> None:
        """Unchanged verdicts have the same words, or every pull would open their issues anew."""
        needed(self.channel.pull_verdicts, "pull_verdicts")
        async with self.opened() as (twin, connection):
            await self._object_to_one(twin, connection)
            first, second = await self._pages(connection), await self._pages(connection)

        assert [page.products for page in first] == [page.products for page in second]

    async def test_verdicts_of_a_platform_that_is_away_are_asked_for_later(self) -> None:
        """A platform that answers with 503 becomes `RetryLater`, and no verdict is taken for withdrawn."""
        needed(self.channel.pull_verdicts, "pull_verdicts")
        async with self.opened() as (twin, connection):
            await twin.suffer(Trouble.FAILING)
            try:
                found = await self._pages(connection)
            except RetryLater:
                return
        raise AssertionError(f"a platform that is away must raise RetryLater, not give {len(found)} pages")

    async def _object_to_one(self, twin: Twin, connection: Connection) -> None:
        product = (await first_page(self.channel.pull_products, connection)).records[0].external_id
        await known(twin.acts.object_to, "object_to")(product)

    async def _told(self, connection: Connection, product: str) -> list[PlatformVerdict]:
        """Return what is told of one product, in whichever way the channel tells it."""
        fresh = await self.channel.pull_one(connection, RecordKind.PRODUCT, product)
        told = list(fresh.verdicts or ())
        if self.channel.pull_verdicts is not None:
            said = [one for page in await self._pages(connection) for one in page.products]
            told += [verdict for one in said if one.external_id == product for verdict in one.verdicts]
        return told

    async def _pages(self, connection: Connection) -> list[VerdictPage]:
        pull = needed(self.channel.pull_verdicts, "pull_verdicts")
        return [page async for page in pull(connection, {})]
