"""The sentences about access, long pulls and careful writes each catch the channel that breaks them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Annotated, Any
from unittest import SkipTest

import msgspec
import pytest

from marketwright import (
    Account,
    Cancellation,
    Change,
    Connection,
    MarketwrightError,
    NeedsAttention,
    Page,
    PlatformVerdict,
    Pronounced,
    Push,
    Pushed,
    Rejected,
    SourceRecord,
    VerdictPage,
)
from marketwright.testing import Acts, ChannelContract, Twin

Make = Callable[..., ChannelContract]


class AcmeContract(ChannelContract):
    """Acme's contract with its twin's own acts."""

    follows_write_there = frozenset({"changed"})

    def refused_change(self, record: SourceRecord) -> Change:
        return Change(field="title", before=record.record["title"], after="x" * 201)


@pytest.fixture
def contract(acme: SimpleNamespace) -> Make:
    def make(**changed: Any) -> ChannelContract:
        made = AcmeContract()
        made.channel = acme.channel(**changed)  # type: ignore[misc]
        return made

    return make


async def fails(sentence: Callable[[], Any], match: str) -> None:
    with pytest.raises(AssertionError, match=match):
        await sentence()


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """A form that explains nothing and hides nothing."""

    base_url: str
    access_token: str = ""


def test_a_form_that_explains_nothing_is_caught(contract: Make) -> None:
    wrong = contract(settings=Silent)

    with pytest.raises(AssertionError, match="without help"):
        wrong.test_every_setting_is_explained()
    with pytest.raises(AssertionError, match="secret"):
        wrong.test_what_sounds_secret_is_secret()


def test_a_secret_that_nobody_can_find_is_caught(contract: Make) -> None:
    class Unlinked(msgspec.Struct, frozen=True, kw_only=True):
        key: Annotated[str, msgspec.Meta(description="The key.", extra_json_schema={"secret": True})]

    with pytest.raises(AssertionError, match="where they are found"):
        contract(settings=Unlinked).test_every_setting_is_explained()


async def test_one_diagnosis_for_everything_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def vague(connection: Connection) -> Account:
        try:
            account: Account = await acme.test_credentials(connection)
        except MarketwrightError as error:
            message = "Something is wrong with this connection, look at its settings."
            raise NeedsAttention(message, code="no_access") from error
        return account

    await fails(contract(test_credentials=vague).test_refusals_of_access_are_told_apart, "have one code")


async def test_a_diagnosis_without_advice_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def curt(connection: Connection) -> Account:
        try:
            account: Account = await acme.test_credentials(connection)
        except NeedsAttention as error:
            raise NeedsAttention("Access denied.", code=error.code) from error
        return account

    await fails(contract(test_credentials=curt).test_refusals_of_access_are_told_apart, "what is to be done")


async def test_rights_that_nobody_looks_at_are_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def content(connection: Connection) -> Account:
        return Account(name=(await acme.test_credentials(connection)).name)

    wrong = contract(test_credentials=content)

    await fails(wrong.test_a_missing_right_is_named, "which right")
    await fails(wrong.test_refusals_of_access_are_told_apart, "suffers missing_right")


async def test_paging_by_offset_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def by_offset(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        offset = cursor.get("offset", 0)
        while True:
            whole = [page async for page in acme.pull(connection, {})]
            records = [record for page in whole for record in page.records][offset : offset + 8]
            offset += len(records)
            yield Page(records=tuple(records), cursor={"offset": offset})
            if not records:
                return

    wrong = contract(pull_products=by_offset)

    await fails(wrong.test_pages_that_shift_lose_nothing, "passed over")
    await fails(wrong.test_resuming_after_pages_shifted_loses_nothing, "passed over")


async def test_a_pull_that_gathers_everything_first_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def greedy(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        whole = [page async for page in acme.pull(connection, cursor)]
        for page in whole:
            yield page

    await fails(contract(pull_products=greedy).test_a_pull_holds_no_more_than_a_page, "before the first page")


async def test_a_page_of_the_whole_shop_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def one_page(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        whole = [page async for page in acme.pull(connection, cursor)]
        yield Page(records=tuple(it for page in whole for it in page.records), cursor={})

    wrong = contract(pull_products=one_page)
    wrong.largest_page = 10  # type: ignore[misc]

    await fails(wrong.test_a_pull_holds_no_more_than_a_page, "10 are the most")
    await fails(wrong.test_progress_is_told, "progress")


async def test_a_write_that_empties_another_language_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def monoglot(connection: Connection, wanted: Push) -> Pushed:
        pushed: Pushed = await acme.push(connection, wanted)
        await acme.call(connection, "PUT", f"/products/{wanted.external_id}", json={"names": {"de": ""}})
        return pushed

    wrong = contract(push_product=monoglot)

    await fails(wrong.test_a_push_keeps_every_language, "languages")
    await fails(wrong.test_a_push_changes_nothing_else_at_the_platform, "names.de")


async def test_a_write_that_nobody_reads_back_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def trusting(connection: Connection, wanted: Push) -> Pushed:
        await acme.call(connection, "PUT", f"/products/{wanted.external_id}", json={"name": wanted.changes[0].after})
        record = {**wanted.record, wanted.changes[0].field: wanted.changes[0].after}
        now = await acme.call(connection, "GET", f"/products/{wanted.external_id}")
        return Pushed(record=msgspec.structs.replace(acme.read_product(now), record=record))

    await fails(contract(push_product=trusting).test_a_write_that_is_stored_otherwise_is_refused, "nobody noticed")


async def test_a_refusal_that_names_no_field_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def vague(connection: Connection, wanted: Push) -> Pushed:
        try:
            pushed: Pushed = await acme.push(connection, wanted)
        except Rejected as error:
            raise Rejected(error.message) from error
        return pushed

    await fails(contract(push_product=vague).test_a_refused_change_says_which_field_and_why, "not with None")


async def test_a_bulk_that_fails_as_one_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def all_or_nothing(connection: Connection, wanted: Sequence[Push]) -> Sequence[Pushed | MarketwrightError]:
        results = await acme.push_many(connection, wanted)
        bad = next((it for it in results if isinstance(it, MarketwrightError)), None)
        return results if bad is None else [bad] * len(results)

    wrong = contract(push_products=all_or_nothing)

    await fails(wrong.test_each_push_of_a_bulk_has_its_own_result, "not stored")
    await fails(wrong.test_a_refused_push_spoils_no_other_of_a_bulk, "was not stored")


async def test_a_cancellation_that_cancels_nothing_is_caught(contract: Make) -> None:
    async def idle(connection: Connection, external_id: str, wanted: Cancellation) -> None:
        return

    wrong = contract(cancel_order=idle)

    await fails(wrong.test_a_cancelled_order_says_so, "status is")
    await fails(wrong.test_cancelling_an_order_that_is_not_there_is_not_found, "NotFound")


async def test_verdicts_that_are_kept_quiet_are_caught(contract: Make) -> None:
    async def quiet(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[VerdictPage]:
        yield VerdictPage(products=(), cursor={}, complete=True)

    wrong = contract(pull_verdicts=quiet)

    await fails(wrong.test_what_the_platform_objects_to_is_told, "name_too_loud")
    await fails(wrong.test_verdicts_of_a_platform_that_is_away_are_asked_for_later, "RetryLater")


async def test_verdicts_at_no_field_of_ours_are_caught(contract: Make) -> None:
    async def foreign(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[VerdictPage]:
        said = PlatformVerdict(code="name_too_loud", message="Loud.", field="productName")
        listed = [it async for it in contract().channel.pull_verdicts(connection, cursor)]  # type: ignore[misc]
        for page in listed:
            told = tuple(Pronounced(external_id=it.external_id, verdicts=(said,)) for it in page.products)
            yield VerdictPage(products=told, cursor={})

    await fails(contract(pull_verdicts=foreign).test_what_the_platform_objects_to_is_told, "productName")


async def test_an_echo_that_reads_as_a_change_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def restless(connection: Connection, event: Any, body: Any) -> Sequence[SourceRecord]:
        found = await acme.read_event(connection, event, body)
        return [msgspec.structs.replace(it, record=it.record | {"status": "echo"}) for it in found]

    await fails(contract(read_event=restless).test_our_own_write_comes_back_as_no_news, "reads as a change")


async def test_a_deletion_that_is_never_told_is_caught(acme: SimpleNamespace, contract: Make) -> None:
    async def forgetful(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        async for page in acme.pull(connection, cursor):
            yield msgspec.structs.replace(page, complete=False)

    wrong = contract(
        pull_products=forgetful,
        read_webhook=None, read_event=None, register_webhooks=None, list_webhooks=None, repair_webhooks=None,
    )  # fmt: skip

    await fails(wrong.test_a_product_that_is_deleted_is_told, "never told")


async def test_what_a_twin_does_not_say_is_skipped(contract: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = contract()
    plain = made.make_twin

    def bare() -> Twin:
        twin = plain()
        twin.acts = Acts()
        return twin

    monkeypatch.setattr(made, "make_twin", bare)

    for sentence in (made.test_pages_that_shift_lose_nothing, made.test_a_push_keeps_every_language):
        with pytest.raises(SkipTest, match="acts do not say"):
            await sentence()


async def test_a_bulk_that_says_the_same_of_each_is_caught(contract: Make) -> None:
    async def sloppy(connection: Connection, wanted: Sequence[Push]) -> Sequence[Pushed | MarketwrightError]:
        return [Rejected("Something is wrong.") for _ in wanted]

    await fails(contract(push_products=sloppy).test_each_push_of_a_bulk_has_its_own_result, "must be NotFound")


async def test_a_claim_whose_test_is_skipped_is_caught(contract: Make) -> None:
    class Reticent(AcmeContract):
        """Its author does not say which change the platform refuses."""

        def refused_change(self, record: SourceRecord) -> Change:
            raise SkipTest("not said")

    made = Reticent()
    made.channel = contract().channel  # type: ignore[misc]
    Reticent.outcomes.update(dict.fromkeys(AcmeContract.outcomes, "held"))
    Reticent.outcomes.pop("test_a_refused_change_says_which_field_and_why", None)

    await fails(made.test_what_is_claimed_was_shown, "refusals.*skipped|skipped.*refusals")


async def test_a_claim_that_the_record_refutes_is_caught(contract: Make) -> None:
    await fails(contract(cancel_order=None).test_what_is_claimed_was_shown, "claims what is not so.*cancel")
