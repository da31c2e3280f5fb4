"""Every way in which Shopify says no becomes what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from marketwright import (
    MarketwrightError,
    NeedsAttention,
    NotFound,
    Rejected,
    Response,
    RetryLater,
)
from marketwright.testing import Answer
from plugins.shopify import client, refusals
from plugins.shopify.account import test_credentials as check
from plugins.shopify.documents.account import ACCOUNT

Opened = Callable[..., Any]
ACCESS_DENIED = {
    "message": "Access denied for orders field. Required access: `read_orders` access scope.",
    "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_orders` access scope."},
    "path": ["orders"],
}


def answered(body: Any, status: int = 200) -> Response:
    return Response(status=status, body=msgspec.json.encode(body))


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, {"errors": "[API] Invalid API key or access token"}, NeedsAttention, "wrong_key"),
        (402, {"errors": "Unavailable Shop"}, NeedsAttention, "shop_frozen"),
        (403, {"errors": [{"message": "This action requires read_products"}]}, NeedsAttention, "missing_right"),
        (404, {"errors": "Not Found"}, NeedsAttention, "wrong_address"),
        (423, {"errors": "Locked"}, NeedsAttention, "shop_locked"),
        (400, {"errors": {"query": "Required parameter missing or invalid"}}, Rejected, "status_400"),
        (406, "a text", Rejected, "status_406"),
    ],
)
def test_a_status_says_what_to_do(status: int, body: Any, kind: type[MarketwrightError], code: str) -> None:
    error = refusals.from_status(answered(body, status))

    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("THROTTLED", RetryLater),
        ("INTERNAL_SERVER_ERROR", RetryLater),
        ("TIMEOUT", RetryLater),
        ("SHOP_INACTIVE", NeedsAttention),
        ("MAX_COST_EXCEEDED", Rejected),
        ("undefinedField", Rejected),
    ],
)
def test_a_top_level_error_says_what_to_do(code: str, kind: type[MarketwrightError]) -> None:
    error = refusals.from_errors([{"message": "So it is", "extensions": {"code": code}}])

    assert type(error) is kind


def test_a_denied_field_names_the_missing_right() -> None:
    error = refusals.from_errors([ACCESS_DENIED])

    assert isinstance(error, NeedsAttention)
    assert error.missing == ("read_orders",)


def test_recorded_top_level_errors_are_refusals(recording: Callable[[str], Any]) -> None:
    recorded = recording("inventory-quantity-contracts-2026-04")
    names = ("missingSetIdempotency", "missingSetChangeFromQuantity", "legacySetShape")

    codes = [refusals.from_errors(recorded[name]["response"]["errors"]).code for name in names]

    assert codes == ["bad_request", "invalid_field_arguments", "invalid_variable"]


def test_recorded_budgets_are_read(recording: Callable[[str], Any]) -> None:
    budget = client.read_budget(answered(recording("products-catalog-page")))

    assert budget is not None
    assert (budget.available, budget.capacity, budget.per_second, budget.wait) == (1986, 2000, 100, None)


def test_a_throttled_answer_says_how_long_to_wait() -> None:
    status = {"maximumAvailable": 2000, "currentlyAvailable": 40, "restoreRate": 100}
    body = {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": 340, "throttleStatus": status}},
    }

    budget = client.read_budget(answered(body))

    assert budget is not None
    assert budget.wait == 3.0


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"access_token": "t"}', b""])
def test_an_answer_that_speaks_of_no_budget_teaches_nothing(body: bytes) -> None:
    assert client.read_budget(Response(status=200, body=body)) is None


def test_a_record_that_is_gone_is_not_found() -> None:
    error = refusals.from_user_errors([{"field": ["id"], "message": "Product does not exist"}], lambda path: None)

    assert isinstance(error, NotFound)


@pytest.mark.parametrize("body", [[], {"data": None}, {"extensions": {}}, {"data": []}])
async def test_an_answer_without_data_is_not_believed(opened: Opened, body: Any) -> None:
    async with opened() as (twin, connection):
        twin.faults.reply(lambda request: Answer(json=body))
        with pytest.raises(MarketwrightError) as caught:
            await client.call(connection, ACCOUNT, {})

    assert caught.value.code == "unexpected_form"


async def test_the_account_tells_shop_currency_rights_and_limits(opened: Opened) -> None:
    async with opened(scopes=("write_products", "read_orders")) as (_, connection):
        account = await check(connection)

    assert account.name == "Hearth & Trail"
    assert account.missing_rights == (
        "read_inventory",
        "write_inventory",
        "read_locations",
        "read_merchant_managed_fulfillment_orders",
        "write_merchant_managed_fulfillment_orders",
    )
    assert account.facts["currency"] == "EUR"
    assert account.facts["variants_per_product"] == "2048"
    assert account.facts["api_version"] == "2026-07"


async def test_a_version_that_fell_forward_is_told(opened: Opened) -> None:
    async with opened(answered_version="2027-10") as (_, connection):
        account = await check(connection)

    assert account.facts["api_version"].startswith("2027-10 answered, 2026-07 asked for")
