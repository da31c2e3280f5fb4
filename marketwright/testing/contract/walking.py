"""The sentences about long pulls: shops that change meanwhile, what a pull holds at once, and how far it has come."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from unittest import SkipTest

import msgspec

from marketwright import Connection, Page, SourceRecord
from marketwright.testing.contract.opening import Opening, first_page, known, pages, records_of
from marketwright.testing.twin import Twin


class WalkingContract(Opening):
    """A pull of any length neither loses nor repeats, and takes no more memory than a page."""

    async def test_pages_that_shift_lose_nothing(self) -> None:
        """Products deleted and added between pages cost no other product its turn; what was added comes, at last."""
        async with self.opened() as (twin, connection):
            standing = {it.external_id for it in records_of(await pages(self.channel.pull_products, connection))}
            found, gone, new = await self._pulled_while_it_shifts(twin, connection)
            cursor = found[-1].cursor
            later = records_of(await pages(self.channel.pull_products, connection, cursor))

        came = {it.external_id for it in records_of(found) if not it.deleted}
        lost = sorted(standing - gone - came)
        assert not lost, f"pages shifted, and these were passed over: {lost[:5]}"
        unseen = sorted(new - came - {it.external_id for it in later if not it.deleted})
        assert not unseen, f"added while the pull ran, and never brought: {unseen[:5]}"

    async def test_resuming_after_pages_shifted_loses_nothing(self) -> None:
        """A pull that is cut off, and resumed after products were deleted and added, passes over nothing."""
        async with self.opened() as (twin, connection):
            whole = await pages(self.channel.pull_products, connection)
            first = whole[0]
            gone = first.records[0].external_id
            await known(twin.acts.remove, "remove")(gone)
            await known(twin.acts.insert, "insert")()
            rest = records_of(await pages(self.channel.pull_products, connection, first.cursor))

        expected = {it.external_id for page in whole[1:] for it in page.records}
        lost = sorted(expected - {it.external_id for it in rest})
        assert not lost, f"resumed after pages shifted, these were passed over: {lost[:5]}"

    async def test_a_product_that_is_deleted_is_told(self) -> None:
        """A deleted product comes as deleted with the next pull, or is missing from a full one that is complete."""
        async with self.opened() as (twin, connection):
            whole = await pages(self.channel.pull_products, connection)
            gone = whole[0].records[0].external_id
            await known(twin.acts.remove, "remove")(gone)
            later = records_of(await pages(self.channel.pull_products, connection, whole[-1].cursor))
            again = await pages(self.channel.pull_products, connection)

        told = any(it.deleted for it in later if it.external_id == gone)
        missing = again[-1].complete and gone not in {it.external_id for it in records_of(again)}
        if not (told or missing) and self.channel.read_webhook is not None:
            raise SkipTest("this platform's lists do not tell deletions; its webhooks do")
        assert told or missing, "a deleted product is never told"

    async def test_a_pull_holds_no_more_than_a_page(self) -> None:
        """Pages are small, and the first one is given before the rest is asked for."""
        async with self.opened() as (twin, connection):
            await first_page(self.channel.pull_products, connection)
            begun = len(twin.requests)
            whole = await pages(self.channel.pull_products, connection)
            calls = len(twin.requests) - begun

        largest = max(len(page.records) for page in whole)
        assert largest <= self.largest_page, f"a page of {largest} records; {self.largest_page} are the most"
        assert begun < calls, "the whole shop is read before the first page is given"

    async def test_progress_is_told(self) -> None:
        """The first page of a full pull says how many records there are."""
        if not self.tells_total:
            raise SkipTest("this platform never says how many records there are")
        async with self.opened() as (_, connection):
            whole = await pages(self.channel.pull_products, connection)

        assert whole[0].total == len(records_of(whole)), "Page.total is what progress is reported by"

    async def test_cursors_are_small(self) -> None:
        """A cursor is a place to go on from, not a copy of the shop."""
        async with self.opened() as (_, connection):
            whole = await pages(self.channel.pull_products, connection)

        sizes = [len(msgspec.json.encode(page.cursor)) for page in whole]
        assert max(sizes) <= LARGEST_CURSOR, f"a cursor of {max(sizes)} bytes"

    async def _pulled_while_it_shifts(
        self, twin: Twin, connection: Connection
    ) -> tuple[list[Page], set[str], set[str]]:
        """Pull everything; after each page delete its first product and add one. Return pages, gone and new ids."""
        remove, insert = known(twin.acts.remove, "remove"), known(twin.acts.insert, "insert")
        found: list[Page] = []
        gone: set[str] = set()
        new: set[str] = set()
        pulling = self.channel.pull_products(connection, {})
        try:
            async for page in pulling:
                found.append(page)
                if len(found) > MOST_SHIFTS:
                    continue
                victim = _first_alive(page.records, gone)
                if victim is not None:
                    await remove(victim)
                    gone.add(victim)
                new.add(await insert())
        finally:
            if isinstance(pulling, AsyncGenerator):
                await pulling.aclose()
        return found, gone, new


MOST_SHIFTS = 5
LARGEST_CURSOR = 4096


def _first_alive(records: tuple[SourceRecord, ...], gone: set[str]) -> str | None:
    return next((it.external_id for it in records if not it.deleted and it.external_id not in gone), None)
