"""The contract holds for a right channel, and each kind of wrong one is caught by its sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from types import SimpleNamespace
from typing import Any
from unittest import SkipTest

import msgspec
import pytest

from marketwright import (
    Account,
    Change,
    Connection,
    MarketwrightError,
    Page,
    Push,
    Pushed,
    Rejected,
    Requirement,
    RequirementSet,
    SourceRecord,
    Subscription,
    Wanted,
    WebhookEvent,
    WebhookRequest,
)
from marketwright.testing import ChannelContract

Make = Callable[..., ChannelContract]


class AcmeContract(ChannelContract):
    """Acme's author subclasses the contract like this."""

    follows_write_there = frozenset({"changed"})

    def refused_change(self, record: SourceRecord) -> Change:
        return Change(field="title", before=record.record["title"], after="x" * 201)


class TestAcme(AcmeContract):
    """The whole contract, run as a plugin author runs it."""

    @pytest.fixture(autouse=True)
    def _give_the_channel(self, acme: SimpleNamespace) -> None:
        type(self).channel = acme.channel()


@pytest.fixture
def contract(acme: SimpleNamespace) -> Make:
    """Return a function that makes Acme's contract with some functions of the channel exchanged."""

    def make(**changed: Any) -> ChannelContract:
        made = AcmeContract()
        made.channel = acme.channel(**changed)  # type: ignore[misc]
        return made

    return make


async def fails(sentence: Callable[[], Any], match: str) -> None:
    with pytest.raises(AssertionError, match=match):
        await sentence()


async def test_what_a_platform_cannot_do_is_skipped(contract: Make) -> None:
    with pytest.raises(SkipTest):
        await contract(push_product=None).test_a_push_changes_only_what_was_to_be_changed()


async def test_credentials_that_are_never_checked_are_caught(contract: Make) -> None:
    async def always_fine(connection: Connection) -> Account:
        return Account(name="Acme")

    await fails(contract(test_credentials=always_fine).test_wrong_credentials_ask_for_a_person, "wrong credentials")


