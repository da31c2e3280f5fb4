"""The sentences about credentials and pulls."""

from __future__ import annotations

from marketwright import Account, NeedsAttention, NotFound, RecordKind
from marketwright.testing.connections import open_connection
from marketwright.testing.contract.opening import Opening, check_canonical, needed, pages, records_of


class ReadingContract(Opening):
    """A channel reads completely, repeatably, and from where it stopped."""

    async def test_right_credentials_name_the_account(self) -> None:
        """A test with right credentials tells whose account it is."""
        async with self.opened() as (_, connection):
            account = await self.channel.test_credentials(connection)

        assert isinstance(account, Account)
        assert account.name, "Account.name is what people recognise their shop by"

    async def test_wrong_credentials_ask_for_a_person(self) -> None:
        """A test with wrong credentials raises `NeedsAttention`, at once and with a sentence."""
        twin = self.make_twin()
        async with twin.running():
            wrong = self.wrong_credentials(twin.settings())
            async with open_connection(self.channel, wrong) as connection:
                try:
                    await self.channel.test_credentials(connection)
                except NeedsAttention as error:
                    message = error.message
                else:
                    raise AssertionError("wrong credentials passed the test")

        assert len(message.split()) >= 3, f"not a sentence for a person: {message!r}"

    async def test_a_pull_brings_canonical_records(self) -> None:
        """Products have our fields, are plain JSON, and no two are the same."""
        async with self.opened() as (_, connection):
            found = records_of(await pages(self.channel.pull_products, connection))

        assert found, "the twin has products, but the pull brought none"
        for source in found:
            assert source.kind is RecordKind.PRODUCT
            check_canonical(source)
        ids = [source.external_id for source in found]
        assert len(ids) == len(set(ids)), "a full pull repeats products"

    async def test_pulling_twice_gives_the_same(self) -> None:
        """Two full pulls of an unchanged shop are equal."""
        async with self.opened() as (_, connection):
            first = records_of(await pages(self.channel.pull_products, connection))
            second = records_of(await pages(self.channel.pull_products, connection))

        assert first == second, "two pulls of the same shop differ"

    async def test_resuming_after_any_page_neither_loses_nor_repeats(self) -> None:
        """The cursor of each page goes on exactly behind it."""
        async with self.opened() as (_, connection):
            whole = await pages(self.channel.pull_products, connection)
            assert len(whole) > 1, "make the twin large enough for two pages"
            everything = [source.external_id for source in records_of(whole)]
            for number, page in enumerate(whole[:-1], start=1):
                rest = await pages(self.channel.pull_products, connection, page.cursor)
                joined = [source.external_id for source in records_of(whole[:number] + rest)]
                assert joined == everything, f"resuming after page {number} loses or repeats products"

    async def test_a_pull_after_no_change_brings_nothing_new(self) -> None:
        """The last cursor starts an incremental pull; an overlap may repeat, but says nothing new."""
        async with self.opened() as (_, connection):
            whole = await pages(self.channel.pull_products, connection)
            known = {source.external_id: source for source in records_of(whole)}
            later = await pages(self.channel.pull_products, connection, whole[-1].cursor)
            again = records_of(later)

        news = [source.external_id for source in again if known.get(source.external_id) != source]
        assert not news, f"nothing was changed, yet these came as new: {news[:5]}"
        if self.incremental:
            assert len(again) < len(known), "an incremental pull must not bring the whole shop again"
            assert not any(page.complete for page in later), "what changed is not everything: leave out `complete`"
        else:
            assert later[-1].complete, "a pull that always brings everything says so: Page.complete on its last page"
            assert len(again) == len(known), "a pull that always brings everything left something out"

    async def test_a_change_comes_with_the_next_pull(self) -> None:
        """What somebody changed at the platform comes with a higher version."""
        async with self.opened() as (twin, connection):
            whole = await pages(self.channel.pull_products, connection)
            before = whole[0].records[0]
            await self.touch(twin, before.external_id)
            again = records_of(await pages(self.channel.pull_products, connection, whole[-1].cursor))

        after = [source for source in again if source.external_id == before.external_id]
        assert len(after) == 1, "the changed product does not come exactly once with the next pull"
        assert after[0].version > before.version, "a changed product needs a higher version"

    async def test_one_product_reads_like_in_the_pull(self) -> None:
        """Reading one product afresh gives what the pull gave."""
        async with self.opened() as (_, connection):
            pulled = records_of(await pages(self.channel.pull_products, connection))
            for source in (pulled[0], pulled[-1]):
                one = await self.channel.pull_one(connection, RecordKind.PRODUCT, source.external_id)
                assert one.record == source.record, "pull_one and pull_products read a product differently"
                assert one.version == source.version, "pull_one and pull_products give different versions"

    async def test_a_product_that_is_not_there_is_not_found(self) -> None:
        """Reading an unknown id raises `NotFound`."""
        async with self.opened() as (_, connection):
            try:
                await self.channel.pull_one(connection, RecordKind.PRODUCT, self.missing_id)
            except NotFound:
                return
        raise AssertionError("reading a product that does not exist must raise NotFound")

    async def test_orders_are_pulled_alike(self) -> None:
        """Orders are canonical, the same twice, and nothing new comes after no change."""
        pull = needed(self.channel.pull_orders, "pull_orders")
        async with self.opened() as (_, connection):
            whole = await pages(pull, connection)
            first = records_of(whole)
            second = records_of(await pages(pull, connection))
            later = records_of(await pages(pull, connection, whole[-1].cursor))

        assert first, "the twin has orders, but the pull brought none"
        for source in first:
            assert source.kind is RecordKind.ORDER
            check_canonical(source)
        assert first == second, "two pulls of the same orders differ"
        assert all(source in first for source in later), "nothing was changed, yet orders came as new"

    async def test_stock_is_pulled_alike(self) -> None:
        """Stock levels are canonical and the same twice."""
        pull = needed(self.channel.pull_stock, "pull_stock")
        async with self.opened() as (_, connection):
            first = records_of(await pages(pull, connection))
            second = records_of(await pages(pull, connection))

        assert first, "the twin has stock, but the pull brought none"
        for source in first:
            assert source.kind is RecordKind.STOCK
            check_canonical(source)
        assert first == second, "two pulls of the same stock differ"
