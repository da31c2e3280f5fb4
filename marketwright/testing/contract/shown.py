"""The sentence about quality: what a channel's `quality.yaml` claims was shown by the contract, in this very run."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ClassVar
from unittest import SkipTest

from core.quality import FILE, Status, folder_of, quality_of
from marketwright.testing.contract.opening import Opening

SHOWN_BY: dict[str, tuple[str, ...]] = {
    "form": (
        "test_every_setting_is_explained", "test_what_sounds_secret_is_secret", "test_secrets_are_write_only",
    ),
    "credentials": ("test_right_credentials_name_the_account", "test_wrong_credentials_ask_for_a_person"),
    "products": (
        "test_a_pull_brings_canonical_records", "test_pulling_twice_gives_the_same",
        "test_resuming_after_any_page_neither_loses_nor_repeats", "test_one_product_reads_like_in_the_pull",
        "test_a_product_that_is_not_there_is_not_found", "test_a_change_comes_with_the_next_pull",
    ),
    "errors": (
        "test_throttling_is_waited_out", "test_a_broken_line_is_survived",
        "test_a_failing_platform_means_retry_later", "test_a_platform_that_is_too_slow_means_retry_later",
        "test_rubbish_is_reported_and_not_believed",
    ),
    "secrets": ("test_errors_never_tell_secrets", "test_secrets_are_write_only"),
    "hosts": ("test_declared_hosts_are_bare_and_few",),
    "pace": ("test_the_pace_is_declared", "test_the_platform_says_how_long_to_wait"),
    "diagnosis": ("test_refusals_of_access_are_told_apart", "test_a_missing_right_is_named"),
    "incremental": ("test_a_pull_after_no_change_brings_nothing_new",),
    "shifting-pages": (
        "test_pages_that_shift_lose_nothing", "test_resuming_after_pages_shifted_loses_nothing",
    ),
    "bounded": ("test_a_pull_holds_no_more_than_a_page", "test_cursors_are_small"),
    "progress": ("test_progress_is_told",),
    "orders": ("test_orders_are_pulled_alike",),
    "stock": ("test_stock_is_pulled_alike", "test_stock_that_was_set_is_read_back"),
    "push": (
        "test_a_push_changes_only_what_was_to_be_changed", "test_a_push_leaves_other_products_alone",
        "test_pushing_back_undoes", "test_pushing_twice_does_no_harm",
        "test_pushing_to_a_product_that_is_gone_is_not_found",
    ),
    "read-back": ("test_a_write_that_is_stored_otherwise_is_refused",),
    "refusals": ("test_a_refused_change_says_which_field_and_why",),
    "ship": ("test_a_shipped_order_shows_its_tracking_number", "test_shipping_twice_tells_one_parcel"),
    "webhooks": (
        "test_a_signed_webhook_is_read", "test_a_tampered_webhook_is_refused",
        "test_a_webhook_of_another_secret_is_refused", "test_a_webhook_without_signature_is_refused",
        "test_repeats_share_a_dedupe_key_and_news_do_not", "test_a_later_event_has_a_higher_version",
        "test_an_event_becomes_the_record_that_a_pull_gives",
    ),
    "repair": ("test_registering_twice_changes_nothing", "test_lost_webhooks_are_repaired"),
    "echoes": ("test_our_own_write_comes_back_as_no_news",),
    "untouched": ("test_a_push_changes_nothing_else_at_the_platform",),
    "languages": ("test_a_push_keeps_every_language",),
    "deletions": ("test_a_product_that_is_deleted_is_told",),
    "cancel": (
        "test_a_cancelled_order_says_so", "test_cancelling_an_order_that_is_not_there_is_not_found",
    ),
    "bulk": (
        "test_each_push_of_a_bulk_has_its_own_result", "test_a_refused_push_spoils_no_other_of_a_bulk",
    ),
    "verdicts": ("test_what_the_platform_objects_to_is_told",),
    "requirements": ("test_requirements_become_rules", "test_requirements_are_the_same_twice"),
}  # fmt: skip
"""The sentences that must have been said, and not skipped, where a channel calls a rule done."""

LAST = "test_what_is_claimed_was_shown"
"""The sentence that comes after those it looks at."""


class ShownContract(Opening):
    """A channel claims no more than it shows."""

    outcomes: ClassVar[dict[str, str]]
    """What became of each sentence of this class so far: `held` or `skipped`."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Note of each sentence whether it was said."""
        super().__init_subclass__(**options)
        cls.outcomes = {}
        named = (name for owner in reversed(cls.__mro__) for name in vars(owner) if name.startswith("test_"))
        for name in sorted(dict.fromkeys(named), key=LAST.__eq__):
            sentence = inspect.getattr_static(cls, name)
            if inspect.isfunction(sentence) and not hasattr(sentence, "is_noted"):
                setattr(cls, name, _noted(sentence, name))

    async def test_what_is_claimed_was_shown(self) -> None:
        """Each rule that `quality.yaml` calls done was shown; a sentence that was not said in this run is said now."""
        folder = folder_of(self.channel)
        if folder is None or not (folder / FILE).is_file():
            raise SkipTest(f"this channel has no {FILE}")
        quality = quality_of(self.channel, folder)
        assert not quality.problems, f"{FILE} claims what is not so: {list(quality.problems)}"
        skipped: dict[str, list[str]] = {}
        for name, claim in quality.claims.items():
            for sentence in SHOWN_BY.get(name, ()) if claim.status is Status.DONE else ():
                if await self._outcome(sentence) != "held":
                    skipped.setdefault(name, []).append(sentence)

        assert not skipped, f"{FILE} calls these done, and their tests are skipped: {skipped}"

    async def _outcome(self, sentence: str) -> str:
        if sentence not in self.outcomes:
            try:
                said = getattr(self, sentence)()
                if inspect.isawaitable(said):
                    await said
            except SkipTest:
                pass
        return self.outcomes.get(sentence, "skipped")


def _noted(sentence: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a sentence that notes on its class whether it held or was skipped."""

    @functools.wraps(sentence)
    async def awaited(self: ShownContract, *given: Any, **named: Any) -> None:
        type(self).outcomes[name] = "skipped"
        await sentence(self, *given, **named)
        type(self).outcomes[name] = "held"

    @functools.wraps(sentence)
    def plain(self: ShownContract, *given: Any, **named: Any) -> None:
        type(self).outcomes[name] = "skipped"
        sentence(self, *given, **named)
        type(self).outcomes[name] = "held"

    noted: Callable[..., Any] = awaited if inspect.iscoroutinefunction(sentence) else plain
    noted.is_noted = True  # type: ignore[attr-defined]
    return noted