async def test_a_cursor_that_starts_over_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def forgetful(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        async for page in acme.pull(connection, {}):
            yield page

    wrong = contract(pull_products=forgetful)

    await fails(wrong.test_resuming_after_any_page_neither_loses_nor_repeats, "loses or repeats")
    await fails(wrong.test_a_pull_after_no_change_brings_nothing_new, "whole shop again")


async def test_a_cursor_that_skips_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def hasty(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        async for page in acme.pull(connection, cursor):
            yield Page(records=page.records, cursor=page.cursor | {"after": page.cursor["after"] + 1})

    wrong = contract(pull_products=hasty)

    await fails(wrong.test_resuming_after_any_page_neither_loses_nor_repeats, "loses or repeats")


async def test_a_record_with_foreign_fields_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def foreign(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        async for page in acme.pull(connection, cursor):
            records = [msgspec.structs.replace(it, record=it.record | {"acme_id": 1}) for it in page.records]
            yield Page(records=tuple(records), cursor=page.cursor)

    await fails(contract(pull_products=foreign).test_a_pull_brings_canonical_records, "acme_id")


async def test_a_push_that_writes_more_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def greedy(connection: Connection, wanted: Push) -> Pushed:
        await acme.push(connection, wanted)
        path = f"/products/{wanted.external_id}"
        return Pushed(record=acme.read_product(await acme.call(connection, "PUT", path, json={"price": "1.00"})))

    await fails(contract(push_product=greedy).test_a_push_changes_only_what_was_to_be_changed, "price")


async def test_a_push_that_only_claims_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def idle(connection: Connection, wanted: Push) -> Pushed:
        path = f"/products/{wanted.external_id}"
        return Pushed(record=acme.read_product(await acme.call(connection, "GET", path)))

    await fails(contract(push_product=idle).test_a_push_changes_only_what_was_to_be_changed, "these fields")


async def test_a_webhook_that_nobody_verifies_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    def trusting(request: WebhookRequest, connection: Connection) -> WebhookEvent:
        return WebhookEvent(topic="product", action="upsert", dedupe_key="1", external_id="1")  # type: ignore[arg-type]

    wrong = contract(read_webhook=trusting)

    await fails(wrong.test_a_tampered_webhook_is_refused, "not rightly signed")
    await fails(wrong.test_a_webhook_of_another_secret_is_refused, "not rightly signed")
    await fails(wrong.test_a_webhook_without_signature_is_refused, "not rightly signed")


async def test_dedupe_keys_that_collide_are_caught(acme: SimpleNamespace, contract: Make) -> None:
    def same_key(request: WebhookRequest, connection: Connection) -> WebhookEvent:
        event: WebhookEvent = acme.read_webhook(request, connection)
        return msgspec.structs.replace(event, dedupe_key=event.topic)

    await fails(contract(read_webhook=same_key).test_repeats_share_a_dedupe_key_and_news_do_not, "share a dedupe key")


async def test_doubled_subscriptions_are_caught(acme: SimpleNamespace, contract: Make) -> None:
    known: list[Subscription] = []

    async def register(connection: Connection) -> list[Subscription]:
        await acme.register(connection)
        url = connection.webhook_url or ""
        known.append(Subscription(id=str(len(known)), topic="product", url=url, state="active"))
        return known

    async def listed(connection: Connection) -> list[Subscription]:
        return list(known)

    wrong = contract(register_webhooks=register, list_webhooks=listed)

    await fails(wrong.test_registering_twice_changes_nothing, "registering again")


async def test_an_error_that_tells_a_secret_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def chatty(connection: Connection) -> Account:
        raise Rejected(f"Acme does not like {connection.settings.api_key} at all.")

    await fails(contract(test_credentials=chatty).test_errors_never_tell_secrets, "tells a secret")


async def test_a_pull_that_ends_on_trouble_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def fragile(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        try:
            async for page in acme.pull(connection, cursor):
                yield page
        except MarketwrightError:  # the fault under test: trouble taken for the end
            return

    wrong = contract(pull_products=fragile)

    await fails(wrong.test_a_failing_platform_means_retry_later, "must raise RetryLater")
    await fails(wrong.test_rubbish_is_reported_and_not_believed, "garbled")


def asked(**changed: Any) -> Requirement:
    return Requirement(**{"label": "Name", "field": "title", "check": "required", "source": "Acme, /rules", **changed})


def publishing(*sets: RequirementSet) -> Callable[..., AsyncIterator[RequirementSet]]:
    async def pull(connection: Connection, wanted: Wanted) -> AsyncIterator[RequirementSet]:
        for one in sets:
            yield one

    return pull


async def test_requirements_of_which_none_is_a_rule_are_caught(contract: Make) -> None:
    wrong = contract(pull_requirements=publishing(RequirementSet(name="all", requirements=(asked(field="colour"),))))

    await fails(wrong.test_requirements_become_rules, "nothing became a rule")


async def test_requirements_without_a_source_are_caught(contract: Make) -> None:
    sets = RequirementSet(name="all", requirements=(asked(), asked(field="brand", source="")))

    await fails(contract(pull_requirements=publishing(sets)).test_requirements_become_rules, "where it is published")


async def test_requirement_sets_that_hide_each_other_are_caught(contract: Make) -> None:
    sets = (RequirementSet(name="all", requirements=(asked(),)), RequirementSet(name="all", requirements=()))

    await fails(contract(pull_requirements=publishing(*sets)).test_requirement_sets_have_names_of_their_own, "two sets")


async def test_requirements_that_differ_each_time_are_caught(contract: Make) -> None:
    times = iter(range(100))

    async def restless(connection: Connection, wanted: Wanted) -> AsyncIterator[RequirementSet]:
        yield RequirementSet(name="all", requirements=(asked(label=f"Name {next(times)}"),), version="1")

    wrong = contract(pull_requirements=restless)

    await fails(wrong.test_requirements_are_the_same_twice, "differ")
    await fails(wrong.test_requirements_that_are_held_need_not_come_again, "come as others")


async def test_requirements_that_are_nothing_while_the_platform_is_away_are_caught(contract: Make) -> None:
    wrong = contract(pull_requirements=publishing())

    await fails(wrong.test_requirements_of_a_platform_that_is_away_are_asked_for_later, "must raise RetryLater")
