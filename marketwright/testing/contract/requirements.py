"""The sentences about what a platform publishes of its own requirements."""

from __future__ import annotations

import msgspec

from core.rules.published import read, sound
from marketwright import Connection, RequirementSet, RetryLater, Wanted
from marketwright.testing.contract.opening import Opening, needed, pages, records_of

_CHECKSUM = "0" * 64


class RequirementsContract(Opening):
    """A channel says in our words what its platform publishes, or says why it cannot."""

    async def test_requirements_become_rules(self) -> None:
        """At least one requirement becomes a rule; each says what it is called and where it is published."""
        sets = await self._published()
        kept = [sound(one) for one in sets]

        assert sets, "the twin publishes requirements, but the pull brought none"
        assert read(kept, _CHECKSUM).rules, f"nothing became a rule: {[one.skipped for one in kept]}"
        for requirement in (it for one in sets for it in one.requirements or ()):
            assert requirement.label.strip(), f"a requirement on {requirement.field} has no label"
            assert requirement.source.strip(), f"{requirement.label} does not say where it is published"

    async def test_requirement_sets_have_names_of_their_own(self) -> None:
        """A set replaces the one of its name, so two sets of one name would hide each other."""
        names = [one.name for one in await self._published()]

        assert all(name and len(name) <= 200 for name in names)
        assert len(names) == len(set(names)), f"two sets have one name: {sorted(names)}"

    async def test_what_is_no_requirement_is_said_in_a_sentence(self) -> None:
        """What the plugin could not say in our words names itself and its reason."""
        skipped = [it for one in await self._published() for it in one.skipped]

        assert [it for it in skipped if not it.what.strip() or len(it.reason.split()) < 3] == []

    async def test_requirements_are_the_same_twice(self) -> None:
        """Unchanged requirements have the same words and versions, or everything would be judged again each day."""
        assert await self._published() == await self._published(), "two pulls of the same requirements differ"

    async def test_requirements_that_are_held_need_not_come_again(self) -> None:
        """Asked with the versions we hold, the channel says that they are unchanged, or gives the same again."""
        needed(self.channel.pull_requirements, "pull_requirements")
        async with self.opened() as (_, connection):
            wanted = await self._wanted(connection)
            first = await self._pull(connection, wanted)
            held = {one.name: one.version for one in first if one.version is not None}
            again = await self._pull(connection, msgspec.structs.replace(wanted, held=held))

        assert [one.name for one in again] == [one.name for one in first]
        known = {one.name: one for one in first}
        for one in again:
            assert one.requirements is None or one == known[one.name], "unchanged requirements come as others"
            assert one.requirements is not None or one.version is not None, "unchanged, but of which version?"

    async def test_requirements_of_a_platform_that_is_away_are_asked_for_later(self) -> None:
        """A platform that answers with 503 becomes `RetryLater`."""
        needed(self.channel.pull_requirements, "pull_requirements")
        async with self.opened() as (twin, connection):
            wanted = await self._wanted(connection)
            twin.faults.fail(503, 1000)
            try:
                await self._pull(connection, wanted)
            except RetryLater:
                return
        raise AssertionError("a platform that is away must raise RetryLater")

    async def _published(self) -> list[RequirementSet]:
        needed(self.channel.pull_requirements, "pull_requirements")
        async with self.opened() as (_, connection):
            return await self._pull(connection, await self._wanted(connection))

    async def _wanted(self, connection: Connection) -> Wanted:
        """Return what the twin's products are, as the server does out of its database."""
        products = records_of(await pages(self.channel.pull_products, connection))
        named = [{it.record.get(name) for it in products} for name in ("product_type", "category")]
        types, categories = (tuple(sorted(one for one in values if isinstance(one, str) and one)) for values in named)
        return Wanted(product_types=types, categories=categories)

    async def _pull(self, connection: Connection, wanted: Wanted) -> list[RequirementSet]:
        pull = needed(self.channel.pull_requirements, "pull_requirements")
        return [one async for one in pull(connection, wanted)]
