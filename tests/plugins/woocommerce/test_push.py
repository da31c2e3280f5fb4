"""Writing: only what changed, and nothing is believed that the store did not keep."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from marketwright import Change, Conflict, Connection, NeedsAttention, NotFound, Push, Pushed, RecordKind, Rejected
from marketwright.testing import Answer, Request, Twin
from plugins.woocommerce import channel

SIMPLE = "1001"
SetTo = Callable[[str, str, Any], Awaitable[Pushed]]
PushChanges = Callable[..., Awaitable[Pushed]]
Bodies = Callable[[], list[dict[str, Any]]]


FIELDS: list[tuple[str, Any, dict[str, Any]]] = [
    ("title", "A & B", {"name": "A & B"}),
    ("description", "<p>New &amp; better<br /></p>", {"description": "<p>New &amp; better<br /></p>"}),
    ("sku", "NEW-1", {"sku": "NEW-1"}),
    ("gtin", "4006381333931", {"global_unique_id": "4006381333931"}),
    ("status", "draft", {"status": "draft"}),
    ("handle", "new-handle", {"slug": "new-handle"}),
    ("tax_class", "reduced-rate", {"tax_class": "reduced-rate"}),
    ("price", "10.45", {"regular_price": "10.45"}),
    ("quantity", 42, {"manage_stock": True, "stock_quantity": 42}),
    ("quantity", None, {"manage_stock": False}),
    ("weight", {"value": "500", "unit": "g"}, {"weight": "0.5"}),
    ("weight.value", 1.25, {"weight": "1.25"}),
    ("dimensions.length", "12.5", {}),
    ("attributes.short_description", "Short", {"short_description": "Short"}),
    ("attributes.catalog_visibility", "hidden", {"catalog_visibility": "hidden"}),
]


@pytest.mark.parametrize(("field", "value", "sent"), FIELDS)
async def test_each_field_is_written_under_its_name_and_nothing_else(
    field: str,
    value: Any,
    sent: dict[str, Any],
    plain: str,
    twin: Twin,
    connection: Connection,
    set_to: SetTo,
    bodies: Bodies,
) -> None:
    await twin.state.change(plain, sale_price="", regular_price="9.00")

    pushed = await set_to(plain, field, value)

    assert len(bodies()) == 1
    assert not sent or bodies()[0] == sent
    fresh = await channel.pull_one(connection, RecordKind.PRODUCT, plain)
    assert pushed.record == fresh


async def test_what_is_already_so_is_not_written(
    plain: str, connection: Connection, push: PushChanges, bodies: Bodies
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, plain)

    await push(plain, Change(field="title", before="older", after=now.record["title"]))

    assert bodies() == []


async def test_a_field_that_was_edited_meanwhile_is_a_conflict(
    plain: str, twin: Twin, connection: Connection, bodies: Bodies
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, plain)
    await twin.state.change(plain, name="By the merchant")
    change = Change(field="title", before=now.record["title"], after="Ours")

    with pytest.raises(Conflict) as caught:
        await channel.push_product(  # type: ignore[misc]
            connection, Push(external_id=plain, record=now.record, raw=now.raw, changes=(change,))
        )

    assert caught.value.versions["now"] == "By the merchant"
    assert bodies() == []


@pytest.mark.parametrize("value", ["11,95", "abc", "1 000.00", "10.", "1e3", True, float("nan")])
async def test_a_price_that_the_store_would_mangle_is_never_sent(
    value: Any, plain: str, set_to: SetTo, bodies: Bodies
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(plain, "price", value)

    assert caught.value.field == "price"
    assert bodies() == []


@pytest.mark.parametrize(("value", "text"), [(10.5, "10.5"), (12, "12"), ("0.10", "0.10")])
async def test_a_price_goes_out_as_text(
    value: Any, text: str, plain: str, twin: Twin, set_to: SetTo, bodies: Bodies
) -> None:
    await twin.state.change(plain, sale_price="", regular_price="9.00")

    await set_to(plain, "price", value)

    assert bodies() == [{"regular_price": text}]


async def test_a_price_during_a_sale_changes_the_sale_price(
    plain: str, twin: Twin, set_to: SetTo, bodies: Bodies
) -> None:
    await twin.state.change(plain, regular_price="12.00", sale_price="8.40")

    await set_to(plain, "price", "8.50")

    assert bodies() == [{"sale_price": "8.50"}]


async def test_a_compare_at_price_starts_a_sale_and_its_removal_ends_it(
    plain: str, twin: Twin, set_to: SetTo, bodies: Bodies
) -> None:
    await twin.state.change(plain, regular_price="8.00", sale_price="")

    started = await set_to(plain, "compare_at_price", "12.00")
    ended = await set_to(plain, "compare_at_price", None)

    assert (started.record.record["price"], started.record.record["compare_at_price"]) == ("8.00", "12.00")
    assert (ended.record.record["price"], ended.record.record["compare_at_price"]) == ("8.00", None)
    assert bodies()[1] == {"regular_price": "8.00", "sale_price": ""}


async def test_a_sale_above_the_regular_price_is_refused_before_the_store_drops_it(
    plain: str, twin: Twin, set_to: SetTo, bodies: Bodies
) -> None:
    await twin.state.change(plain, regular_price="10.00", sale_price="")

    with pytest.raises(Rejected) as caught:
        await set_to(plain, "compare_at_price", "9.00")

    assert caught.value.code == "sale_above_regular"
    assert bodies() == []


async def test_markup_that_the_store_strips_is_not_stored_and_said_so(plain: str, set_to: SetTo) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(plain, "description", '<p onclick="a()">ok</p>')

    assert (caught.value.code, caught.value.field) == ("not_stored", "description")
    assert caught.value.detail["stored"] == "<p>ok</p>"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("description", "<p>ok<script>alert(1)</script></p>", "active_content"),
        ("attributes.short_description", "<IFRAME src=x></IFRAME>", "active_content"),
        ("gtin", "ABC", "invalid_gtin"),
        ("gtin", "4006381 333931", "invalid_gtin"),
    ],
)
async def test_what_the_store_is_known_to_mangle_is_never_sent(
    field: str, value: str, code: str, plain: str, set_to: SetTo, bodies: Bodies
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(plain, field, value)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert bodies() == []


@pytest.mark.parametrize("modes", [{"version": 8}])
async def test_a_gtin_that_an_older_store_ignores_is_said(set_to: SetTo) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(SIMPLE, "gtin", "4006381333931")

    assert (caught.value.code, caught.value.field) == ("not_stored", "gtin")


async def test_a_duplicate_sku_names_the_field_and_the_holder(plain: str, twin: Twin, set_to: SetTo) -> None:
    other = next(it for key, it in twin.state.products.items() if str(key) != plain)

    with pytest.raises(Rejected) as caught:
        await set_to(plain, "sku", other["sku"])

    assert (caught.value.field, caught.value.detail["resource_id"]) == ("sku", other["id"])


async def test_a_sku_in_the_trash_stays_taken(plain: str, twin: Twin, set_to: SetTo) -> None:
    other = next(it for key, it in twin.state.products.items() if str(key) != plain)
    await twin.state.trash(other["id"])

    with pytest.raises(Rejected):
        await set_to(plain, "sku", other["sku"])


@pytest.mark.parametrize("field", ["mpn", "condition", "warranty_months", "options", "bullets"])
async def test_what_woocommerce_has_no_field_for_is_refused(
    field: str, plain: str, set_to: SetTo, bodies: Bodies
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(plain, field, "x")

    assert (caught.value.code, caught.value.field) == ("unsupported_field", field)
    assert bodies() == []


async def test_a_product_that_is_gone_is_not_found(connection: Connection, plain: str) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, plain)
    change = Change(field="title", before=now.record["title"], after="x")

    with pytest.raises(NotFound):
        await channel.push_product(  # type: ignore[misc]
            connection, Push(external_id="999", record=now.record, raw=now.raw, changes=(change,))
        )


@pytest.mark.parametrize("modes", [{"permissions": "read"}])
async def test_a_key_that_may_not_write_asks_for_a_person(plain: str, set_to: SetTo) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await set_to(plain, "title", "x")

    assert caught.value.missing == ("write",)


async def test_an_answer_that_lies_is_found_by_reading_again(plain: str, twin: Twin, set_to: SetTo) -> None:
    def ignore(request: Request) -> Answer:
        return Answer(200, json={**twin.state.products[int(plain)], **json.loads(request.body)})

    twin.faults.reply(ignore, match=lambda request: request.method == "PUT")

    with pytest.raises(Rejected) as caught:
        await set_to(plain, "title", "Never stored")

    assert caught.value.code == "not_stored"


async def test_shortcodes_survive_a_correction_of_the_description(plain: str, twin: Twin, set_to: SetTo) -> None:
    await twin.state.change(plain, description="Mug [gallery ids=1]  for  tea")

    pushed = await set_to(plain, "description", "Mug [gallery ids=1] for tea")

    assert twin.state.products[int(plain)]["description"] == "Mug [gallery ids=1] for tea"
    assert pushed.record.record["description"] == "Mug [gallery ids=1] for tea"
