"""The sentences about what a write leaves alone, what it believes, and what it says of each of many."""

from __future__ import annotations

from typing import Any
from unittest import SkipTest

import msgspec

from marketwright import Change, Connection, NotFound, Push, Pushed, RecordKind, Rejected, SourceRecord
from marketwright.testing.contract.opening import Opening, first_page, known, needed
from marketwright.testing.troubles import Trouble, UnknownHere

AT_ONCE = 5


class KeepingContract(Opening):
    """A channel that writes leaves everything else as it was, and believes nothing that it has not read back."""

    async def test_a_push_changes_nothing_else_at_the_platform(self) -> None:
        """All that the platform holds of the product is as before, but the value that was written and its stamps."""
        push = needed(self.channel.push_product, "push_product")
        async with self.opened() as (twin, connection):
            stored = known(twin.acts.stored, "stored")
            source = await self._one(connection)
            change = self.change(source)
            before = _leaves(await stored(source.external_id))
            await push(connection, _push(source, change))
            after = _leaves(await stored(source.external_id))

        touched = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        others = sorted(
            path
            for path in touched
            if path.rpartition(".")[2] not in self.follows_write_there and not _is_written(after.get(path), change)
        )
        assert touched, "the push wrote nothing"
        assert not others, f"the push changed these besides: {others[:5]}"

    async def test_a_push_keeps_every_language(self) -> None:
        """A text that is written in one language stands unchanged in the others."""
        push = needed(self.channel.push_product, "push_product")
        async with self.opened() as (twin, connection):
            texts = known(twin.acts.texts, "texts")
            source = await self._one(connection)
            before = await texts(source.external_id)
            await push(connection, _push(source, self.change(source)))
            after = await texts(source.external_id)

        assert len(before) > 1, "the twin's shop should speak two languages"
        changed = sorted(language for language in before if before[language] != after.get(language))
        assert len(changed) == 1, f"the push changed the texts of these languages: {changed}"

    async def test_a_write_that_is_stored_otherwise_is_refused(self) -> None:
        """A platform that says yes and stores something else raises `Rejected` with the field."""
        push = needed(self.channel.push_product, "push_product")
        async with self.opened() as (twin, connection):
            source = await self._one(connection)
            change = self.change(source)
            try:
                await twin.suffer(Trouble.STORED_OTHERWISE)
            except UnknownHere as error:
                raise SkipTest(str(error)) from error
            try:
                await push(connection, _push(source, change))
            except Rejected as error:
                said = error
            else:
                raise AssertionError("the platform stored something else, and nobody noticed")

        assert said.code != Rejected.code, "name the trouble by a code, such as not_stored"
        assert said.field == change.field, f"the trouble is with {change.field}, not with {said.field}"

    async def test_a_refused_change_says_which_field_and_why(self) -> None:
        """What the platform refuses raises `Rejected` with our path, and nothing is written."""
        push = needed(self.channel.push_product, "push_product")
        async with self.opened() as (_, connection):
            source = await self._one(connection)
            change = self.refused_change(source)
            try:
                await push(connection, _push(source, change))
            except Rejected as error:
                said = error
            else:
                raise AssertionError(f"the platform took {change.after!r} for {change.field}")
            after = await self._one(connection, source.external_id)

        assert said.field == change.field, f"the trouble is with {change.field}, not with {said.field}"
        assert after.record == source.record, "a refused change was written all the same"

    async def test_each_push_of_a_bulk_has_its_own_result(self) -> None:
        """One product of a bulk that is gone spoils none of the others, and each result stands in its place."""
        push = needed(self.channel.push_products, "push_products")
        async with self.opened() as (_, connection):
            first = await first_page(self.channel.pull_products, connection)
            sources = [await self._one(connection, it.external_id) for it in first.records[:AT_ONCE]]
            wanted = [_push(source, self.change(source)) for source in sources]
            wanted.insert(1, msgspec.structs.replace(wanted[0], external_id=self.missing_id))
            results = await push(connection, wanted)
            after = [await self._one(connection, source.external_id) for source in sources]

        assert len(results) == len(wanted), "one result for each push, in their order"
        assert isinstance(results[1], NotFound), f"a product that is gone must be NotFound, not {results[1]!r}"
        for result, fresh in zip([results[0], *results[2:]], after, strict=True):
            assert isinstance(result, Pushed), f"not stored: {result!r}"
            assert result.record.record == fresh.record, "Pushed.record is not what the channel stored"

    async def test_a_refused_push_spoils_no_other_of_a_bulk(self) -> None:
        """What the platform refuses of a bulk is `Rejected` in its place, with its field; the others are stored."""
        push = needed(self.channel.push_products, "push_products")
        async with self.opened() as (_, connection):
            first = await first_page(self.channel.pull_products, connection)
            sources = [await self._one(connection, it.external_id) for it in first.records[:2]]
            bad = self.refused_change(sources[0])
            results = await push(connection, [_push(sources[0], bad), _push(sources[1], self.change(sources[1]))])

        refused, stored = results
        assert isinstance(refused, Rejected), f"the platform refuses {bad.after!r}, and the result is {refused!r}"
        assert refused.field == bad.field, f"the trouble is with {bad.field}, not with {refused.field}"
        assert isinstance(stored, Pushed), f"a sound push beside a refused one was not stored: {stored!r}"

    async def _one(self, connection: Connection, external_id: str | None = None) -> SourceRecord:
        """Return a product read afresh, the first of the shop where none is named."""
        if external_id is None:
            external_id = (await first_page(self.channel.pull_products, connection)).records[0].external_id
        return await self.channel.pull_one(connection, RecordKind.PRODUCT, external_id)


def _push(source: SourceRecord, change: Change) -> Push:
    return Push(external_id=source.external_id, record=source.record, raw=source.raw, changes=(change,))


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Return every plain value of a JSON document by its path."""
    if isinstance(value, dict):
        inner = [(str(name), it) for name, it in value.items()]
    elif isinstance(value, list | tuple):
        inner = [(str(place), it) for place, it in enumerate(value)]
    else:
        return {path: value}
    return {key: leaf for name, it in inner for key, leaf in _leaves(it, f"{path}.{name}" if path else name).items()}


def _is_written(value: Any, change: Change) -> bool:
    return str(value) == str(change.after)
